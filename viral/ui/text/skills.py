"""Sentences about each part's own prediction, a part of the table in `viral.ui.text.strings`: key ->
(English, Spanish)."""

SKILLS: dict[str, tuple[str, str]] = {
    "skills.heading": ("Each part on its own", "Cada parte por su cuenta"),
    "skills.lead": (
        "The views that each part would predict by itself, how often it put two posts it had not "
        "seen in the right order, and how much of it the prediction takes. Guessing is right 50 "
        "times in 100.",
        "Las visualizaciones que cada parte predeciría por sí sola, cuántas veces puso en el orden "
        "correcto dos publicaciones que no había visto, y cuánto toma de ella la predicción. "
        "Adivinar acierta 50 de cada 100 veces.",
    ),
    "skills.part": ("Part", "Parte"),
    "skills.own": ("By itself", "Por sí sola"),
    "skills.skill": ("Right order", "Orden correcto"),
    "skills.taken": ("Taken", "Se toma"),
    "skills.joint": ("All together", "Todo junto"),
    "skills.right": ("{n} of 100", "{n} de 100"),
    "skills.between": (
        "{low} to {high} of 100, on {posts} posts",
        "de {low} a {high} de 100, en {posts} publicaciones",
    ),
    "skills.on": ("on {posts} posts", "en {posts} publicaciones"),
    "skills.none": ("No measurable skill", "Sin acierto medible"),
    "skills.unmeasured": ("Not measured", "Sin medir"),
    "skills.unmeasured_text": ("too few past clips with it", "muy pocos vídeos pasados la tienen"),
    "skills.learnt": ("learnt from {posts} posts", "aprendido de {posts} publicaciones"),
    "skills.not_learnt": ("cannot predict yet", "aún no puede predecir"),
    "skills.absent": ("nothing to measure in this clip", "nada que medir en este vídeo"),
    "skills.all": ("all", "todo"),
    "skills.share": ("{percent} %", "{percent} %"),
    "skills.nothing": ("nothing", "nada"),
    "facts.own": (
        "with what was learnt of this account",
        "con lo aprendido de esta cuenta",
    ),
    "skills.note": (
        "Account and timing, and all together, were measured on posts of creators the model had "
        "not seen; the other parts on posts where the account was unknown, or on one creator's "
        "later clips. A part without measurable skill is shown for completeness; do not go by it.",
        "La cuenta y el momento, y todo junto, se midieron en publicaciones de creadores que el "
        "modelo no había visto; las demás partes, donde la cuenta era desconocida o en vídeos "
        "posteriores de un solo creador. Una parte sin acierto medible se muestra por completar; "
        "no te guíes por ella.",
    ),
}
