"""Sentences of What if, of the suggestions and of the timeline, a part of the table in
`viral.ui.text.strings`: key -> (English, Spanish)."""

EXPLAIN: dict[str, tuple[str, str]] = {
    # What if.
    "try.heading": ("What if", "Y si…"),
    "try.lead": (
        "Change the post or trim the clip: the prediction follows at once. Your result above stays "
        "as it is.",
        "Cambia la publicación o recorta el vídeo: la predicción cambia al momento. Tu resultado de "
        "arriba queda como está.",
    ),
    "try.hashtags": ("Hashtags", "Hashtags"),
    "try.hashtags_placeholder": ("#cooking #tutorial", "#cocina #tutorial"),
    "try.time_info": (
        "On your own clock. The model looks at the hour and the weekday alone.",
        "En tu propio reloj. El modelo solo mira la hora y el día de la semana.",
    ),
    "try.start": ("Start at (s)", "Empezar en (s)"),
    "try.end": ("End at (s)", "Terminar en (s)"),
    "try.reset": ("Back to the post as it is", "Volver a la publicación tal cual"),
    "try.nothing": (
        "Nothing is changed yet: this is the post as it is.",
        "Aún no has cambiado nada: así es la publicación tal cual.",
    ),
    "try.against": (
        "{factor} the views of the post as it is.",
        "{factor} las visualizaciones de la publicación tal cual.",
    ),
    "try.same": (
        "The same number of views as the post as it is.",
        "Las mismas visualizaciones que la publicación tal cual.",
    ),
    "try.small": (
        "A single post varies far more than that by chance: see how much of the two ranges is the "
        "same.",
        "Una sola publicación varía mucho más que eso por azar: mira cuánto coinciden los dos "
        "márgenes.",
    ),
    "try.views": ("Views after {days} days", "Visualizaciones a los {days} días"),
    "try.as_it_is": ("As it is", "Tal cual"),
    "try.changed": ("Changed", "Con el cambio"),
    "try.score": ("Score {after}, was {before}", "Puntuación {after}, antes {before}"),
    "try.score_now": ("Score {after}", "Puntuación {after}"),
    "try.breakout": (
        "Chance of a breakout: {after}, was {before}",
        "Posibilidad de dispararse: {after}, antes {before}",
    ),
    "try.breakout_now": (
        "Chance of a breakout: {after}",
        "Posibilidad de dispararse: {after}",
    ),
    "try.thin_length": (
        "Only {posts} past posts were about this long, so the model has little to go by here.",
        "Solo {posts} publicaciones pasadas duraban más o menos esto: el modelo tiene poco en que "
        "apoyarse.",
    ),
    "try.thin_time": (
        "Only {posts} past posts went out at this hour of this weekday, so the model has little to "
        "go by here.",
        "Solo {posts} publicaciones pasadas salieron a esta hora de este día: el modelo tiene poco "
        "en que apoyarse.",
    ),
    "try.problem": ("This makes no sense yet", "Esto aún no tiene sentido"),
    "try.why": ("Why, with the changes", "Por qué, con los cambios"),
    "try.hours": ("When to post", "Cuándo publicar"),
    "try.hours_lead": (
        "Hour and weekday, everything else as above: from {low} in the palest field to {high} in "
        "the darkest. The diamond is your time.",
        "Hora y día, lo demás como arriba: de {low} en la casilla más clara a {high} en la más "
        "oscura. El rombo es tu hora.",
    ),
    "try.hours_unset": (
        "Hour and weekday, everything else as above: from {low} the views in the palest field to "
        "{high} in the darkest.",
        "Hora y día, lo demás como arriba: de {low} las visualizaciones en la casilla más clara a "
        "{high} en la más oscura.",
    ),
    "try.hours_thin": (
        "Crossed out: fewer than {fewest} past posts.",
        "Tachado: menos de {fewest} publicaciones pasadas.",
    ),
    "try.hours_axis": ("hour, {zone}", "hora, {zone}"),
    "try.hours_hover": (
        "<b>{weekday}, {hour}</b><br>about {views} views, {factor}<br>{posts} past posts",
        "<b>{weekday}, {hour}</b><br>unas {views} visualizaciones, {factor}<br>{posts} "
        "publicaciones pasadas",
    ),
    "try.hours_hover_thin": (
        "<b>{weekday}, {hour}</b><br>too few past posts to say: {posts}",
        "<b>{weekday}, {hour}</b><br>muy pocas publicaciones pasadas: {posts}",
    ),
    "try.lengths": ("How long", "Cuánto durar"),
    "try.lengths_lead": (
        "Views by length, as if the same content took that long, with the range that holds 4 of 5 "
        "posts. The diamond is this clip.",
        "Visualizaciones según la duración, como si el mismo contenido durase eso, con el margen "
        "de 4 de cada 5 publicaciones. El rombo es este vídeo.",
    ),
    "try.lengths_thin": (
        "Grey and dotted: fewer than {fewest} past posts.",
        "Gris y punteado: menos de {fewest} publicaciones pasadas.",
    ),
    "try.lengths_axis": ("length of the clip", "duración del vídeo"),
    "try.lengths_hover": (
        "<b>{length}</b><br>about {median} views, {low} to {high}<br>{posts} past posts",
        "<b>{length}</b><br>unas {median} visualizaciones, de {low} a {high}<br>{posts} "
        "publicaciones pasadas",
    ),
    "try.lengths_hover_thin": (
        "<b>{length}</b><br>about {median} views, but only {posts} past posts",
        "<b>{length}</b><br>unas {median} visualizaciones, pero solo {posts} publicaciones pasadas",
    ),
    "try.hours_spoken": (
        "The model's best supported time is {weekday} at {hour}, with {high} views; the weakest "
        "has {low}.",
        "La mejor hora con datos según el modelo es {weekday} a las {hour}, con {high} "
        "visualizaciones; la más floja tiene {low}.",
    ),
    "try.lengths_spoken": (
        "The model's best supported length is {length}, with {high} views.",
        "La mejor duración con datos según el modelo es {length}, con {high} visualizaciones.",
    ),
    # Suggestions.
    "advice.heading": ("What the model would change", "Lo que cambiaría el modelo"),
    "advice.lead": (
        "Of what you can still change, what the model expects the most of. It goes by how past "
        "posts differ; that is no proof that the change causes it.",
        "De lo que aún puedes cambiar, aquello de lo que más espera el modelo. Se guía por cómo "
        "difieren las publicaciones pasadas; no prueba que el cambio lo cause.",
    ),
    "advice.none": (
        "Nothing to suggest: of the times, lengths and hashtags that were tried, none is expected "
        "to bring {percent} % more with at least {fewest} past posts behind it.",
        "Nada que sugerir: de las horas, duraciones y hashtags probados, de ninguno se espera un "
        "{percent} % más con al menos {fewest} publicaciones pasadas detrás.",
    ),
    "advice.none_time": (
        "Give a posting time to have other times tried.",
        "Indica una hora de publicación para que se prueben otras.",
    ),
    "advice.time": ("Post on {weekday} at {hour}", "Publica el {weekday} a las {hour}"),
    "advice.trim": (
        "Cut the end: {after} instead of {before}",
        "Corta el final: {after} en lugar de {before}",
    ),
    "advice.hashtags": (
        "Use {after} hashtags instead of {before}",
        "Usa {after} hashtags en lugar de {before}",
    ),
    "advice.one_hashtag": (
        "Use one hashtag instead of {before}",
        "Usa un hashtag en lugar de {before}",
    ),
    "advice.no_hashtag": (
        "Leave the hashtags at the end out",
        "Quita los hashtags del final",
    ),
    "advice.range": (
        "About {median} views; {low} to {high} for 4 of 5 such posts.",
        "Unas {median} visualizaciones; de {low} a {high} en 4 de cada 5 así.",
    ),
    "advice.posts_time": (
        "Behind it: {posts} past posts in that hour of the week.",
        "Detrás: {posts} publicaciones pasadas en esa hora de la semana.",
    ),
    "advice.posts_trim": (
        "Behind it: {posts} past posts of about that length.",
        "Detrás: {posts} publicaciones pasadas de más o menos esa duración.",
    ),
    "advice.posts_hashtags": (
        "Behind it: {posts} past posts with as many hashtags.",
        "Detrás: {posts} publicaciones pasadas con tantos hashtags.",
    ),
    "advice.try": ("Try it in What if", "Probarlo en «Y si…»"),
    # The timeline.
    "when.heading": ("Second by second", "Segundo a segundo"),
    "when.lead": (
        "Click on a moment, a word or the figure to go there.",
        "Pulsa un momento, una palabra o la figura para ir allí.",
    ),
    "when.player": ("Your clip, at the chosen moment", "Tu vídeo, en el momento elegido"),
    "when.gone": (
        "The clip itself is not kept. Drop it in again and press Predict to play it here.",
        "El vídeo no se conserva. Vuelve a soltarlo y pulsa Predecir para verlo aquí.",
    ),
    "when.slider": ("Moment of the clip", "Momento del vídeo"),
    "when.hook": ("Opening", "Inicio"),
    "when.hook_title": ("Opening, first {seconds} s", "Inicio, {seconds} primeros s"),
    "when.effect": ("Effect on the prediction", "Efecto en la predicción"),
    "when.motion": ("Movement", "Movimiento"),
    "when.cuts": ("Cuts", "Cortes"),
    "when.loudness": ("Loudness", "Volumen"),
    "when.words": ("Words that begin here", "Palabras que empiezan aquí"),
    "when.faces": ("A face in view", "Una cara a la vista"),
    "when.spoken": ("Words as spoken", "Las palabras tal como se dicen"),
    "when.method": (
        "How the effect of a {step} is found: it is left out, what remains is measured again, and "
        "the model predicts again; the difference is its effect. Length, caption and account stay "
        "as they are. It shows what this model's answer leans on. It does not show where viewers "
        "leave, and the effects do not add up to the whole.",
        "Cómo se halla el efecto de {step}: se quita, se vuelve a medir lo que queda y el modelo "
        "predice otra vez; la diferencia es su efecto. La duración, el texto y la cuenta no "
        "cambian. Muestra en qué se apoya la respuesta de este modelo. No muestra dónde se van los "
        "espectadores, y los efectos no suman el total.",
    ),
    "when.step_one": ("second", "un segundo"),
    "when.step_many": ("stretch of {seconds} s", "un tramo de {seconds} s"),
    "when.blind": (
        "The model gives no weight to {parts} for an account like this one, because that has not "
        "been shown to predict posts it had not seen: no second has an effect through that.",
        "El modelo no da peso a {parts} en una cuenta como esta, porque no ha demostrado predecir "
        "publicaciones que no había visto: por ahí, ningún segundo tiene efecto.",
    ),
    "when.blind_all": (
        "No second has an effect on this prediction: the model gives no weight to {parts} for an "
        "account like this one, because that has not been shown to predict posts it had not seen. "
        "What was measured is shown all the same.",
        "Ningún segundo influye en esta predicción: el modelo no da peso a {parts} en una cuenta "
        "como esta, porque no ha demostrado predecir publicaciones que no había visto. Lo medido "
        "se muestra igualmente.",
    ),
    "when.part_visual": ("the picture", "la imagen"),
    "when.part_audio": ("the sound", "el sonido"),
    "when.part_speech": ("what is said", "lo que se dice"),
    "when.and": ("{first} and {last}", "{first} y {last}"),
    "when.no_cuts": ("Cuts: none seen", "Cortes: no se ve ninguno"),
    "when.no_faces": ("A face in view: none found", "Una cara a la vista: no se halla ninguna"),
    "when.unplayable": (
        "Your browser cannot play this file.",
        "Tu navegador no puede reproducir este archivo.",
    ),
    "when.nothing": (
        "Nothing in this clip could be measured by the second.",
        "En este vídeo no se pudo medir nada por segundos.",
    ),
    "when.summary": (
        "Largest effects: {moments}.",
        "Efectos mayores: {moments}.",
    ),
    "when.moment": ("{factor} at {moment}", "{factor} en {moment}"),
    "when.even": (
        "No second changes this prediction by more than half a percent.",
        "Ningún segundo cambia esta predicción más de medio por ciento.",
    ),
    # The waterfall's steps, opened up.
    "levels.lead": (
        "Open a step to see what it is made of. The factors inside multiply up to its own.",
        "Abre un paso para ver de qué se compone. Los factores de dentro se multiplican hasta el "
        "suyo.",
    ),
    "group.content": ("What it shows or says", "Lo que muestra o dice"),
    "group.hashtags": ("Hashtags", "Hashtags"),
    "group.light_and_colour": ("Light and colour", "Luz y color"),
    "group.movement": ("Movement", "Movimiento"),
    "group.faces": ("Faces", "Caras"),
    "group.framing": ("Framing", "Encuadre"),
    "group.tone_colour": ("Tone colour", "Timbre"),
    "group.rhythm": ("Rhythm", "Ritmo"),
    "group.level": ("Level", "Nivel"),
    "group.voice_and_music": ("Voice and music", "Voz y música"),
    "group.amount": ("Amount", "Cantidad"),
    "group.pace": ("Pace", "Ritmo al hablar"),
    "group.opening": ("Opening", "Inicio"),
    "group.style": ("Style", "Estilo"),
    "group.length": ("Length", "Longitud"),
    "group.language": ("Language", "Idioma"),
    "group.account": ("Account", "Cuenta"),
    "group.recent_views": ("Recent views", "Visualizaciones recientes"),
    "group.posting_rhythm": ("Posting rhythm", "Frecuencia al publicar"),
    "group.earlier_posts_like_this": (
        "Earlier posts like this",
        "Publicaciones anteriores parecidas",
    ),
    "group.likes_and_shares_of_earlier_posts": (
        "Likes and shares of earlier posts",
        "Me gusta y compartidos de publicaciones anteriores",
    ),
    "group.time": ("Time", "Momento"),
    "group.clip": ("Clip", "Vídeo"),
    "group.sound": ("Sound", "Sonido"),
    "group.rest": ("Other features combined", "Las demás características, juntas"),
}
