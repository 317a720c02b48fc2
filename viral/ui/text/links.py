"""Sentences about a link in place of a file, a part of the table in `viral.ui.text.strings`: key ->
(English, Spanish)."""

from viral.links.fetching import PROBLEMS

_SPANISH = {
    "link": "Esto no es el enlace de una publicación de {hosts}; cópialo con el botón Compartir de la "
    "publicación.",
    "host": "Este enlace lleva a un sitio que no está en la lista de esta aplicación; descarga el "
    "vídeo y suéltalo aquí.",
    "address": "Este enlace lleva a una dirección a la que esta aplicación no se conecta; descarga "
    "el vídeo y suéltalo aquí.",
    "list": "Este enlace lleva a varias publicaciones; copia el enlace de una sola.",
    "long": "Este vídeo dura más de {minutes:g} minutos; enlaza uno más corto.",
    "large": "Este vídeo ocupa más de {megabytes:.0f} MB; descárgalo y suelta una versión más pequeña.",
    "none": "No hay ningún vídeo tras este enlace; descárgalo y suéltalo aquí.",
    "gone": "Esta publicación no existe o no se muestra sin iniciar sesión; descarga el vídeo y "
    "suéltalo aquí.",
    "busy": "El sitio pide menos solicitudes; espera un rato o descarga el vídeo y suéltalo aquí.",
    "network": "El sitio no responde; inténtalo otra vez o descarga el vídeo y suéltalo aquí.",
    "slow": "El vídeo no ha llegado en {seconds:g} segundos; descárgalo y suéltalo aquí.",
    "rate": "Han sido muchos enlaces a la vez; espera un minuto e inténtalo otra vez.",
    "full": "El servidor guarda todos los vídeos que puede; inténtalo en unos minutos.",
}

LINKS: dict[str, tuple[str, str]] = {
    "link.label": ("Or a link to a post", "O el enlace de una publicación"),
    "link.placeholder": (
        "https://www.tiktok.com/@account/video/…",
        "https://www.tiktok.com/@cuenta/video/…",
    ),
    "link.info": (
        "This server fetches the clip from {hosts}. Link only what you may use.",
        "Este servidor obtiene el vídeo de {hosts}. Enlaza solo lo que puedas usar.",
    ),
    "link.button": ("Fetch the clip", "Obtener el vídeo"),
    "link.busy": ("Fetching…", "Obteniendo…"),
    "link.here": ("The clip is here.", "Aquí está el vídeo."),
    "link.caption": (
        "The clip is here, and its caption is filled in below.",
        "Aquí está el vídeo, y su texto figura abajo.",
    ),
    **{f"link.problem_{word}": (PROBLEMS[word], _SPANISH[word]) for word in PROBLEMS},
}
