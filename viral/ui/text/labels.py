"""Spanish for what other rooms say in English: names of features, reasons, and common sentences."""

from __future__ import annotations

import re

from viral.explain.share import REST_LABEL
from viral.ui.text.clip import CLIP_PATTERNS_ES, CLIP_SENTENCES_ES
from viral.ui.text.familiarity_es import unlike_in_spanish
from viral.ui.text.strings import STRINGS

FEATURE_LABELS_ES: dict[str, str] = {
    "visual.brightness": "Luminosidad",
    "visual.contrast": "Contraste",
    "visual.saturation": "Saturación",
    "visual.colourfulness": "Viveza del color",
    "visual.sharpness": "Nitidez",
    "visual.motion": "Movimiento y cambio",
    "visual.cut_count": "Cortes",
    "visual.cuts_per_minute": "Cortes por minuto",
    "visual.face_share": "Tiempo con una cara",
    "visual.face_count": "Caras a la vez",
    "visual.face_area_share": "Tamaño de la cara mayor",
    "visual.face_offset": "Cara lejos del centro",
    "visual.centre_detail_share": "Detalle en el centro",
    "visual.bars_share": "Bandas negras",
    "visual.aspect_ratio": "Ancho respecto al alto",
    "visual.portrait": "Vertical",
    "visual.embedding": "Lo que muestra la imagen",
    "audio.chroma_stft": "Plenitud de la armonía",
    "audio.spectral_centroid": "Brillo del sonido",
    "audio.spectral_bandwidth": "Anchura del espectro",
    "audio.rolloff": "Techo del espectro",
    "audio.zero_crossing_rate": "Siseo",
    "audio.tempo_bpm": "Tempo",
    "audio.beat_strength": "Claridad del pulso",
    "audio.dynamic_range_db": "Margen dinámico",
    "audio.onset_rate_hz": "Sonidos que entran",
    "audio.loudness_dbfs": "Volumen",
    "audio.silence_share": "Silencio",
    "audio.speech_share": "Voz hablada",
    "audio.singing_share": "Canto",
    "audio.music_share": "Música",
    "audio.embedding": "Cómo es el sonido",
    "speech.word_count": "Palabras dichas",
    "speech.words_per_second": "Palabras por segundo",
    "speech.speaking_rate": "Ritmo al hablar",
    "speech.first_word_s": "Primera palabra",
    "speech.hook_word_count": "Palabras al empezar",
    "speech.speaking_share": "Tiempo hablando",
    "speech.longest_pause_s": "Pausa más larga",
    "speech.question_count": "Preguntas",
    "speech.confidence": "Claridad al hablar",
    "speech.embedding": "Lo que se dice",
    "text.caption_characters": "Longitud del texto",
    "text.caption_words": "Palabras del texto",
    "text.hashtag_count": "Hashtags",
    "text.reach_tag_count": "Hashtags que solo buscan alcance",
    "text.hashtag_characters": "Longitud de los hashtags",
    "text.mention_count": "Personas mencionadas",
    "text.emoji_count": "Emojis",
    "text.question_count": "Signos de interrogación",
    "text.exclamation_count": "Signos de exclamación",
    "text.uppercase_share": "Mayúsculas",
    "text.number_count": "Números",
    "text.link_count": "Enlaces",
    "text.english": "Texto en inglés",
    "text.embedding": "Lo que dice el texto",
    "text.hashtag_topics": "Qué hashtags",
    "context.followers": "Seguidores",
    "context.total_likes": "Me gusta de toda la cuenta",
    "context.total_videos": "Publicaciones de la cuenta",
    "context.likes_per_video": "Me gusta habituales",
    "context.likes_per_follower": "Me gusta por seguidor",
    "context.recent_count": "Publicaciones recientes indicadas",
    "context.recent_mean": "Visualizaciones habituales",
    "context.recent_median": "Mitad de las visualizaciones recientes",
    "context.recent_low": "Publicaciones más flojas",
    "context.recent_high": "Publicaciones más fuertes",
    "context.recent_spread": "Cuánto varían las visualizaciones",
    "context.recent_last_five": "Visualizaciones de las cinco últimas",
    "context.recent_last": "Visualizaciones de la última",
    "context.recent_average": "Media de las visualizaciones recientes",
    "context.recent_lowest": "Publicación reciente más floja",
    "context.recent_highest": "Publicación reciente más fuerte",
    "context.recent_wobble": "Cuánto varían de costumbre las visualizaciones",
    "context.recent_last_ten": "Visualizaciones de las diez últimas",
    "context.recent_last_five_median": "Mitad de las cinco últimas",
    "context.recent_last_five_spread": "Cuánto varían las cinco últimas",
    "context.recent_last_three": "Visualizaciones de las tres últimas",
    "context.recent_place_1": "La última junto a sus vecinas",
    "context.recent_place_2": "La penúltima junto a sus vecinas",
    "context.recent_place_3": "La antepenúltima junto a sus vecinas",
    "context.recent_place_4": "La cuarta por el final junto a sus vecinas",
    "context.recent_place_5": "La quinta por el final junto a sus vecinas",
    "context.recent_gap": "Tiempo desde la última publicación",
    "context.recent_usual_gap": "Tiempo habitual entre publicaciones",
    "context.recent_likes_usual": "Me gusta por visualización, de costumbre",
    "context.recent_likes_longer_change": "Me gusta por visualización a más largo plazo",
    "context.recent_likes_latest_change": "Me gusta por visualización de las tres últimas",
    "context.recent_likes_last_change": "Me gusta por visualización de la última",
    "context.recent_likes_slope": "Me gusta por visualización con diez veces más visualizaciones",
    "context.recent_shares_usual": "Compartidos por visualización, de costumbre",
    "context.recent_shares_longer_change": "Compartidos por visualización a más largo plazo",
    "context.recent_shares_latest_change": "Compartidos por visualización de las tres últimas",
    "context.recent_shares_last_change": "Compartidos por visualización de la última",
    "context.recent_shares_slope": (
        "Compartidos por visualización con diez veces más visualizaciones"
    ),
    "context.recent_tag_lift": "Cómo fueron las que llevaban estos hashtags",
    "context.recent_sound_lift": "Cómo fueron las que llevaban este sonido",
    "context.recent_duration_lift": "Cómo fueron las de esta duración",
    "context.recent_hour_lift": "Cómo fueron las de esta hora",
    "context.recent_duration_change": "Más larga o más corta que de costumbre",
    "context.recent_tag_change": "Más o menos hashtags que de costumbre",
    "context.recent_trend": "Tendencia de las visualizaciones",
    "context.recent_per_follower": "Visualizaciones por seguidor",
    "context.age": "Días tras publicar",
    "context.weekday": "Día de la semana",
    "context.duration": "Duración del vídeo",
    "context.hashtag_count": "Hashtags",
    "context.reach_tag_count": "Hashtags que solo buscan alcance",
    "context.sound_original": "Sonido propio",
}
"""`modality.feature` -> its name in Spanish; names of the first 3 seconds are made from these."""
HOOK_SUFFIX = "_hook"
HOOK_ES = "en los 3 primeros s"

