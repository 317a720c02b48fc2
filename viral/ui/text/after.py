"""Sentences of the After posting page, a part of the table in `viral.ui.text.strings`."""

import re

AFTER: dict[str, tuple[str, str]] = {
    "tab.after": ("After posting", "Tras publicar"),
    "empty_after.heading": ("How did it go?", "¿Cómo fue?"),
    "empty_after.lead": (
        "Keep a prediction, come back once the post is out, and see what was predicted beside what "
        "it really got.",
        "Guarda una predicción, vuelve cuando la publicación haya salido y compara lo previsto con "
        "lo que consiguió de verdad.",
    ),
    "empty_after.one": ("Was it in the range?", "¿Quedó dentro del margen?"),
    "empty_after.one_text": (
        "A range is meant to hold 4 of 5 posts. Here you see how many of yours it held.",
        "Un margen debe contener 4 de cada 5 publicaciones. Aquí ves cuántas de las tuyas contuvo.",
    ),
    "empty_after.two": ("It counts at once", "Cuenta desde ya"),
    "empty_after.two_text": (
        "What a post got becomes one of your recent views, the strongest input there is.",
        "Lo que consiguió pasa a ser una de tus últimas visualizaciones, el dato que más pesa.",
    ),
    "empty_after.three": ("Yours to take and delete", "Tuyo para llevar o borrar"),
    "empty_after.three_text": (
        "Only numbers are kept, under a key that only you have. No clip, no caption, no name.",
        "Solo se guardan números, con una clave que solo tienes tú. Ni vídeo, ni texto, ni nombre.",
    ),
    "after.last": ("Your last prediction", "Tu última predicción"),
    "after.none": (
        "None in this tab yet. Predict a clip, then come back here.",
        "Aún no hay ninguna en esta pestaña. Predice un vídeo y vuelve aquí.",
    ),
    "after.linked": (
        "The clip's result is no longer on the server, or what this tab shows came from a link; only "
        "one of a clip that was just looked at can be kept.",
        "El resultado del vídeo ya no está en el servidor, o lo que muestra esta pestaña viene de un "
        "enlace; solo se puede guardar el de un vídeo recién analizado.",
    ),
    "after.median": (
        "{views} views, {low} to {high}",
        "{views} visualizaciones, de {low} a {high}",
    ),
    "after.days": ("after {days} days", "a los {days} días"),
    "after.consent": (
        "Keep my predictions and what became of them on this server, to show me my accuracy and to "
        "improve the model",
        "Guardar en este servidor mis predicciones y lo que pasó con ellas, para mostrarme mi acierto "
        "y mejorar el modelo",
    ),
    "after.consent_text": (
        "Kept: the predicted numbers, the account's numbers that you typed, the length and the "
        "measured features. Not kept: the clip, its pictures and words, the caption, any name or "
        "address. The caption is kept as a hash that only your key can make again.",
        "Se guardan los números previstos, los de la cuenta que escribiste, la duración y lo medido. "
        "No se guardan el vídeo, sus imágenes ni sus palabras, el texto, ni ningún nombre o "
        "dirección. El texto se guarda como una huella que solo tu clave puede rehacer.",
    ),
    "after.consent_hub": (
        "Whoever runs this server copies the same to a private dataset on Hugging Face, so that it "
        "outlives a restart; deleting deletes it there too.",
        "Quien mantiene este servidor copia lo mismo en un conjunto de datos privado de Hugging Face, "
        "para que sobreviva a un reinicio; al borrar se borra también allí.",
    ),
    "after.keep": ("Keep this prediction", "Guardar esta predicción"),
    "after.kept": ("Kept as {id}.", "Guardada como {id}."),
    "after.key": ("Your key", "Tu clave"),
    "after.key_info": (
        "Given when you keep the first prediction. This browser remembers it; write it down to use "
        "another one. It cannot be given again.",
        "La recibes al guardar la primera predicción. Este navegador la recuerda; apúntala para usar "
        "otro. No se puede volver a dar.",
    ),
    "after.what": ("What happened", "Qué pasó"),
    "after.which": ("Prediction", "Predicción"),
    "after.which_info": (
        "One of those that you have kept.",
        "Una de las que has guardado.",
    ),
    "after.views": ("Views", "Visualizaciones"),
    "after.likes": ("Likes", "Me gusta"),
    "after.comments": ("Comments", "Comentarios"),
    "after.shares": ("Shares", "Compartidos"),
    "after.age": ("Days since posting", "Días desde que se publicó"),
    "after.report": ("Set it beside the prediction", "Comparar con lo previsto"),
    "after.file": (
        "Read an export of all your posts instead",
        "O leer una exportación con todas tus publicaciones",
    ),
    "after.file_info": (
        "TikTok's own export, a yt-dlp .info.json, CSV, JSON or parquet. It is read and deleted; posts "
        "are found by their caption or length.",
        "La exportación de TikTok, un .info.json de yt-dlp, CSV, JSON o parquet. Se lee y se borra; "
        "las publicaciones se reconocen por su texto o su duración.",
    ),
    "after.imported": (
        "{matched} of {posts} posts belong to a kept prediction.",
        "{matched} de {posts} publicaciones corresponden a una predicción guardada.",
    ),
    "after.data": ("Your data", "Tus datos"),
    "after.download": ("Download everything", "Descargar todo"),
    "after.delete": ("Delete everything", "Borrar todo"),
    "after.delete_sure": ("Press again to delete for good", "Pulsa otra vez para borrar del todo"),
    "after.deleted": (
        "{count} predictions and everything about them are deleted.",
        "Se han borrado {count} predicciones y todo lo relacionado.",
    ),
    "after.inside": ("In the range", "Dentro del margen"),
    "after.above": ("Above the range", "Por encima del margen"),
    "after.below": ("Below the range", "Por debajo del margen"),
    "after.verdict_inside": (
        "It got {actual} {count}; {median} were predicted, with a range from {low} to {high}.",
        "Consiguió {actual} {count}; se preveían {median}, con un margen de {low} a {high}.",
    ),
    "after.verdict_age": (
        "The prediction is moved to {days} days after posting, when you counted.",
        "La predicción se traslada a {days} días después de publicar, cuando contaste.",
    ),
    "after.count_views": ("views", "visualizaciones"),
    "after.count_likes": ("likes", "me gusta"),
    "after.quarantined": (
        "This is shown to you but not learnt from: {reason}.",
        "Se te muestra, pero no se aprende de ello: {reason}.",
    ),
    "after.reason_above": ("more {name} than views", "más {name} que visualizaciones"),
    "after.reason_known": (
        "more views than any post that is known",
        "más visualizaciones que ninguna publicación conocida",
    ),
    "after.reason_far": (
        "more than a thousand times away from what was predicted",
        "a más de mil veces de lo previsto",
    ),
    "after.reason_future": (
        "counted on a day that has not come yet",
        "contado en un día que aún no ha llegado",
    ),
    "after.reason_many": ("too many reports in a day", "demasiados informes en un día"),
    "after.predicted": ("Predicted", "Previsto"),
    "after.range": ("Range", "Margen"),
    "after.actual": ("Actual", "Real"),
    "after.factor": ("Actual / predicted", "Real / previsto"),
    "after.next": ("What it changes", "Qué cambia"),
    "after.next_text": (
        "With this post among your recent views, the same clip would now be predicted {after} views "
        "instead of {before} (both without the caption, which is not kept). Add {views} to your recent "
        "views on the Predict page.",
        "Con esta publicación entre tus últimas visualizaciones, para el mismo vídeo se preverían "
        "ahora {after} en lugar de {before} (ambas sin el texto, que no se guarda). Añade {views} a "
        "tus últimas visualizaciones en la página Predecir.",
    ),
    "after.next_same": (
        "With this post among your recent views, the same clip would still be predicted about {after} "
        "views.",
        "Con esta publicación entre tus últimas visualizaciones, para el mismo vídeo se seguirían "
        "previendo unas {after}.",
    ),
    "after.running": ("Your running accuracy", "Tu acierto hasta ahora"),
    "after.running_inside": (
        "{inside} of {posts} posts fell in the range, which is meant to hold 4 of 5.",
        "{inside} de {posts} publicaciones quedaron en el margen, que debe contener 4 de cada 5.",
    ),
    "after.running_usual": (
        "Half of them ended within a factor of {factor} of the prediction.",
        "La mitad acabó a menos de un factor {factor} de lo previsto.",
    ),
    "after.running_bias": (
        "The middle one got {percent} % {direction} than predicted.",
        "La del medio consiguió un {percent} % {direction} de lo previsto.",
    ),
    "after.more": ("more", "más"),
    "after.less": ("less", "menos"),
    "after.running_few": (
        "From the third report on you see here how well your predictions come out.",
        "A partir del tercer informe verás aquí cuánto aciertan tus predicciones.",
    ),
    "after.figure_axis": ("views", "visualizaciones"),
    "after.hover_range": (
        "{name}: predicted {median}, {low} to {high}",
        "{name}: previsto {median}, de {low} a {high}",
    ),
    "after.hover_actual": ("{name}: got {actual}", "{name}: consiguió {actual}"),
    "after.figure_label": (
        "Predicted ranges and what posts got",
        "Márgenes previstos y lo conseguido",
    ),
    "after.useful": ("Was this prediction useful?", "¿Te fue útil esta predicción?"),
    "after.yes": ("Yes, useful", "Sí, útil"),
    "after.no": ("Not really", "No mucho"),
    "after.thanks": ("Thank you, noted.", "Gracias, anotado."),
    "after.unavailable": (
        "Reports cannot be kept on this server just now.",
        "Ahora mismo no se pueden guardar informes en este servidor.",
    ),
}
"""Key -> (English, Spanish)."""

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
