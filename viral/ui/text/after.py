"""Sentences of the After posting page, a part of the table in `viral.ui.text.strings`."""

import re

_NUMBER_ES = {
    "Views": "Visualizaciones",
    "Likes": "Me gusta",
    "Comments": "Comentarios",
    "Shares": "Compartidos",
}
SENTENCES_ES = (
    (
        re.compile(r"The copy on the hub cannot be reached at the moment, .+"),
        "La copia en Hugging Face no responde ahora mismo, así que no se ha borrado nada; inténtalo "
        "más tarde.",
    ),
    (
        re.compile(r"Tick the box first; without it nothing is kept\."),
        "Marca antes la casilla; sin ella no se guarda nada.",
    ),
    (
        re.compile(r"Keep a prediction first, or enter your key\."),
        "Guarda antes una predicción o escribe tu clave.",
    ),
    (
        re.compile(r"This key is not known here; .+"),
        "Esta clave no se conoce aquí; no hay nada guardado con ella.",
    ),
    (
        re.compile(r"Views or likes are needed; write them like 12400\."),
        "Hacen falta las visualizaciones o los me gusta; escríbelos así: 12400.",
    ),
    (
        re.compile(r"The days since posting must lie between an hour \(0\.05\) and 365\."),
        "Los días desde que se publicó deben estar entre una hora (0,05) y 365.",
    ),
    (
        re.compile(r"The days since posting is (?P<value>'.*'), which is not a number; .+"),
        "Los días desde que se publicó: {value} no es un número; escríbelos así: 7.",
    ),
    *(
        (
            re.compile(english + r" is (?P<value>'.*'), which is not a number; .+"),
            spanish + ": {value} no es un número; escríbelo así: 12400.",
        )
        for english, spanish in _NUMBER_ES.items()
    ),
    *(
        (re.compile(english + r" is .+, but .+"), spanish + ": este número no puede ser.")
        for english, spanish in _NUMBER_ES.items()
    ),
)
"""Sentences of errors: what they are in English, and in Spanish."""