SENTENCES_ES: dict[str, str] = {
    **CLIP_SENTENCES_ES,
    "Without the views of your recent posts the range is much wider; give the last five or more.": (
        "Sin las visualizaciones de tus últimas publicaciones el margen es mucho más ancho; indica "
        "las cinco últimas o más."
    ),
    "Drop in a clip first, or pick one of the demo clips.": (
        "Suelta primero un vídeo o elige uno de muestra."
    ),
    "The file is no longer on this server; drop it in again.": (
        "El archivo ya no está en este servidor; vuelve a soltarlo."
    ),
    "The account's own model changes nothing: nothing in its past posts has been shown to help.": (
        "El modelo propio de la cuenta no cambia nada: nada en sus publicaciones pasadas ha "
        "demostrado ayudar."
    ),
    "The account's own model was learnt on top of another version of the model; train it again.": (
        "El modelo propio de la cuenta se aprendió sobre otra versión del modelo; vuelve a "
        "entrenarlo."
    ),
    "This result is no longer kept; drop the clip in again and press Predict.": (
        "Este resultado ya no se conserva; vuelve a soltar el vídeo y pulsa Predecir."
    ),
    "This result made room for newer ones; drop the clip in again and press Predict.": (
        "Este resultado dejó sitio a otros más nuevos; vuelve a soltar el vídeo y pulsa Predecir."
    ),
}
"""Sentences of the model, of modalities and of errors that a user meets often."""

