"""Every sentence of the app, in English and Spanish: key -> (English, Spanish).

Sentences take their numbers by name (`{low}`). Names of features come from the modalities' own
lists in English and from `viral.ui.text.labels` in Spanish. Sentences that come out of the model or of
an error are translated there too where they are known, and stay English where they are not.
"""

from __future__ import annotations

from typing import Any

from viral.modalities import NAMES
from viral.ui.text.about import ABOUT
from viral.ui.text.after import AFTER
from viral.ui.text.compare import COMPARE
from viral.ui.text.explain import EXPLAIN
from viral.ui.text.explore import EXPLORE
from viral.ui.text.links import LINKS
from viral.ui.text.share import SHARE
from viral.ui.text.skills import SKILLS

LANGUAGES = {"en": "English", "es": "Español"}
"""Code -> name in the language itself."""
DEFAULT_LANGUAGE = "en"

STRINGS: dict[str, tuple[str, str]] = {
    # The frame around every page.
    "app.title": ("Viral", "Viral"),
    "app.tagline": (
        "How far is this clip likely to travel for your account, and why",
        "Hasta dónde puede llegar este vídeo en tu cuenta, y por qué",
    ),
    "app.language": ("Language", "Idioma"),
    "app.mode": ("Light or dark", "Claro u oscuro"),
    "app.skip": ("Skip to the page", "Saltar al contenido"),
    "tab.predict": ("Predict", "Predecir"),
    "tab.about": ("About", "Acerca de"),
    # The clip.
    "clip.heading": ("Your clip", "Tu vídeo"),
    "clip.drop": ("Drop a clip here", "Suelta aquí un vídeo"),
    "clip.choose": ("or choose a file", "o elige un archivo"),
    "clip.limits": (
        "MP4, MOV, WebM, MKV, AVI or GIF, up to {size} and {duration}",
        "MP4, MOV, WebM, MKV, AVI o GIF, hasta {size} y {duration}",
    ),
    "clip.uploading": ("Uploading {name}", "Subiendo {name}"),
    "clip.remove": ("Remove the clip", "Quitar el vídeo"),
    "clip.no_preview": (
        "Your browser cannot play this file. It can still be analysed.",
        "Tu navegador no puede reproducir este archivo. Aun así se puede analizar.",
    ),
    "clip.too_large": (
        "This file has {size}, more than the {limit} allowed; export a shorter or smaller version.",
        "Este archivo ocupa {size}, más de los {limit} permitidos; exporta una versión más corta o "
        "pequeña.",
    ),
    "clip.empty_file": (
        "This file is empty; choose another one.",
        "Este archivo está vacío; elige otro.",
    ),
    "clip.upload_failed": (
        "The upload did not get through; check the connection and drop the clip in again.",
        "La subida no llegó a completarse; revisa la conexión y vuelve a soltar el vídeo.",
    ),
    "clip.label": ("Clip to analyse", "Vídeo que analizar"),
    "clip.player": ("Your clip", "Tu vídeo"),
    "clip.privacy": (
        "Stays on this server, is used for nothing else, and is deleted as soon as it has been "
        "looked at.",
        "Se queda en este servidor, no se usa para nada más y se borra en cuanto se ha analizado.",
    ),
    "demo.heading": ("Or try a demo clip", "O prueba con un vídeo de muestra"),
    "demo_tutorial": ("Spoken tutorial", "Tutorial hablado"),
    "demo_montage": ("Montage with music", "Montaje con música"),
    "demo_text_card": ("Silent text card", "Rótulo sin sonido"),
    # The post.
    "post.heading": ("The post around it", "La publicación"),
    "post.optional": (
        "All optional. Views of your recent posts help most.",
        "Todo es opcional. Lo que más ayuda son tus últimas visualizaciones.",
    ),
    "caption.label": ("Caption", "Texto de la publicación"),
    "caption.placeholder": (
        "What you would write under it, hashtags included",
        "Lo que escribirías debajo, con sus hashtags",
    ),
    "recent.label": ("Views of your recent posts", "Visualizaciones de tus últimas publicaciones"),
    "recent.placeholder": ("900, 1500, 700", "900, 1500, 700"),
    "recent.info": (
        "Oldest first, five or more if you can. Nothing else says as much about what comes next.",
        "De la más antigua a la más reciente, cinco o más si puedes. Nada dice tanto sobre lo que "
        "viene.",
    ),
    "likes.label": ("Likes of the same posts", "Me gusta de las mismas publicaciones"),
    "likes.placeholder": ("90, 150, 70", "90, 150, 70"),
    "likes.info": (
        "In the same order; your own likes per view then set the predicted likes and tell a little "
        "of the views.",
        "En el mismo orden; los me gusta previstos siguen entonces tu propia proporción, que también "
        "dice algo de las visualizaciones.",
    ),
    "followers.label": ("Followers", "Seguidores"),
    "followers.placeholder": ("12 000 or 12k", "12 000 o 12k"),
    "time.label": ("Posting time", "Hora de publicación"),
    "time.zone": ("Time zone", "Zona horaria"),
    "time.info": ("On the clock of the time zone below.", "Según la zona horaria de abajo."),
    "sound.label": ("Sound", "Sonido"),
    "sound.unknown": ("Not sure", "No lo sé"),
    "sound.original": ("My own", "Propio"),
    "sound.library": ("From a library", "De una biblioteca"),
    "sound.name": ("Name of the sound", "Nombre del sonido"),
    "sound.name_placeholder": ("As the platform shows it", "Como lo muestra la plataforma"),
    "more.label": ("Likes, time and sound", "Me gusta, hora y sonido"),
    "predict.button": ("Predict", "Predecir"),
    "predict.busy": ("Working…", "Trabajando…"),
    # Waiting.
    "empty.heading": (
        "See how far it could go before you post it",
        "Mira hasta dónde podría llegar antes de publicarlo",
    ),
    "empty.lead": (
        "Drop in a short video. In a few seconds you get a range of views that is meant to be "
        "right four times out of five, and what in the clip moves it up or down.",
        "Suelta un vídeo corto. En unos segundos tendrás un margen de visualizaciones pensado para "
        "acertar cuatro de cada cinco veces, y qué cosas del vídeo lo suben o lo bajan.",
    ),
    "empty.one": ("A range, not a promise", "Un margen, no una promesa"),
    "empty.one_text": (
        "Views, likes, comments and shares, each with the range that 4 of 5 such posts end in.",
        "Visualizaciones, me gusta, comentarios y compartidos, cada uno con el margen en el que "
        "acaban 4 de cada 5 publicaciones así.",
    ),
    "empty.two": ("Why, step by step", "Por qué, paso a paso"),
    "empty.two_text": (
        "From the average post to yours: what your account, picture, sound, words and caption "
        "each add.",
        "De la publicación media a la tuya: qué aportan tu cuenta, la imagen, el sonido, las "
        "palabras y el texto.",
    ),
    "empty.three": ("Private", "Privado"),
    "empty.three_text": (
        "Everything runs on this server. No other service sees your clip.",
        "Todo se ejecuta en este servidor. Ningún otro servicio ve tu vídeo.",
    ),
    "stage.heading": ("Looking at your clip", "Analizando tu vídeo"),
    "stage.waiting": ("Waiting for its turn", "Esperando turno"),
    "stage.reading": ("Reading the file", "Leyendo el archivo"),
    "stage.looking": ("Looking at the picture", "Mirando la imagen"),
    "stage.listening": ("Listening to the sound", "Escuchando el sonido"),
    "stage.transcribing": ("Transcribing what is said", "Transcribiendo lo que se dice"),
    "stage.scoring": ("Scoring", "Puntuando"),
    "stage.done": ("done", "hecho"),
    "stage.now": ("now", "ahora"),
    "stage.warming": (
        "The models are being loaded, which takes some seconds the first time.",
        "Los modelos se están cargando; la primera vez tarda unos segundos.",
    ),
    "error.heading": ("That did not work", "No ha funcionado"),
    "error.next": (
        "Nothing was kept. Everything else on this page still works.",
        "No se ha guardado nada. El resto de la página sigue funcionando.",
    ),
    "error.bug": (
        "Something went wrong on our side while looking at this clip; try again, or try another "
        "clip.",
        "Algo ha fallado por nuestra parte al analizar este vídeo; inténtalo de nuevo o prueba con "
        "otro.",
    ),
    "error.zone": (
        "The time zone {zone} is not known; pick one from the list.",
        "La zona horaria {zone} no existe; elige una de la lista.",
    ),
    "error.time": (
        "The posting time {time} is not a date and time; pick it again.",
        "La hora de publicación {time} no es una fecha y hora; elígela otra vez.",
    ),
    # The result.
    "score.label": ("Score", "Puntuación"),
    "score.of": ("of 100", "de 100"),
    "score.meaning": (
        "Predicted to go further than {score} of 100 posts by {among}.",
        "Se prevé que llegue más lejos que {score} de cada 100 publicaciones de {among}.",
    ),
    "verdict.far_above": ("Far above your usual", "Muy por encima de lo habitual"),
    "verdict.above": ("Above your usual", "Por encima de lo habitual"),
    "verdict.about": ("About your usual", "En torno a lo habitual"),
    "verdict.below": ("Below your usual", "Por debajo de lo habitual"),
    "verdict.strong": ("Ahead of most", "Por delante de la mayoría"),
    "verdict.good": ("A little ahead of the middle", "Algo por encima de la mitad"),
    "verdict.middle": ("Around the middle", "En torno a la mitad"),
    "verdict.weak": ("A little behind the middle", "Algo por debajo de la mitad"),
    "verdict.weakest": ("Behind most", "Por detrás de la mayoría"),
    "views.heading": ("Views after {days} days", "Visualizaciones a los {days} días"),
    "views.range": (
        "4 of 5 posts like this end between <b>{low}</b> and <b>{high}</b>.",
        "4 de cada 5 publicaciones así acaban entre <b>{low}</b> y <b>{high}</b>.",
    ),
    "views.middle": (
        "Half end above {median}, half below.",
        "La mitad supera {median}, la otra mitad no.",
    ),
    "views.usual": ("Your usual", "Lo habitual"),
    "views.against_usual": (
        "Against your usual of {usual}: {factor}.",
        "Frente a lo habitual en tu cuenta, {usual}: {factor}.",
    ),
    "views.no_usual": (
        "Add the views of your recent posts to see this against your usual, in a narrower range.",
        "Añade las visualizaciones de tus últimas publicaciones para compararlo con lo habitual, "
        "con un margen más estrecho.",
    ),
    "views.no_account": (
        "Nothing is known of your account, so this is what accounts of all sizes got, very large ones "
        "among them. Add your followers or the views of your recent posts.",
        "No se sabe nada de tu cuenta: esto es lo que lograron cuentas de todos los tamaños, algunas "
        "enormes. Añade tus seguidores o tus últimas visualizaciones.",
    ),
    "views.this": ("This clip", "Este vídeo"),
    "views.scale": (
        "Each step of the scale multiplies the views.",
        "Cada paso de la escala multiplica las visualizaciones.",
    ),
    "range.label": (
        "{name}: {median}, in 4 of 5 cases between {low} and {high}",
        "{name}: {median}, en 4 de cada 5 casos entre {low} y {high}",
    ),
    "count.likes": ("Likes", "Me gusta"),
    "count.comments": ("Comments", "Comentarios"),
    "count.shares": ("Shares", "Compartidos"),
    "count.views": ("Views", "Visualizaciones"),
    "count.range": ("{low} to {high}", "de {low} a {high}"),
    "breakout.heading": ("Chance of a breakout", "Posibilidad de dispararse"),
    "breakout.meaning": (
        "More than 3 times your usual views.",
        "Más de 3 veces tus visualizaciones habituales.",
    ),
    "breakout.meaning_no_usual": (
        "More than 3 times what the account itself usually gets.",
        "Más de 3 veces lo habitual en la propia cuenta.",
    ),
    "breakout.one_in": ("About 1 in {n}", "Cerca de 1 entre {n}"),
    "breakout.percent": ("{percent} %", "{percent} %"),
    "breakout.rare": ("Very unlikely", "Muy improbable"),
    "breakout.unlikely": ("Unlikely", "Improbable"),
    "breakout.possible": ("Possible", "Posible"),
    "breakout.real": ("A real chance", "Bastante posible"),
    "breakout.likely": ("Likelier than not", "Más probable que improbable"),
    "contents.label": ("Parts of the result", "Partes del resultado"),
    "contents.result": ("Result", "Resultado"),
    "contents.why": ("Why", "Por qué"),
    "contents.counts": ("What counts", "Qué cuenta"),
    "contents.when": ("By the second", "Por segundos"),
    "contents.advice": ("Changes", "Cambios"),
    "contents.details": ("Parts and words", "Partes y palabras"),
    "contents.keep": ("Keep", "Guardar"),
    "why.heading": ("Why this number", "Por qué este número"),
    "why.lead": (
        "From the average post the model learnt from to this one. Each step multiplies the views.",
        "De la publicación media con la que aprendió el modelo hasta esta. Cada paso multiplica "
        "las visualizaciones.",
    ),
    "why.average": ("Average post", "Publicación media"),
    "why.prediction": ("This clip", "Este vídeo"),
    "why.not_measured": ("not measured", "sin medir"),
    "why.axis": ("views", "visualizaciones"),
    "why.figure": (
        "Steps from the average post, {average} views, to this clip, {median} views: {steps}.",
        "Pasos desde la publicación media, {average} visualizaciones, hasta este vídeo, {median}: "
        "{steps}.",
    ),
    "why.hover_step": (
        "<b>{name}</b><br>{factor}<br>{log10} in log10 virality",
        "<b>{name}</b><br>{factor}<br>{log10} en log10 de viralidad",
    ),
    "why.hover_end": (
        "<b>{name}</b><br>about {views} views<br>{log10} in log10 virality",
        "<b>{name}</b><br>unas {views} visualizaciones<br>{log10} en log10 de viralidad",
    ),
    "why.past_posts": (
        "This is how past posts differ, not proof that a change would cause it.",
        "Así difieren las publicaciones pasadas; no prueba que un cambio lo cause.",
    ),
    "features.heading": ("What counts most", "Lo que más cuenta"),
    "features.lead": (
        "Measured in your clip and post, beside what is typical of accounts of your size. Followers "
        "and recent views stand beside those of all accounts.",
        "Medido en tu vídeo y tu publicación, junto a lo habitual en cuentas de tu tamaño. Los "
        "seguidores y las visualizaciones recientes, junto a los de todas las cuentas.",
    ),
    "features.measured": ("here {value}", "aquí {value}"),
    "features.typical": ("typical {value}", "habitual {value}"),
    "features.not_measured": ("not measured here", "sin medir aquí"),
    "features.whole": (
        "the whole of it, compared with past posts",
        "en conjunto, comparado con publicaciones pasadas",
    ),
    "features.looks_like": ("looks most like {classes}", "se parece sobre todo a {classes}"),
    "features.nearest": (
        "closest to past captions about {topics}",
        "lo más cercano: textos pasados sobre {topics}",
    ),
    "features.topic": ("{topic} ({posts} posts)", "{topic} ({posts} publicaciones)"),
    "features.tags_known": (
        "past posts with them got {factor} the views expected",
        "las publicaciones pasadas con ellos tuvieron {factor} lo esperado",
    ),
    "features.tags_unknown": (
        "none that enough past posts have had",
        "ninguno que hayan llevado bastantes publicaciones pasadas",
    ),
    "features.unclear": (
        "the whole of it; no kind of picture is recognised with {percent} % or more",
        "en conjunto; no se reconoce ningún tipo de imagen con un {percent} % o más",
    ),
    "features.not_given": ("not known", "sin saberlo"),
    "features.all": ("All {count} measurements", "Las {count} mediciones"),
    "features.column_name": ("What", "Qué"),
    "features.column_measured": ("Here", "Aquí"),
    "features.column_typical": ("Typical", "Habitual"),
    "features.column_effect": ("Effect on views", "Efecto en las visualizaciones"),
    "features.none": (
        "Nothing that was measured moves this prediction by more than half a percent.",
        "Nada de lo medido mueve esta predicción más de medio por ciento.",
    ),
    "features.silent": (
        "{parts}: measured, but without effect here. The model gives no weight to what has not "
        "been shown to predict posts it had not seen.",
        "{parts}: medido, pero sin efecto aquí. El modelo no da peso a lo que no ha demostrado "
        "predecir publicaciones que no había visto.",
    ),
    "features.no_effect": ("none", "ninguno"),
    "modality.visual": ("Picture", "Imagen"),
    "modality.audio": ("Sound", "Sonido"),
    "modality.speech": ("Speech", "Voz"),
    "modality.text": ("Caption", "Texto"),
    "modality.context": ("Account and timing", "Cuenta y momento"),
    "transcript.heading": ("Transcript", "Transcripción"),
    "transcript.none": ("No words were heard.", "No se oyeron palabras."),
    "transcript.language": ("Language heard: {language}", "Idioma oído: {language}"),
    "gaps.heading": ("What could not be measured", "Lo que no se pudo medir"),
    "gaps.lead": (
        "The prediction leaves these out and makes do with the rest.",
        "La predicción prescinde de esto y se apoya en lo demás.",
    ),
    "gaps.partly": ("{modality}, in part:", "{modality}, en parte:"),
    "gaps.no_reason": ("It was not there to measure.", "No había nada que medir."),
    "notes.heading": ("Keep in mind", "Ten en cuenta"),
    "facts.heading": ("The file", "El archivo"),
    "facts.line": ("{duration} · {size} · {picture}", "{duration} · {size} · {picture}"),
    "facts.no_picture": ("no picture", "sin imagen"),
    "facts.model": ("Model {version}", "Modelo {version}"),
    # Values in words.
    "value.yes": ("yes", "sí"),
    "value.no": ("no", "no"),
    "value.hour": ("Posting hour", "Hora de publicación"),
    "value.tone": ("Tone colour", "Timbre"),
    "value.recent": ("Views of recent posts", "Visualizaciones recientes"),
    "value.utc": ("{hour} UTC", "{hour} UTC"),
    "value.days": ("{days} days", "{days} días"),
    "weekday.0": ("Monday", "lunes"),
    "weekday.1": ("Tuesday", "martes"),
    "weekday.2": ("Wednesday", "miércoles"),
    "weekday.3": ("Thursday", "jueves"),
    "weekday.4": ("Friday", "viernes"),
    "weekday.5": ("Saturday", "sábado"),
    "weekday.6": ("Sunday", "domingo"),
    **ABOUT,
    **COMPARE,
    **AFTER,
    **SKILLS,
    **SHARE,
    **LINKS,
    **EXPLAIN,
    **EXPLORE,
}
for _name in NAMES:
    # A modality shows before anybody has named it here.
    STRINGS.setdefault(f"modality.{_name}", (_name.capitalize(), _name.capitalize()))


def text(key: str, lang: str, **values: Any) -> str:
    """Return a sentence in a language, its places filled.

    Raises
    ------
    KeyError
        The key is not in the table: a slip in the code, never in what a user did.
    """
    english, spanish = STRINGS[key]
    sentence = spanish if lang == "es" else english
    return sentence.format(**values) if values else sentence


def preferred_language(accept_language: str) -> str:
    """Return the first language of a browser's `Accept-Language` that the app speaks."""
    for part in accept_language.split(","):
        code = part.split(";")[0].strip().lower().split("-")[0]
        if code in LANGUAGES:
            return code
    return DEFAULT_LANGUAGE
