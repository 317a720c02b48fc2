"""Sentences of the Explore page, a part of the table in `viral.ui.text.strings`: key -> (English,
Spanish)."""

EXPLORE: dict[str, tuple[str, str]] = {
    "tab.explore": ("Explore", "Explorar"),
    "explore.heading": ("Explore past posts", "Explora publicaciones pasadas"),
    "explore.lead": (
        "The posts that the model learnt from, summed up: which lengths, hours, hashtags and themes "
        "went with more views. What goes with views need not be what brings them.",
        "Las publicaciones de las que aprendió el modelo, resumidas: qué duraciones, horas, "
        "hashtags y temas acompañaron a más visualizaciones. Lo que las acompaña no tiene por qué "
        "ser lo que las trae.",
    ),
    "explore.lead_own": (
        "Your table of posts, summed up: which lengths, hours, hashtags and themes went with more "
        "views. What goes with views need not be what brings them. It stays on this machine.",
        "Tu tabla de publicaciones, resumida: qué duraciones, horas, hashtags y temas acompañaron a "
        "más visualizaciones. Lo que las acompaña no tiene por qué ser lo que las trae. No sale de "
        "este equipo.",
    ),
    "explore.source": ("Source", "Origen"),
    "explore.period": ("Posted", "Publicado"),
    "explore.size": ("Followers", "Seguidores"),
    "explore.language": ("Caption in", "Texto en"),
    "explore.all_source": ("All sources", "Todos los orígenes"),
    "explore.all_period": ("Any time", "Cualquier fecha"),
    "explore.all_size": ("Any number", "Cualquier número"),
    "explore.all_language": ("Any language", "Cualquier idioma"),
    "explore.measure": ("Show", "Mostrar"),
    "explore.measure_info": (
        "For account size, length and hours.",
        "Para tamaño de cuenta, duración y horas.",
    ),
    "explore.views": ("Views", "Visualizaciones"),
    "explore.lift": ("Views against the creator's usual", "Visualizaciones frente a lo habitual"),
    "explore.likes": ("Likes per view", "Me gusta por visualización"),
    "explore.comments": ("Comments per view", "Comentarios por visualización"),
    "explore.shares": ("Shares per view", "Compartidos por visualización"),
    "explore.counted": (
        "{posts} posts by {creators} creators",
        "{posts} publicaciones de {creators} cuentas",
    ),
    "explore.one": ("{posts} posts by one creator", "{posts} publicaciones de una cuenta"),
    "explore.dates": ("{first} to {last}", "del {first} al {last}"),
    "explore.usual": (
        "{posts} of them have enough others by the same creator around them to be set against that "
        "creator's usual: the median of up to ten posts before and ten after.",
        "{posts} de ellas tienen alrededor bastantes otras de la misma cuenta para compararlas con "
        "lo habitual en ella: la mediana de hasta diez publicaciones anteriores y diez posteriores.",
    ),
    "explore.no_usual": (
        "No post has enough others by the same creator around it to say what is usual there.",
        "Ninguna publicación tiene alrededor bastantes otras de la misma cuenta para saber qué es "
        "lo habitual.",
    ),
    "explore.mixed": (
        "The sources were collected in different ways. Their levels cannot be compared; the "
        "figures against the creator's usual can.",
        "Los orígenes se recogieron de distintas maneras. Sus niveles no se pueden comparar; las "
        "cifras frente a lo habitual, sí.",
    ),
    "explore.young": (
        "{posts} posts that were counted within a week of posting are left out: they had not "
        "finished growing.",
        "Se dejan fuera {posts} publicaciones contadas en su primera semana: aún no habían dejado "
        "de crecer.",
    ),
    "explore.floor": (
        "Nothing about a person is kept: no figure rests on fewer than {posts} posts or fewer than "
        "{creators} creators.",
        "No se guarda nada sobre ninguna persona: ninguna cifra se apoya en menos de {posts} "
        "publicaciones ni en menos de {creators} cuentas.",
    ),
    "explore.floor_own": (
        "What fewer than {posts} posts stand behind is left out.",
        "Se omite lo que se apoya en menos de {posts} publicaciones.",
    ),
    # The figures.
    "explore.sizes": ("By account size", "Por tamaño de cuenta"),
    "explore.durations": ("By length", "Por duración"),
    "explore.hours": ("By weekday and hour", "Por día y hora"),
    "explore.hashtags": ("Hashtags", "Etiquetas (hashtags)"),
    "explore.sounds": ("Sounds", "Sonidos"),
    "explore.themes": ("Captions by theme", "Textos por tema"),
    "explore.contrasts": ("What sets the top tenth apart", "Qué distingue a la mejor décima parte"),
    "explore.spread_lead": (
        "The bar holds the middle half of the posts, the line is the median.",
        "La barra abarca la mitad central de las publicaciones; la línea es la mediana.",
    ),
    "explore.hours_lead": (
        "The median; a stronger colour is more. Hours in UTC.",
        "La mediana; un color más intenso es más. Horas en UTC.",
    ),
    "explore.hashtags_lead": (
        "Views of posts with the hashtag against posts by the same creators without it, shrunk "
        "towards ×1 where little stands behind it, with the 95 % interval.",
        "Visualizaciones de las publicaciones con el hashtag frente a las de las mismas cuentas sin "
        "él, acercadas a ×1 cuando hay pocos datos, con su intervalo del 95 %.",
    ),
    "explore.sounds_lead": (
        "The same for sounds. Original sounds are called after their makers and are not shown.",
        "Lo mismo para los sonidos. Los sonidos originales llevan el nombre de su autor y no se "
        "muestran.",
    ),
    "explore.themes_lead": (
        "Captions whose words go together, named by the heaviest of them. Their views, set against "
        "posts of the same source and account size, beside those of the other themes; shrunk, with "
        "the 95 % interval.",
        "Textos cuyas palabras van juntas, con las de más peso por nombre. Sus visualizaciones, "
        "frente a publicaciones del mismo origen y tamaño de cuenta, junto a las de los demás temas; "
        "acercadas a ×1, con su intervalo del 95 %.",
    ),
    "explore.contrasts_lead": (
        "The tenth of the posts that went furthest beyond the usual, or beyond their peers, against "
        "the rest: the difference of the means in standard deviations, with the 95 % interval. 0.2 "
        "is small, 0.8 is large.",
        "La décima parte de las publicaciones que más superó lo habitual, o a sus semejantes, frente "
        "al resto: la diferencia de medias en desviaciones típicas, con su intervalo del 95 %. 0,2 "
        "es poco, 0,8 es mucho.",
    ),
    "explore.axis_hours": ("Hour of the day (UTC)", "Hora del día (UTC)"),
    "explore.axis_factor": ("Factor on views", "Factor"),
    "explore.axis_deviations": ("Standard deviations", "Desviaciones típicas"),
    "explore.below": ("under {high}", "menos de {high}"),
    "explore.above": ("over {low}", "más de {low}"),
    "explore.q1": ("January to March", "enero a marzo"),
    "explore.q2": ("April to June", "abril a junio"),
    "explore.q3": ("July to September", "julio a septiembre"),
    "explore.q4": ("October to December", "octubre a diciembre"),
    # What the pointer tells.
    "explore.hover_spread": (
        "{label}: {median}, half of {posts} posts between {low} and {high}",
        "{label}: {median}, la mitad de {posts} publicaciones entre {low} y {high}",
    ),
    "explore.hover_missing": ("{label}: too few posts to show", "{label}: muy pocos datos"),
    "explore.hover_hour": (
        "{weekday}, {hour}:00: {median}, {posts} posts",
        "{weekday}, {hour}:00: {median}, {posts} publicaciones",
    ),
    "explore.hover_effect": (
        "{name}: {factor} ({low} to {high}), {posts} posts by {creators} creators",
        "{name}: {factor} ({low} a {high}), {posts} publicaciones de {creators} cuentas",
    ),
    "explore.hover_contrast": (
        "{name}: {value} ({low} to {high}); median {top} against {rest}",
        "{name}: {value} ({low} a {high}); mediana {top} frente a {rest}",
    ),
    # Under a figure.
    "explore.left_cells": (
        "Cells left out for too few posts or creators: {count}.",
        "Casillas omitidas por tener pocas publicaciones o cuentas: {count}.",
    ),
    "explore.left_names": (
        "Left out, for too few posts or creators to compare: {count}.",
        "Omitidos, por tener pocas publicaciones o cuentas que comparar: {count}.",
    ),
    "explore.more": (
        "{count} more lie nearer to ×1.",
        "Otros {count} quedan más cerca de ×1.",
    ),
    "explore.more_rows": (
        "The table holds {count} in all.",
        "La tabla recoge {count} en total.",
    ),
    "explore.absent": (
        "Nothing measured in enough clips: {parts}.",
        "Sin medir en suficientes vídeos: {parts}.",
    ),
    "explore.nothing_sizes": (
        "These posts do not say how many followers there were, or too few do.",
        "Estas publicaciones no dicen cuántos seguidores había, o lo dicen muy pocas.",
    ),
    "explore.nothing_durations": (
        "These posts do not say how long they are, or too few do.",
        "Estas publicaciones no dicen cuánto duran, o lo dicen muy pocas.",
    ),
    "explore.nothing_hours": (
        "No hour of a weekday has enough posts.",
        "Ninguna hora de ningún día tiene bastantes publicaciones.",
    ),
    "explore.nothing_hashtags": (
        "No hashtag has enough posts that can be set against others by the same creators.",
        "Ningún hashtag tiene bastantes publicaciones que comparar con otras de las mismas cuentas.",
    ),
    "explore.nothing_sounds": (
        "No sound has enough posts that can be set against others by the same creators.",
        "Ningún sonido tiene bastantes publicaciones que comparar con otras de las mismas cuentas.",
    ),
    "explore.nothing_themes": (
        "Too few of these posts have a caption to tell themes apart.",
        "Muy pocas de estas publicaciones tienen texto con el que distinguir temas.",
    ),
    "explore.nothing_contrasts": (
        "A tenth of these posts is too few to set against the rest.",
        "Una décima parte de estas publicaciones es muy poco para compararla con el resto.",
    ),
    "explore.nothing_measure": (
        "Not known for these posts: {measure}. Show something else.",
        "No se conoce en estas publicaciones: {measure}. Muestra otra cosa.",
    ),
    "explore.picture": ("Picture (PNG)", "Imagen (PNG)"),
    "explore.picture_of": ("Picture (PNG): {name}", "Imagen (PNG): {name}"),
    "explore.data": ("Data (CSV)", "Datos (CSV)"),
    "explore.data_of": ("Data (CSV): {name}", "Datos (CSV): {name}"),
    "explore.table": ("As a table", "Como tabla"),
    "explore.table_of": ("As a table: {name}", "Como tabla: {name}"),
    "explore.no_picture": (
        "Your browser could not make the picture; take the data instead.",
        "Tu navegador no pudo crear la imagen; descarga los datos.",
    ),
    # Columns of the tables.
    "explore.column_posts": ("Posts", "Publicaciones"),
    "explore.column_creators": ("Creators", "Cuentas"),
    "explore.column_low": ("Lower quartile", "Primer cuartil"),
    "explore.column_median": ("Median", "Mediana"),
    "explore.column_high": ("Upper quartile", "Tercer cuartil"),
    "explore.column_factor": ("Factor on views", "Factor"),
    "explore.column_from": ("From", "Desde"),
    "explore.column_to": ("To", "Hasta"),
    "explore.column_size": ("Followers", "Seguidores"),
    "explore.column_duration": ("Length", "Duración"),
    "explore.column_hour": ("Hour", "Hora"),
    "explore.column_name": ("Name", "Nombre"),
    "explore.column_feature": ("Feature", "Medida"),
    "explore.column_difference": ("Difference", "Diferencia"),
    "explore.column_top": ("Top tenth", "Mejor décima parte"),
    "explore.column_rest": ("The rest", "El resto"),
    # What goes wrong.
    "error.explore_few": (
        "Too few posts fall under these filters to be shown; set one of them back to all.",
        "Muy pocas publicaciones pasan estos filtros para mostrarlas; vuelve a abrir alguno.",
    ),
    "error.explore_damaged": (
        "The figures of past posts are missing or damaged; run `make explore` or install again.",
        "Las cifras de publicaciones pasadas faltan o están dañadas; ejecuta `make explore` o "
        "instala de nuevo.",
    ),
}
