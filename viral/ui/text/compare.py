"""Sentences of the Compare page, a part of the table in `viral.ui.text.strings`: key -> (English,
Spanish)."""

COMPARE: dict[str, tuple[str, str]] = {
    "tab.compare": ("Compare", "Comparar"),
    "compare.clips": ("Your cuts", "Tus versiones"),
    "compare.clips_lead": (
        "Two to four cuts of a clip, or different clips, for one account.",
        "De dos a cuatro versiones de un vídeo, o vídeos distintos, para una misma cuenta.",
    ),
    "compare.cut": ("Cut {letter}", "Versión {letter}"),
    "compare.drop": ("Drop cut {letter} here", "Suelta aquí la versión {letter}"),
    "compare.clip_label": ("Clip for cut {letter}", "Vídeo de la versión {letter}"),
    "compare.add": ("Add another cut", "Añadir otra versión"),
    "compare.demos": ("Try it with two demo clips", "Probar con dos vídeos de muestra"),
    "compare.post": ("The post around them", "La publicación"),
    "compare.post_lead": (
        "The same for every cut. Views of your recent posts or your followers are needed to say which "
        "goes further.",
        "La misma para todas. Para decir cuál llega más lejos hacen falta tus últimas "
        "visualizaciones o tus seguidores.",
    ),
    "compare.button": ("Compare", "Comparar"),
    "empty_compare.heading": ("Which cut should you post?", "¿Qué versión conviene publicar?"),
    "empty_compare.lead": (
        "Drop in two to four cuts. You get the chance that one goes further than another on your "
        "account, and what makes the difference.",
        "Suelta de dos a cuatro versiones. Verás la probabilidad de que una llegue más lejos que "
        "otra en tu cuenta, y qué marca la diferencia.",
    ),
    "empty_compare.one": ("A chance, not a verdict", "Una probabilidad, no un veredicto"),
    "empty_compare.one_text": (
        "Two posts of one account often differ by luck. The chance says how much of that is left.",
        "Dos publicaciones de una cuenta a menudo se distinguen por azar. La probabilidad dice "
        "cuánto azar queda.",
    ),
    "empty_compare.two": ("What differs", "Qué cambia"),
    "empty_compare.two_text": (
        "Each measured difference with its effect on the views; they add up to the whole.",
        "Cada diferencia medida con su efecto en las visualizaciones; juntas dan el total.",
    ),
    "empty_compare.three": ("One broken file stops nothing", "Un archivo dañado no detiene nada"),
    "empty_compare.three_text": (
        "It gets a sentence, and the other cuts are compared without it.",
        "Recibe una frase, y las demás versiones se comparan sin él.",
    ),
    "compare.working": ("Looking at cut {letter}", "Analizando la versión {letter}"),
    "compare.wins": (
        "Cut {best} is likelier to go further",
        "Es más probable que la versión {best} llegue más lejos",
    ),
    "compare.wins_clearly": (
        "Cut {best} very probably goes further",
        "Es muy probable que la versión {best} llegue más lejos",
    ),
    "compare.toss": (
        "Close to a coin toss, with cut {best} slightly ahead",
        "Casi a cara o cruz, con la versión {best} ligeramente por delante",
    ),
    "compare.same": (
        "The model sees no difference that counts",
        "El modelo no ve ninguna diferencia que cuente",
    ),
    "compare.ahead": (
        "Cut {best} is predicted to go further",
        "Se prevé que la versión {best} llegue más lejos",
    ),
    "compare.one_left": (
        "Only cut {best} could be looked at",
        "Solo se pudo analizar la versión {best}",
    ),
    "compare.none_left": ("None of the cuts could be looked at", "No se pudo analizar ninguna"),
    "compare.needs_two": (
        "Here is what is predicted for it. Put another clip in the place of the broken one to "
        "compare.",
        "Esto es lo que se prevé para ella. Pon otro vídeo en lugar del dañado para comparar.",
    ),
    "compare.beats": (
        "{best} gets more views than {other} in about {percent} of 100 such pairs.",
        "{best} consigue más visualizaciones que {other} en unos {percent} de cada 100 pares así.",
    ),
    "compare.unknown_chance": (
        "How surely cannot be said: the model knows too few pairs of past posts.",
        "No se puede decir con qué seguridad: el modelo conoce muy pocos pares de publicaciones.",
    ),
    "compare.no_account": (
        "Say something about the account to compare",
        "Para comparar hace falta saber algo de la cuenta",
    ),
    "compare.no_account_text": (
        "Add the views of your recent posts, or your followers. Without them these predictions "
        "differ by which accounts post such clips, which says next to nothing about two cuts of "
        "one account.",
        "Añade las visualizaciones de tus últimas publicaciones o tus seguidores. Sin eso, estas "
        "predicciones se distinguen por qué cuentas publican vídeos así, lo que apenas dice nada "
        "de dos versiones en una misma cuenta.",
    ),
    "compare.cancels": (
        "Every cut would be posted by the same account. What the model does not know about it "
        "lifts or lowers all of them alike, so it cancels when two are compared; this is why the "
        "chance can be clear although each range is wide. What is left is how far two posts of "
        "one account stray from what was expected, learnt from {pairs} pairs of past posts.",
        "Todas se publicarían en la misma cuenta. Lo que el modelo no sabe de ella sube o baja "
        "todas por igual, así que se cancela al comparar dos; por eso la probabilidad puede ser "
        "clara aunque cada margen sea ancho. Lo que queda es cuánto se apartan de lo esperado dos "
        "publicaciones de una misma cuenta, aprendido de {pairs} pares de publicaciones.",
    ),
    "compare.score": ("Score {score} of 100", "Puntuación {score} de 100"),
    "compare.views": ("Views after {days} days", "Visualizaciones a los {days} días"),
    "compare.broken": ("Could not be looked at", "No se pudo analizar"),
    "compare.all_pairs": ("Every pair", "Todos los pares"),
    "compare.all_pairs_lead": (
        "The chance that the cut on the left gets more views than the one above.",
        "La probabilidad de que la versión de la izquierda consiga más visualizaciones que la de "
        "arriba.",
    ),
    "compare.why": ("What {best} has over {other}", "Qué tiene {best} frente a {other}"),
    "compare.why_lead": (
        "Each line multiplies the views of {best} compared with {other}. Together they give "
        "{factor}.",
        "Cada línea multiplica las visualizaciones de {best} respecto a {other}. Juntas dan "
        "{factor}.",
    ),
    "compare.base": ("Which parts could be measured", "Qué partes se pudieron medir"),
    "compare.base_text": (
        "One cut has sound, words or a caption to go by that the other lacks.",
        "Una versión tiene sonido, palabras o texto que a la otra le faltan.",
    ),
    "compare.others": ("All other differences together", "Todas las demás diferencias juntas"),
    "compare.others_text": (
        "Small ones, and what is the same in both but counts differently beside what differs.",
        "Las pequeñas, y lo que es igual en las dos pero cuenta distinto junto a lo que cambia.",
    ),
    "compare.nothing": (
        "Nothing that the model gives weight to differs between these two.",
        "Nada a lo que el modelo dé peso cambia entre estas dos.",
    ),
    "compare.silent": (
        "{parts}: measured differently, but without effect here. The model gives no weight to "
        "what has not been shown to predict posts it had not seen.",
        "{parts}: con otras mediciones, pero sin efecto aquí. El modelo no da peso a lo que no ha "
        "demostrado predecir publicaciones que no había visto.",
    ),
    "compare.chance_label": (
        "{best} against {other}: {percent} to {rest}",
        "{best} frente a {other}: {percent} a {rest}",
    ),
    "error.two_cuts": (
        "Drop in at least two cuts, or try two demo clips.",
        "Suelta al menos dos versiones, o prueba con dos vídeos de muestra.",
    ),
    "error.one_account": (
        "Only cuts for one account and one number of days can be compared; give the same "
        "followers, recent views and days for all of them.",
        "Solo se pueden comparar versiones para una misma cuenta y un mismo número de días; "
        "indica los mismos seguidores, visualizaciones y días para todas.",
    ),
}
