"""Spanish for what reading a clip may say: sentences of `viral.media` and of the modalities.

Sentences are keyed by their English; `CLIP_PATTERNS_ES` holds those with numbers in them.
"""

from __future__ import annotations

import re

CLIP_SENTENCES_ES: dict[str, str] = {
    # What could not be measured, or surely.
    "The clip has no sound, so the audio could not be measured.": (
        "El vídeo no tiene sonido, así que no se pudo medir."
    ),
    "There is no sound in what is kept of the clip, so the audio could not be measured.": (
        "En lo que se conserva del vídeo no hay sonido, así que no se pudo medir."
    ),
    "The clip has no sound, so there is nothing to transcribe.": (
        "El vídeo no tiene sonido, así que no hay nada que transcribir."
    ),
    "Nobody speaks in the clip, so there is nothing to transcribe.": (
        "Nadie habla en el vídeo, así que no hay nada que transcribir."
    ),
    "Somebody speaks in the clip, but no words could be made out.": (
        "Alguien habla en el vídeo, pero no se entendió ninguna palabra."
    ),
    "Nobody speaks in the part of the clip that is kept.": (
        "Nadie habla en la parte del vídeo que se conserva."
    ),
    "Transcription is switched off by the setting VIRAL_SPEECH_BACKEND.": (
        "La transcripción está desactivada con el ajuste VIRAL_SPEECH_BACKEND."
    ),
    "The language could not be told with certainty, so the transcript may be wrong.": (
        "No se pudo determinar el idioma con certeza, así que la transcripción puede estar mal."
    ),
    "The speech was hard to make out, so the transcript may be wrong.": (
        "Costó entender lo que se dice, así que la transcripción puede tener errores."
    ),
    "The clip has no pictures, so nothing could be seen.": (
        "El vídeo no tiene imagen, así que no se pudo ver nada."
    ),
    "Nothing of the clip is kept, so nothing could be seen.": (
        "No se conserva nada del vídeo, así que no se pudo ver nada."
    ),
    "There is no caption, so the text could not be measured.": (
        "No hay texto, así que no se pudo medir."
    ),
    "The posting time is in the past; its hour and weekday are used all the same.": (
        "La hora de publicación ya ha pasado; aun así se usan su hora y su día de la semana."
    ),
}
CLIP_PATTERNS_ES = (
    (
        re.compile(r"Only the first (?P<limit>\d+) s of speech were transcribed\."),
        "Solo se transcribieron los primeros {limit} s de voz.",
    ),
    (
        re.compile(r"The caption was cut at (?P<limit>[\d,]+) characters\."),
        "El texto se cortó a los {limit} caracteres.",
    ),
)
