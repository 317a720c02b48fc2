from __future__ import annotations

from dataclasses import replace

import pytest
from fabricated import analysis, contribution, explanation, prediction
from parsed_page import parsed

from viral.messages import has
from viral.modalities.features import Features
from viral.model.attribution import named_features
from viral.model.explanation import Explanation, ModalityContribution
from viral.ui.predict.waterfall_steps import group_label, levels, steps_of


def made() -> Explanation:
    parts = (
        contribution("visual.motion", "Movement", 0.05, 12.0, group="Movement"),
        contribution("visual.face_share", "Face", -0.02, 0.4, group="Faces"),
        contribution("visual.face_count", "Faces", -0.06, 2.0, group="Faces"),
        contribution("context.followers", "Followers", 0.3, 4.0, group="Account", unit="log10"),
    )
    sums = (ModalityContribution("visual", -0.03), ModalityContribution("context", 0.3))
    return Explanation(5.0, 5.27, sums, parts)


@pytest.mark.parametrize("lang", ["en", "es"])
def test_each_level_adds_up_to_the_one_above(lang: str) -> None:
    for shown in (made(), explanation()):
        steps = steps_of(replace(prediction(), explanation=shown), lang)
        whole = {part.name: part.value for part in shown.modalities}
        features = {
            name: sum(part.value for part in shown.features if part.modality == name)
            for name in whole
        }
        assert steps[0].modality == "context"
        for step in steps:
            assert step.value == pytest.approx(features[step.modality], abs=1e-6)
    steps = steps_of(replace(prediction(), explanation=made()), lang)
    assert {step.modality: round(step.value, 9) for step in steps} == {
        "context": 0.3,
        "visual": -0.03,
    }


def test_the_order_is_stable_with_the_largest_first() -> None:
    shown = made()
    turned = replace(shown, features=shown.features[::-1], modalities=shown.modalities[::-1])
    one, other = (
        steps_of(replace(prediction(), explanation=each), "en") for each in (shown, turned)
    )
    assert one == other
    assert [group.name for group in one[1].groups] == ["Faces", "Movement"]
    assert [row.name for row in one[1].groups[0].rows] == ["visual.face_count", "visual.face_share"]


def test_a_feature_has_its_value_the_typical_one_and_its_factor() -> None:
    parts = (
        contribution("speech.first_word_s", "First word", -0.0605, 2.4, typical=0.6, unit="s"),
    )
    shown = Explanation(5.0, 4.9395, (ModalityContribution("speech", -0.0605),), parts)
    html = levels(replace(prediction(), explanation=shown, missing=()), {}, "en")
    words = parsed(html).words
    assert "here 2.4 s · typical 0.6 s" in words
    assert "×0.87 ▼" in words


def test_what_was_not_measured_does_not_unfold() -> None:
    shown = analysis(made=prediction(missing=("speech",)))
    html = levels(shown.prediction, shown.features, "en")
    assert '<details class="v-level" data-level="modality" data-name="speech"' not in html
    assert "Speech not measured" in parsed(html).words


def test_an_unsure_class_of_the_picture_is_not_named() -> None:
    parts = (
        contribution("visual.embedding", "What the picture shows", 0.1, None, group="Content"),
    )
    shown = Explanation(5.0, 5.1, (ModalityContribution("visual", 0.1),), parts)
    told = replace(prediction(), explanation=shown, missing=())

    def words(probability: float) -> str:
        classes = ({"name": "seashore", "probability": probability},)
        features = {"visual": Features("visual", details={"classes": classes})}
        return parsed(levels(told, features, "en")).words

    assert "looks most like seashore 31 %" in words(0.31)
    assert "seashore" not in words(0.12)
    assert "no kind of picture is recognised with 20 % or more" in words(0.12)


def test_every_group_has_a_name_in_both_languages() -> None:
    for feature in named_features().values():
        assert has(f"group.{feature.group.lower().replace(' ', '_')}")
    assert group_label("Faces", "es") == "Caras"
    assert group_label("", "en") == "Other features combined"
