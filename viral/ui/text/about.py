"""The About page's sentences, a part of the table in `viral.ui.text.strings`: key -> (English,
Spanish)."""

ABOUT: dict[str, tuple[str, str]] = {
    "about.how": ("How it works", "Cómo funciona"),
    "about.how_1": (
        "Five things are measured: the picture, the sound, what is said, the caption, and the "
        "account with its timing. Each has its own model, trained on past posts whose counts are "
        "known.",
        "Se miden cinco cosas: la imagen, el sonido, lo que se dice, el texto, y la cuenta con su "
        "momento. Cada una tiene su propio modelo, entrenado con publicaciones pasadas cuyas "
        "cifras se conocen.",
    ),
    "about.how_2": (
        "The account says what a post of yours usually gets. The clip and the caption say how far "
        "this one departs from that. A weighted sum joins them, with weights that follow how well "
        "each one has predicted posts it had not seen.",
        "La cuenta dice lo que suele conseguir una publicación tuya. El vídeo y el texto dicen "
        "cuánto se aparta esta. Una suma ponderada los une, con pesos según lo bien que cada uno "
        "ha predicho publicaciones que no había visto.",
    ),
    "about.how_3": (
        "Because it is a sum, what each measurement adds is exact, not an estimate of an estimate.",
        "Como es una suma, lo que aporta cada medición es exacto, no una estimación de otra.",
    ),
    "about.range": ("What the range means", "Qué significa el margen"),
    "about.range_1": (
        "Of five posts like yours, four end inside it and one does not. It is wide because posts "
        "of one account really do differ that much. The views of your recent posts narrow it most.",
        "De cinco publicaciones como la tuya, cuatro acaban dentro y una no. Es ancho porque las "
        "publicaciones de una misma cuenta se diferencian así de mucho. Lo que más lo estrecha son "
        "las visualizaciones de tus últimas publicaciones.",
    ),
    "about.range_2": (
        "The score says how many of 100 posts by accounts of your size went less far.",
        "La puntuación dice cuántas de 100 publicaciones de cuentas de tu tamaño llegaron menos "
        "lejos.",
    ),
    "accuracy.heading": ("How often it is right", "Cuánto acierta"),
    "accuracy.lead": (
        "Tried on posts that were kept out of the training: all posts of some creators, and the "
        "newest fifth of all posts.",
        "Probado con publicaciones que se dejaron fuera del entrenamiento: todas las de algunas "
        "cuentas, y la quinta parte más reciente de todas.",
    ),
    "accuracy.note": (
        "Typical miss is the mean absolute error of log10 views, as a factor: ×2 means half or twice "
        "the predicted views. Rank order is Spearman's correlation, R² is that of log10 views; 1 "
        "would be perfect.",
        "El fallo habitual es el error absoluto medio de log10 de las visualizaciones, como factor: "
        "×2 es la mitad o el doble de lo previsto. El orden es la correlación de Spearman y R² es "
        "el de log10 de las visualizaciones; 1 sería perfecto.",
    ),
    "accuracy.tried": ("Tried on", "Probado con"),
    "accuracy.told": ("Told", "Sabiendo"),
    "accuracy.posts": ("Posts", "Publicaciones"),
    "accuracy.miss": ("Typical miss", "Fallo habitual"),
    "accuracy.rule": ("Of a simple rule", "De una regla simple"),
    "accuracy.inside": ("Inside the 80 % range", "Dentro del margen del 80 %"),
    "accuracy.order": ("Rank order", "Orden"),
    "accuracy.r2": ("R²", "R²"),
    "accuracy.tried_creators": ("creators it never saw", "cuentas que nunca vio"),
    "accuracy.tried_time": ("the newest posts", "las publicaciones más nuevas"),
    "accuracy.told_history": ("five or more recent views", "cinco o más visualizaciones recientes"),
    "accuracy.told_totals": (
        "followers, likes and posts of the account",
        "seguidores, me gusta y publicaciones de la cuenta",
    ),
    "accuracy.told_followers": ("followers", "seguidores"),
    "accuracy.told_nothing": ("nothing of the account", "nada de la cuenta"),
    "accuracy.rule_0": ("mean of the last five", "media de las cinco últimas"),
    "accuracy.rule_1": ("a line through followers", "una recta según los seguidores"),
    "accuracy.rule_2": ("the median post", "la publicación mediana"),
    "weights.heading": ("What weighs how much", "Cuánto pesa cada cosa"),
    "weights.lead": (
        "What the sum takes of each part's own prediction, for a clip that has all of them. The "
        "account counts as a whole; the others are what they add to it.",
        "Cuánto toma la suma de la predicción de cada parte, para un vídeo que las tiene todas. La "
        "cuenta es la base; las demás son lo que le añaden.",
    ),
    "weights.told": ("What is told of the account", "Lo que se sabe de la cuenta"),
    "weights.history": ("recent views", "visualizaciones recientes"),
    "weights.account": ("followers, no recent views", "seguidores, sin visualizaciones"),
    "weights.unknown": ("neither", "ninguna de las dos"),
    "weights.silent": (
        "{parts}: measured and shown, but the sum takes nothing of it. Too few past posts had it "
        "for the model to prove that it predicts posts it had not seen.",
        "{parts}: se mide y se muestra, pero la suma no toma nada. Muy pocas publicaciones pasadas "
        "lo tenían para demostrar que predice otras que no había visto.",
    ),
    "about.card": ("Model card", "Ficha del modelo"),
    "about.guide": ("The model, for experts", "El modelo, para expertos"),
    "about.experiments": ("What was tried, and what did not help", "Qué se probó y qué no ayudó"),
    "about.tutorial": ("Tutorial", "Guía para creadores"),
    "about.api": ("Calls from other programs", "Llamadas desde otros programas"),
    "about.documents": ("Read on", "Para saber más"),
    "about.documents_lead": (
        "What comes with the app.",
        "Lo que acompaña a la aplicación (en inglés).",
    ),
    "about.weak": ("Where it is weak", "Dónde flaquea"),
    "about.weak_1": (
        "Most of what decides the views of a post is not in the clip. The account and its recent "
        "posts carry most of the prediction; picture, sound and words move it a little.",
        "La mayor parte de lo que decide las visualizaciones no está en el vídeo. La cuenta y sus "
        "últimas publicaciones cargan con casi toda la predicción; imagen, sonido y palabras la "
        "mueven un poco.",
    ),
    "about.weak_2": (
        "Platforms change. The posts it learnt from are some years old, and newer ones may behave "
        "differently.",
        "Las plataformas cambian. Las publicaciones con las que aprendió tienen unos años y las "
        "nuevas pueden comportarse de otra manera.",
    ),
    "about.weak_3": (
        "It shows how past posts differ. It does not prove that changing one thing would change "
        "the views.",
        "Muestra en qué difieren las publicaciones pasadas. No prueba que cambiar una cosa cambie "
        "las visualizaciones.",
    ),
    "about.data": ("What it learnt from", "De qué aprendió"),
    "source.creators_2020": ("Creators' feeds, 2020", "Publicaciones de cuentas, 2020"),
    "source.trending_2020": ("Trending posts, 2020", "Tendencias, 2020"),
    "source.vietnam_2025": ("Posts from Vietnam, 2025", "Publicaciones de Vietnam, 2025"),
    "source.creator_videos": ("Clips of one creator", "Vídeos de una sola cuenta"),
    "about.data_source": ("Source", "Fuente"),
    "about.data_posts": ("Posts", "Publicaciones"),
    "about.data_creators": ("Creators", "Cuentas"),
    "about.data_dates": ("Posted", "Publicadas"),
    "about.data_lead": (
        "Posts that each source gave to the training, {posts} in all.",
        "Publicaciones que cada fuente aportó al entrenamiento, {posts} en total.",
    ),
    "about.learnt": (
        "Posts that each part could learn from: {parts}.",
        "Publicaciones de las que pudo aprender cada parte: {parts}.",
    ),
    "about.privacy": ("Privacy", "Privacidad"),
    "about.privacy_1": (
        "Clips are looked at on this server and deleted straight after, or after {minutes} "
        "minutes if you never press Predict. What was measured stays in memory for as long as you "
        "use it, then goes too.",
        "Los vídeos se analizan en este servidor y se borran justo después, o a los {minutes} "
        "minutos si no llegas a pulsar Predecir. Lo medido queda en memoria mientras lo usas y "
        "después también desaparece.",
    ),
    "about.privacy_2": (
        "Nothing is sent to any other service. This page loads nothing from elsewhere and does not "
        "track you.",
        "Nada se envía a ningún otro servicio. Esta página no carga nada de fuera y no te rastrea.",
    ),
    "about.privacy_3": (
        "This browser tab remembers the numbers of its last results until you close it, so that a "
        "reload shows them again. A link that you share carries numbers only.",
        "Esta pestaña recuerda los números de sus últimos resultados hasta que la cierres, para "
        "mostrarlos de nuevo al recargar. Un enlace que compartas solo lleva números.",
    ),
    "about.use": ("Use it elsewhere", "Úsalo en otros sitios"),
    "about.use_1": (
        "The same prediction is a Python call, a command and an API endpoint.",
        "La misma predicción es una llamada de Python, una orden y un punto de acceso de la API.",
    ),
    "about.code": ("Example", "Ejemplo"),
    "about.licence": ("Licence", "Licencia"),
    "about.licence_1": (
        "The code is under the MIT licence, and so is what finds the words. The setting "
        "<code>VIRAL_SPEECH_BACKEND</code> can put whisper-timestamped in its place, which is under "
        "AGPL-3.0 and asks hosts of changed versions to offer their source. NOTICE lists every "
        "model and library.",
        "El código tiene licencia MIT, y también lo que reconoce las palabras. El ajuste "
        "<code>VIRAL_SPEECH_BACKEND</code> puede poner en su lugar whisper-timestamped, que es "
        "AGPL-3.0 y pide a quien aloje versiones modificadas que ofrezca su código. NOTICE enumera "
        "cada modelo y biblioteca.",
    ),
    "about.model": ("Model version {version}", "Versión del modelo: {version}"),
}
