"""Spanish for what reading a clip may say: sentences of `viral.media` and of the modalities.

Sentences are keyed by their English; `CLIP_PATTERNS_ES` holds those with numbers in them.
"""

from __future__ import annotations

import re

CLIP_SENTENCES_ES: dict[str, str] = {
    # The file cannot be used.
    "The file is empty; choose a clip with pictures or sound.": (
        "El archivo está vacío; elige un vídeo con imagen o sonido."
    ),
    "The file is not a video or sound that can be read; export it again as MP4 (H.264) and retry.": (
        "El archivo no es un vídeo ni un sonido que se pueda leer; vuelve a exportarlo como MP4 "
        "(H.264) e inténtalo otra vez."
    ),
    "The file is a web page, not a video; download the clip itself and try again.": (
        "El archivo es una página web, no un vídeo; descarga el vídeo en sí e inténtalo otra vez."
    ),
    "The file is a still picture, not a video; choose a clip.": (
        "El archivo es una imagen fija, no un vídeo; elige un vídeo."
    ),
    "The file is cut short or damaged; copy or export the clip again.": (
        "El archivo está cortado o dañado; vuelve a copiar o exportar el vídeo."
    ),
    "The clip is protected (encrypted) and cannot be read; export an unprotected copy.": (
        "El vídeo está protegido (cifrado) y no se puede leer; exporta una copia sin protección."
    ),
    "The file holds no pictures and no sound that can be decoded; export the clip again.": (
        "El archivo no contiene imagen ni sonido que se puedan decodificar; vuelve a exportar el "
        "vídeo."
    ),
    "The clip asks for more memory or time than is allowed; export it smaller, such as 1080p MP4.": (
        "El vídeo pide más memoria o tiempo de lo permitido; expórtalo más pequeño, por ejemplo "
        "como MP4 a 1080p."
    ),
    "The clip could not be decoded; it may be damaged: export it again as MP4 (H.264) and retry.": (
        "No se pudo decodificar el vídeo; quizá esté dañado: vuelve a exportarlo como MP4 (H.264) "
        "e inténtalo otra vez."
    ),
    "The file could not be read to its end; copy it again and retry.": (
        "No se pudo leer el archivo hasta el final; vuelve a copiarlo e inténtalo otra vez."
    ),
    "The clip could not be decoded because no process could be started; close other programs.": (
        "No se pudo decodificar el vídeo porque no se pudo iniciar ningún proceso; cierra otros "
        "programas."
    ),
    "The clip took too long to decode; export it smaller or shorter, such as 1080p MP4.": (
        "El vídeo tardó demasiado en decodificarse; expórtalo más pequeño o más corto, por ejemplo "
        "como MP4 a 1080p."
    ),
    # It can, in part.
    "The pictures could not be decoded, so only the sound was used.": (
        "No se pudo decodificar la imagen, así que solo se usó el sonido."
    ),
    "Some pictures are damaged and were left out.": (
        "Algunas imágenes están dañadas y se dejaron fuera."
    ),
    "The sound could not be decoded, so it was left out.": (
        "No se pudo decodificar el sonido, así que se dejó fuera."
    ),
    "Parts of the sound are damaged and were left out.": (
        "Partes del sonido están dañadas y se dejaron fuera."
    ),
    "The left and the right channel cancel each other, so a phone with one loudspeaker plays next "
    "to nothing; the left channel was used.": (
        "Los canales izquierdo y derecho se anulan entre sí, así que en un móvil con un solo altavoz "
        "casi no se oye nada; se usó el canal izquierdo."
    ),
    "The clip is in HDR; its pictures were measured as an ordinary screen shows them, which can "
    "differ a little from app to app.": (
        "El vídeo está en HDR; se midió tal como se ve en una pantalla normal, lo que puede variar un "
        "poco de una aplicación a otra."
    ),
    "The file is an animated WebP picture, which cannot be read here; save it as MP4 or GIF and "
    "choose that.": (
        "El archivo es una imagen WebP animada, que aquí no se puede leer; guárdala como MP4 o GIF y "
        "elige ese archivo."
    ),
    "The end of the file is damaged and was left out.": (
        "El final del archivo está dañado y se dejó fuera."
    ),
    "Decoding took too long, so part of the clip was left out.": (
        "Decodificar llevó demasiado tiempo, así que parte del vídeo se dejó fuera."
    ),
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
        re.compile(r"The file is larger than (?P<limit>[\d.]+) MB; export a smaller version\."),
        "El archivo ocupa más de {limit} MB; exporta una versión más pequeña.",
    ),
    (
        re.compile(
            r"The clip is longer than (?P<limit>[\d.]+) minutes; cut it to the part you want to "
            r"post\."
        ),
        "El vídeo dura más de {limit} minutos; recórtalo a la parte que quieres publicar.",
    ),
    (
        re.compile(
            r"The file says its pictures have (?P<width>\d+) x (?P<height>\d+) pixels, more than "
            r"the (?P<limit>[\d,]+) that are allowed; export the clip at 1080p or below\."
        ),
        "El archivo dice que sus imágenes tienen {width} x {height} píxeles, más de los {limit} "
        "permitidos; exporta el vídeo a 1080p o menos.",
    ),
    (
        re.compile(
            r"The file ends early: (?P<read>[\d.]+) s of (?P<whole>[\d.]+) s could be read\."
        ),
        "El archivo termina antes de tiempo: se pudieron leer {read} s de {whole} s.",
    ),
    (
        re.compile(r"Only the first (?P<limit>\d+) s of speech were transcribed\."),
        "Solo se transcribieron los primeros {limit} s de voz.",
    ),
    (
        re.compile(r"The caption was cut at (?P<limit>[\d,]+) characters\."),
        "El texto se cortó a los {limit} caracteres.",
    ),
)
