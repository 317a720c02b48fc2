"""Sentences about keeping and sharing a result, a part of the table in `viral.ui.text.strings`: key ->
(English, Spanish)."""

from viral.explain.share import REFUSED

SHARE: dict[str, tuple[str, str]] = {
    "share.heading": ("Keep it or share it", "Guárdalo o compártelo"),
    "share.lead": (
        "The link opens this page without your clip. It carries the numbers shown here, your "
        "account's size and usual views among them, and no caption, words or picture.",
        "El enlace abre esta página sin tu vídeo. Lleva los números que ves aquí, entre ellos el "
        "tamaño de tu cuenta y sus visualizaciones habituales, y ningún texto, palabra ni imagen.",
    ),
    "share.link": ("Link to this result", "Enlace a este resultado"),
    "share.copy": ("Copy link", "Copiar enlace"),
    "share.copied": ("Copied", "Copiado"),
    "share.by_hand": (
        "Your browser does not allow copying; the link is selected, press Ctrl+C.",
        "Tu navegador no permite copiar; el enlace está seleccionado, pulsa Ctrl+C.",
    ),
    "share.opened": (
        "Opened from a link: these are the numbers that somebody shared, without the clip. Nobody "
        "vouches for them.",
        "Abierto desde un enlace: son los números que alguien compartió, sin el vídeo. Nadie "
        "responde de ellos.",
    ),
    "share.kept": (
        "These are the numbers of your last result. What was measured in the clip is no longer "
        "kept; drop it in again to see the rest.",
        "Estos son los números de tu último resultado. Lo medido en el vídeo ya no se conserva; "
        "suéltalo otra vez para ver el resto.",
    ),
    "share.report": ("Download the report", "Descargar el informe"),
    "share.card": ("Download the picture", "Descargar la imagen"),
    "share.files": (
        "The report is one file with everything on this page, the words heard in the clip too. "
        "The picture holds the main numbers.",
        "El informe es un solo archivo con todo lo de esta página, también las palabras oídas en "
        "el vídeo. La imagen lleva los números principales.",
    ),
    "report.title": (
        "Viral: how far this clip may go",
        "Viral: hasta dónde puede llegar este vídeo",
    ),
    "report.made": ("Made on {moment}", "Hecho el {moment}"),
    "report.alone": (
        "This file is complete in itself and loads nothing from anywhere.",
        "Este archivo está completo y no carga nada de ningún sitio.",
    ),
    "card.score": ("Score", "Puntuación"),
    "card.views": ("Views after {days} days", "Visualizaciones a los {days} días"),
    "card.range": ("4 of 5 posts like this: {low} to {high}", "4 de cada 5 así: de {low} a {high}"),
    "card.foot": ("A prediction, not a promise", "Una predicción, no una promesa"),
    "features.rest": ("summed up in the link", "sumado en el enlace"),
    "error.link": (
        REFUSED,
        "Este enlace está dañado o no lo creó esta aplicación; pídelo otra vez o predice el vídeo "
        "de nuevo.",
    ),
}
