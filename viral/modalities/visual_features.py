"""What `viral.modalities.visual` measures: labels, units, and how each is computed."""

from __future__ import annotations

from viral.modalities.features import Feature, ShownAs

_MOVEMENT = "Movement"
_FACES = "Faces"
_FRAMING = "Framing"
_LIGHT = "Light and colour"
_SEEN = (
    " Faces are found by OpenCV's frontal cascade in one picture a second: what it finds is a "
    "face, but it misses more than half of them."
)

_MEASURED: tuple[Feature, ...] = (
    Feature(
        "brightness",
        "Brightness",
        "%",
        _LIGHT,
        "Mean Rec. 601 luma: 0 is black, 100 is white.",
    ),
    Feature(
        "contrast",
        "Contrast",
        "%",
        _LIGHT,
        "Standard deviation of the luma in each picture, 0 (flat) to 50 (half black, half white).",
    ),
    Feature(
        "saturation",
        "Saturation",
        "%",
        _LIGHT,
        "Mean saturation of HSV, (max - min) / max of red, green and blue: 0 is grey, 100 is pure.",
    ),
    Feature(
        "colourfulness",
        "Colourfulness",
        "",
        _LIGHT,
        "The measure M of Hasler and Süsstrunk (2003): 0 is grey, 33 moderately, 59 quite, 82 "
        "highly and 109 extremely colourful.",
    ),
    Feature(
        "sharpness",
        "Sharpness",
        "",
        _LIGHT,
        "log10 of 1 + the variance of the Laplacian of the luma, in a picture of the area of "
        "240x240 pixels: below 2 is soft, above 3 is crisp or full of detail.",
    ),
    Feature(
        "motion",
        "Movement and change",
        "%",
        _MOVEMENT,
        "Mean absolute difference of luma between pictures about a second apart, 0..100; further "
        "apart in clips longer than about a minute and a half. Cuts count as change.",
    ),
    Feature(
        "cut_count",
        "Cuts",
        "",
        _MOVEMENT,
        "Pairs of pictures in succession whose colours differ like two shots. One cut at most is "
        "seen a second after the opening, and cuts between shots of like colours are missed; a "
        "fast pan or flash may count as one.",
    ),
    Feature("cuts_per_minute", "Cuts a minute", "/min", _MOVEMENT, "cut_count over the length."),
    Feature(
        "face_share",
        "Time with a face",
        "",
        _FACES,
        "Share of the time with a face in the picture, 0..1." + _SEEN,
        shown_as=ShownAs.SHARE,
    ),
    Feature("face_count", "Faces at a time", "", _FACES, "Mean number of faces." + _SEEN),
    Feature(
        "face_area_share",
        "Size of the largest face",
        "",
        _FACES,
        "Its share of the picture, 0..1, while there is one; not measured without a face." + _SEEN,
        shown_as=ShownAs.SHARE,
    ),
    Feature(
        "face_offset",
        "Face away from the centre",
        "",
        _FACES,
        "Distance of the largest face from the centre of the picture: 0 in the middle, 1 in a "
        "corner; not measured without a face." + _SEEN,
    ),
    Feature(
        "centre_detail_share",
        "Detail in the centre",
        "",
        _FRAMING,
        "Share of the detail (absolute Laplacian) in the middle quarter of the picture's area, "
        "0..1: .25 is spread evenly, more is a subject in the middle; not measured in a flat "
        "picture.",
        shown_as=ShownAs.SHARE,
    ),
    Feature(
        "bars_share",
        "Black bars",
        "",
        _FRAMING,
        "Share of the picture under black bars above and below or left and right, 0..1; not "
        "measured in pictures that are dark all over.",
        shown_as=ShownAs.SHARE,
    ),
)

FEATURES: tuple[Feature, ...] = (
    *_MEASURED,
    *(
        Feature(
            f"{feature.name}_hook",
            f"{feature.label} in the first 3 s",
            feature.unit,
            feature.group,
            f"The same in the first 3 seconds. {feature.description}",
            feature.shown_as,
        )
        for feature in _MEASURED
    ),
    Feature(
        "aspect_ratio",
        "Width to height",
        "",
        _FRAMING,
        "Width over height as displayed: .5625 is 9:16, 1.778 is 16:9.",
    ),
    Feature(
        "portrait",
        "Upright",
        "",
        _FRAMING,
        "1 where the picture is taller than wide, else 0.",
        shown_as=ShownAs.YES_OR_NO,
    ),
)
"""What is measured, in order."""