_NAMES_ES = {
    "Followers": "Los seguidores",
    "Recent views": "Las visualizaciones recientes",
    "Recent likes": "Los me gusta recientes",
    "The horizon in days": "El plazo en días",
}
"""How sentences about a number that makes no sense begin."""
_WHAT = "(?P<what>" + "|".join(_NAMES_ES) + ")"
PATTERNS_ES = (
    (
        re.compile(r"The posting time (?P<value>.+) is not a date and time; pick it again\."),
        "La hora de publicación {value} no es una fecha y hora; elígela otra vez.",
    ),
    (
        re.compile(r"The time zone (?P<value>.+) is not known; pick one from the list\."),
        "La zona horaria {value} no existe; elige una de la lista.",
    ),
    (
        re.compile(
            _WHAT + r" (?P<value>'.*'|\".*\") is not a number; write it like (?P<like>.+)\."
        ),
        "{what}: {value} no es un número; escríbelo así: {like}.",
    ),
    (
        re.compile(r"Recent likes need the views of the same posts; .+"),
        "Los me gusta recientes necesitan las visualizaciones de las mismas publicaciones; indica "
        "otras tantas, en el mismo orden.",
    ),
    (
        re.compile(_WHAT + r" must lie between (?P<low>[\d,]+) and (?P<high>[\d,]+), but is .+\."),
        "{what}: el número debe estar entre {low} y {high}.",
    ),
    (
        re.compile(
            r"Trimming to (?P<left>[\d.]+) s leaves no clip; keep at least (?P<least>[\d.]+) s of "
            r"the (?P<length>[\d.]+) s\."
        ),
        "Con un recorte a {left} s no queda vídeo; conserva al menos {least} s de los {length} s.",
    ),
    (
        re.compile(
            r"The trim must end within the clip, which has (?P<length>[\d.]+) s, not at "
            r"(?P<end>[\d.]+) s\."
        ),
        "El recorte debe terminar dentro del vídeo, que dura {length} s, no en {end} s.",
    ),
    (
        re.compile(r"The trim must start at 0 s or later\."),
        "El recorte debe empezar en 0 s o después.",
    ),
    (
        re.compile(r"The trim must be two numbers of seconds, such as 0 and 12\.5\."),
        "El recorte son dos números de segundos, como 0 y 12,5.",
    ),
    (
        re.compile(
            r"The posting time (?P<moment>[\d-]+) is outside (?P<from>\d+) to (?P<to>\d+); .+"
        ),
        "La fecha {moment} queda fuera de {from} a {to}; revisa el año.",
    ),
    *CLIP_PATTERNS_ES,
)
"""Sentences with numbers in them: what they are in English, and in Spanish."""

TOPICS_ES: dict[str, str] = {
    "anime and drawing": "anime y dibujo",
    "beauty": "belleza",
    "cars and motorbikes": "coches y motos",
    "celebrations": "celebraciones",
    "comedy": "humor",
    "dance": "baile",
    "family": "familia",
    "fashion": "moda",
    "feelings": "sentimientos",
    "film and television": "cine y televisión",
    "fitness": "gimnasio",
    "food": "comida",
    "football and other team sports": "fútbol y otros deportes de equipo",
    "games": "videojuegos",
    "health": "salud",
    "home and garden": "casa y jardín",
    "horses and farms": "caballos y granjas",
    "love": "amor",
    "music and singing": "música y canto",
    "nature": "naturaleza",
    "news and history": "actualidad e historia",
    "pets": "mascotas",
    "running and the outdoors": "correr y aire libre",
    "school": "estudios",
    "technology": "tecnología",
    "tips": "consejos",
    "travel": "viajes",
    "work and money": "trabajo y dinero",
}
"""What captions are about, by its English name."""

UNITS_ES = {"days": "días", "characters": "caracteres"}
"""Units that are words; symbols are the same in both languages."""

REST_LABEL_ES = "Las demás mediciones juntas"

LANGUAGE_NAMES: dict[str, tuple[str, str]] = {
    "ar": ("Arabic", "árabe"),
    "bn": ("Bengali", "bengalí"),
    "cs": ("Czech", "checo"),
    "de": ("German", "alemán"),
    "el": ("Greek", "griego"),
    "en": ("English", "inglés"),
    "es": ("Spanish", "español"),
    "fa": ("Persian", "persa"),
    "fi": ("Finnish", "finés"),
    "fr": ("French", "francés"),
    "he": ("Hebrew", "hebreo"),
    "hi": ("Hindi", "hindi"),
    "hu": ("Hungarian", "húngaro"),
    "id": ("Indonesian", "indonesio"),
    "it": ("Italian", "italiano"),
    "ja": ("Japanese", "japonés"),
    "ko": ("Korean", "coreano"),
    "ms": ("Malay", "malayo"),
    "nl": ("Dutch", "neerlandés"),
    "no": ("Norwegian", "noruego"),
    "pl": ("Polish", "polaco"),
    "pt": ("Portuguese", "portugués"),
    "ro": ("Romanian", "rumano"),
    "ru": ("Russian", "ruso"),
    "sv": ("Swedish", "sueco"),
    "th": ("Thai", "tailandés"),
    "tl": ("Tagalog", "tagalo"),
    "tr": ("Turkish", "turco"),
    "uk": ("Ukrainian", "ucraniano"),
    "ur": ("Urdu", "urdu"),
    "vi": ("Vietnamese", "vietnamita"),
    "zh": ("Chinese", "chino"),
}
"""ISO 639-1 code -> the language's name in English and Spanish; others are shown by their code."""

_OWN_ES = {ours: spanish for key, (ours, spanish) in STRINGS.items() if key.startswith("error.")}
_MARKS_ES = str.maketrans(",.", ".,")
_AMONG_ES = (
    (re.compile(r"accounts of all sizes"), r"cuentas de todos los tamaños"),
    (re.compile(r"accounts with under ([\d,]+) followers"), r"cuentas con menos de \1 seguidores"),
    (re.compile(r"accounts with over ([\d,]+) followers"), r"cuentas con más de \1 seguidores"),
    (
        re.compile(r"accounts with ([\d,]+) to ([\d,]+) followers"),
        r"cuentas con entre \1 y \2 seguidores",
    ),
)


def feature_label(name: str, english: str, lang: str) -> str:
    """Return what a feature is called; English where no other name is known."""
    if lang != "es":
        return english
    if english == REST_LABEL:
        return REST_LABEL_ES
    whole = FEATURE_LABELS_ES.get(name.removesuffix(HOOK_SUFFIX), english)
    return f"{whole} {HOOK_ES}" if name.endswith(HOOK_SUFFIX) and whole != english else whole


def topic_label(english: str, lang: str) -> str:
    """Return what a topic of captions is called; English where no other name is known."""
    return TOPICS_ES.get(english, english) if lang == "es" else english


def unit_label(unit: str, lang: str) -> str:
    """Return a unit as it is written in a language."""
    return UNITS_ES.get(unit, unit) if lang == "es" else unit


def language_name(code: str, lang: str) -> str:
    """Return what a language is called; its code where it has no name here."""
    names = LANGUAGE_NAMES.get(code.lower())
    return (names[1] if lang == "es" else names[0]) if names else code


def sentence(english: str, lang: str) -> tuple[str, str]:
    """Return a sentence in a language where it is known, and the language that it is in."""
    if lang == "es":
        spanish = SENTENCES_ES.get(english) or _OWN_ES.get(english)
        if spanish:
            return spanish, "es"
        for pattern, words in PATTERNS_ES:
            found = pattern.fullmatch(english)
            if found:
                return _filled(words, found.groupdict()), "es"
        unlike = unlike_in_spanish(english, feature_label)
        if unlike is not None:
            return unlike, "es"
    return english, "en"


def _filled(words: str, values: dict[str, str]) -> str:
    """Fill a Spanish sentence, with Spanish names and decimal marks."""
    return words.format(
        **{
            name: _NAMES_ES[value]
            if name == "what"
            else value
            if name in ("value", "like", "moment")
            else value.translate(_MARKS_ES)
            for name, value in values.items()
        }
    )


def among(english: str, lang: str) -> str:
    """Return which posts a score compares with, in a language."""
    if lang == "es":
        for pattern, spanish in _AMONG_ES:
            if pattern.fullmatch(english):
                return pattern.sub(spanish, english).replace(",", ".")
    return english
