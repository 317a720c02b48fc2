"""Pictures with known light, colour, movement, cuts, faces and bars measure as drawn."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
import torch
from built_clips import built_clip, drawn_face, plain
from efficientnet_lite_pytorch import EfficientNet
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from synthesis import BLUE, RED, moving_square_frames, noise_frames, solid_frames, write_clip

from viral.media.reader import read_clip
from viral.modalities import pictures, visual
from viral.modalities.networks import imagenet, pretrained
from viral.modalities.networks.faces import faces_in
from viral.modalities.visual import FEATURES, extract, measure, pool

NAMES = [feature.name for feature in FEATURES]
SAMPLED_S = np.concatenate([np.arange(15) / 5, np.arange(3, 10)])
"""Where the reader takes pictures in a clip of 10 s."""


def textured(seed: int = 0, *, height: int = 64, width: int = 36) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), np.uint8)


def test_the_features_are_named_once_and_explained():
    assert len(set(NAMES)) == len(NAMES)
    assert all(f.label and f.group and f.description for f in FEATURES)
    for name in ("motion", "cut_count", "brightness", "face_share", "colourfulness", "sharpness"):
        assert name in NAMES
        assert f"{name}_hook" in NAMES


def test_a_plain_colour_has_the_light_and_colour_of_the_formulas():
    red, green, blue = 200, 100, 50
    values = extract(built_clip(pictures=[plain((red, green, blue))] * 2, times_s=[0, 1])).values
    luma = 0.299 * red + 0.587 * green + 0.114 * blue
    assert values["brightness"] == pytest.approx(100 * luma / 255, abs=0.3)
    assert values["contrast"] == 0
    assert values["saturation"] == pytest.approx(100 * (red - blue) / red, abs=0.3)
    rg, yb = red - green, (red + green) / 2 - blue
    assert values["colourfulness"] == pytest.approx(0.3 * math.hypot(rg, yb), abs=0.01)
    assert values["sharpness"] == 0
    assert math.isnan(values["centre_detail_share"])


def test_two_halves_have_the_contrast_and_colourfulness_of_the_formulas():
    half = plain((0, 0, 0))
    half[32:] = 255
    assert pictures.look_at(half).statistics[1] == pytest.approx(50, abs=0.1)
    half[:32], half[32:] = (255, 0, 0), (0, 0, 255)
    # rg is 255 and 0, yb is 127.5 and -255.
    spread = math.hypot(255 / 2, 382.5 / 2)
    middle = math.hypot(127.5, -63.75)
    assert pictures.colourfulness(half) == pytest.approx(spread + 0.3 * middle, rel=1e-6)


def test_grey_is_not_colourful_and_noise_is_sharper_than_its_blur():
    import cv2

    grey = np.repeat(textured()[..., :1], 3, axis=2)
    assert pictures.colourfulness(grey) == 0
    sharp = pictures.look_at(textured()).statistics[4]
    soft = pictures.look_at(cv2.GaussianBlur(textured(), (0, 0), 2)).statistics[4]
    assert sharp > soft + 1


def test_the_working_size_makes_one_scene_measure_alike_at_any_resolution():
    import cv2

    scene = next(iter(noise_frames(duration_s=0.1, width=288, height=512)))
    larger = cv2.resize(scene, (576, 1024), interpolation=cv2.INTER_CUBIC)
    one, other = pictures.look_at(scene).statistics, pictures.look_at(larger).statistics
    np.testing.assert_allclose(one, other, rtol=0.05, atol=0.02)


def test_a_cut_in_a_file_is_found_where_it_is(tmp_path):
    path = write_clip(
        tmp_path / "cut.mp4", frames=solid_frames([RED, BLUE], cuts_s=[1.0], duration_s=2.0)
    )
    seen = measure(read_clip(path))
    assert seen.cut_times_s == pytest.approx([1.0], abs=0.05)
    values = pool(seen).values
    assert values["cut_count"] == values["cut_count_hook"] == 1
    assert values["cuts_per_minute"] == pytest.approx(30, rel=0.05)


def test_a_small_step_of_light_that_changes_a_histogram_bin_is_no_cut():
    # 63 and 65 lie in neighbouring bins of the value axis.
    seen = measure(built_clip(pictures=[plain((63, 0, 0)), plain((65, 0, 0))], times_s=[0, 1]))
    assert pool(seen).values["cut_count"] == 0


def test_a_moving_square_moves_and_a_still_one_does_not(tmp_path):
    motion = []
    for speed in (0.0, 20.0, 60.0):
        path = write_clip(
            tmp_path / f"{speed}.mp4",
            frames=moving_square_frames(speed_px_s=speed, duration_s=4.0, side_px=60),
        )
        values = extract(read_clip(path)).values
        assert values["cut_count"] == 0
        motion.append((values["motion"], values["motion_hook"]))
    (still, still_hook), (slow, slow_hook), (fast, fast_hook) = motion
    assert still < 0.2
    assert still_hook < 0.2
    assert still + 1 < slow < fast
    assert still_hook + 1 < slow_hook < fast_hook


def test_movement_in_the_opening_and_later_is_measured_with_one_ruler():
    # A square that goes on at one speed, sampled five times a second and then once.
    shots = []
    for time_s in SAMPLED_S:
        picture = plain((0, 0, 0), height=64, width=128)
        left = round(8 * time_s)
        picture[20:40, left : left + 20] = 255
        shots.append(picture)
    seen = measure(built_clip(pictures=shots, times_s=SAMPLED_S, duration_s=10))
    opening = pool(seen, [(0, 3)]).values["motion"]
    later = pool(seen, [(3, 9)]).values["motion"]
    assert opening == pytest.approx(later, rel=0.05)


def test_means_are_over_time_and_the_hook_is_the_opening():
    shots = [plain((0, 0, 0)) if t < 3 else plain((255, 255, 255)) for t in SAMPLED_S]
    seen = measure(built_clip(pictures=shots, times_s=SAMPLED_S, duration_s=10))
    values = pool(seen).values
    # The last dark picture is at 2.8 s, the first bright one at 3.0 s.
    assert values["brightness"] == pytest.approx(100 * (10 - 2.9) / 10, abs=0.01)
    assert values["brightness_hook"] == pytest.approx(100 * 0.1 / 3, abs=0.01)
    trimmed = pool(seen, [(4, 10)]).values
    assert trimmed["brightness_hook"] == pytest.approx(100)
    assert trimmed["cut_count"] == 0
    assert trimmed["cut_count_hook"] == 0


def a_busy_clip() -> visual.Measurements:
    shots = [textured(round(t) // 2, height=96, width=54) for t in SAMPLED_S]
    shots[3] = drawn_face()[:96, :54]
    return measure(built_clip(pictures=shots, times_s=SAMPLED_S, duration_s=10))


@pytest.fixture(scope="module")
def busy() -> visual.Measurements:
    return a_busy_clip()


def same(one, other) -> None:
    np.testing.assert_allclose(
        list(one.values.values()), list(other.values.values()), rtol=1e-9, atol=1e-9
    )
    np.testing.assert_allclose(one.embedding, other.embedding, rtol=1e-5, atol=1e-6)


def test_keeping_everything_is_the_whole_however_it_is_said(busy):
    whole = pool(busy)
    assert list(whole.values) == NAMES
    for keep in ([(0, 10)], [(0, 4), (4, 10)], [(4, 10), (0, 4)], [(-5, 30)], [(0, 6), (3, 10)]):
        same(whole, pool(busy, keep))


@settings(max_examples=60, deadline=None)
@given(middle=st.floats(0.3, 9.7))
def test_two_parts_add_up_to_the_whole(busy, middle):
    whole = pool(busy).values
    one, other = pool(busy, [(0, middle)]).values, pool(busy, [(middle, 10)]).values
    assert one["cut_count"] + other["cut_count"] == whole["cut_count"]
    for name in ("brightness", "contrast", "saturation", "sharpness", "face_count"):
        mixed = (one[name] * middle + other[name] * (10 - middle)) / 10
        assert mixed == pytest.approx(whole[name], rel=1e-9)


def test_leaving_out_a_second_like_the_others_changes_nothing():
    shots = [textured(height=96, width=54)] * len(SAMPLED_S)
    seen = measure(built_clip(pictures=shots, times_s=SAMPLED_S, duration_s=10))
    for second in range(10):
        same(pool(seen), pool(seen, [(0, second), (second + 1, 10)]))


def test_the_embedding_is_the_mean_over_the_time_that_is_kept(busy):
    only = pool(busy, [(5.6, 6.4)])
    place = list(busy.recognised_times_s).index(6.0)
    np.testing.assert_allclose(only.embedding, busy.embeddings[place], rtol=1e-5)
    two = pool(busy, [(5.0, 6.0)])
    expected = (busy.embeddings[place - 1] + busy.embeddings[place]) / 2
    np.testing.assert_allclose(two.embedding, expected, rtol=1e-4, atol=1e-6)
    assert only.embedding.dtype == np.float32
    assert only.embedding.shape == (1280,)
    assert only.embedding_name == "efficientnet-lite0/imagenet"


def test_the_network_gives_what_its_package_gives():
    model = EfficientNet.from_name("efficientnet-lite0")
    stored = torch.load(pretrained.find("efficientnet_lite0"), weights_only=True)
    model.load_state_dict(stored)
    shown = [drawn_face(), textured(height=512, width=288), plain(RED, height=100, width=300)]
    batch = np.stack([imagenet.prepared(picture) for picture in shown]).transpose(0, 3, 1, 2)
    with torch.inference_mode():
        expected = torch.softmax(model.eval()(torch.from_numpy(batch)), dim=1).numpy()
    embeddings, probabilities = imagenet.recognised(shown)
    np.testing.assert_allclose(probabilities, expected, atol=1e-4)
    assert np.isfinite(embeddings).all()
    assert -1 <= batch.min() < batch.max() <= 1


def test_a_picture_of_stripes_on_an_animal_is_named():
    # Black and white wavy stripes are a zebra to any network trained on ImageNet.
    rows, columns = np.mgrid[0:384, 0:288]
    wave = np.sin((columns + 18 * np.sin(rows / 40)) / 6.5)
    stripes = np.repeat((np.where(wave > 0, 235, 20)).astype(np.uint8)[..., np.newaxis], 3, axis=2)
    classes = extract(built_clip(pictures=[stripes] * 2, times_s=[0, 1])).details["classes"]
    assert classes
    assert classes[0]["name"] == "zebra"
    assert 0.05 <= classes[0]["probability"] <= 1
    assert len(imagenet.class_names()) == len(set(imagenet.class_names())) == 1000


def test_a_face_is_counted_sized_and_placed():
    left = drawn_face(centre=(100, 256), size=45)
    faces = faces_in(left)
    assert len(faces) == 1
    assert faces[0].centre_x == pytest.approx(100 / 288, abs=0.03)
    assert faces[0].centre_y == pytest.approx(0.5, abs=0.03)
    # From brow to chin a face of size 45 is about twice as wide as that.
    assert faces[0].area_share == pytest.approx((2.3 * 45) ** 2 / (288 * 512), rel=0.3)
    bare = plain((120, 140, 160), height=512, width=288)
    seen = measure(built_clip(pictures=[left, bare, bare, left], times_s=[0, 1, 2, 3]))
    values = pool(seen).values
    # The first picture stands for half a second, the last for one and a half.
    assert values["face_share"] == values["face_count"] == pytest.approx(2.0 / 4)
    expected = abs(100 / 288 - 0.5) / math.hypot(0.5, 0.5)
    assert values["face_offset"] == pytest.approx(expected, abs=0.04)
    without = pool(seen, [(1, 2)]).values
    assert without["face_share"] == 0
    assert math.isnan(without["face_area_share"])


def test_texture_and_plain_ground_have_no_faces():
    for seed in range(8):
        assert faces_in(textured(seed, height=512, width=288)) == ()
    assert faces_in(plain(RED, height=512, width=288)) == ()


def test_bars_are_told_from_a_dark_floor_and_a_dark_picture():
    scene = np.maximum(textured(height=100, width=60), 60)
    boxed = scene.copy()
    boxed[:20], boxed[-20:] = 0, 0
    floored = scene.copy()
    floored[-20:] = 0
    measured = {
        name: pictures.look_at(picture).statistics[pictures.STATISTICS.index("bars_share")]
        for name, picture in (("boxed", boxed), ("floored", floored), ("scene", scene))
    }
    assert measured["boxed"] == pytest.approx(0.4, abs=0.01)
    assert measured["floored"] == measured["scene"] == 0
    dark = extract(built_clip(pictures=[plain((3, 3, 3))] * 2, times_s=[0, 1])).values
    assert math.isnan(dark["bars_share"])


def test_detail_in_the_centre_is_told_from_detail_everywhere():
    everywhere = textured(height=128, width=128)
    central = plain((128, 128, 128), height=128, width=128)
    central[40:88, 40:88] = everywhere[40:88, 40:88]
    place = pictures.STATISTICS.index("centre_detail_share")
    assert pictures.look_at(everywhere).statistics[place] == pytest.approx(0.25, abs=0.01)
    assert pictures.look_at(central).statistics[place] == pytest.approx(1)


def test_the_shape_of_the_picture():
    upright = extract(built_clip(pictures=[plain(RED)], times_s=[0])).values
    assert upright["aspect_ratio"] == pytest.approx(9 / 16)
    assert upright["portrait"] == 1
    wide = extract(built_clip(pictures=[plain(RED, height=36, width=64)], times_s=[0])).values
    assert wide["portrait"] == 0


def test_without_pictures_nothing_is_measured_and_the_reason_is_given():
    features = extract(built_clip(waveform=np.zeros(44_100, np.float32)))
    assert features.missing
    assert "no pictures" in features.reason
    assert list(features.values) == NAMES
    assert all(math.isnan(value) for value in features.values.values())
    seen = measure(built_clip(pictures=[plain(RED)] * 2, times_s=[0, 1]))
    assert pool(seen, []).missing
    assert pool(seen, [(5, 6)]).missing


def test_one_picture_has_light_but_no_movement():
    values = extract(built_clip(pictures=[plain(RED)], times_s=[0], duration_s=0.0)).values
    assert values["brightness"] > 0
    for name in ("motion", "cut_count", "cuts_per_minute"):
        assert math.isnan(values[name])


def test_without_the_network_the_rest_is_measured(monkeypatch):
    gone = dataclasses.replace(
        pretrained.WEIGHTS["efficientnet_lite0"], package="not-installed-here"
    )
    monkeypatch.setitem(pretrained.WEIGHTS, "efficientnet_lite0", gone)
    imagenet._loaded.cache_clear()
    try:
        features = extract(built_clip(pictures=[plain(RED)] * 2, times_s=[0, 1]))
    finally:
        imagenet._loaded.cache_clear()
    assert features.embedding is None
    assert features.embedding_name is None
    assert "pip install not-installed-here" in features.details["embedding_reason"]
    assert not features.missing
    assert features.values["saturation"] > 50


def test_long_clips_are_looked_at_a_bounded_number_of_times():
    times_s = np.concatenate([np.arange(15) / 5, np.linspace(3, 599, 75)])
    assert len(visual.chosen(times_s, 0.9, 20)) == 20
    assert list(times_s[visual.chosen(times_s, 0.9, 999)][:4]) == [0, 1, 2, 3]
    assert len(visual.chosen(np.empty(0), 0.9, 20)) == 0


@settings(max_examples=80, deadline=None)
@given(
    hnp.arrays(
        np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40), st.just(3)), fill=st.just(0)
    )
)
def test_any_picture_gives_numbers_in_range_or_none(picture):
    values = dict(zip(pictures.STATISTICS, pictures.look_at(picture).statistics, strict=True))
    highest = {"contrast": 50.2, "colourfulness": 400, "sharpness": 7}
    for name, value in values.items():
        top = highest.get(name, 1.001 if name.endswith("_share") else 100.001)
        assert math.isnan(value) or 0 <= value <= top, (name, value)
    assert faces_in(picture) is not None


@settings(max_examples=60, deadline=None)
@given(
    keep=st.lists(st.tuples(st.floats(-1, 11), st.floats(-1, 11)), max_size=5),
)
def test_any_spans_give_numbers_in_range_or_none(busy, keep):
    features = pool(busy, keep)
    for feature in FEATURES:
        value = features.values[feature.name]
        assert math.isnan(value) or value >= 0
        assert not math.isinf(value)
        if feature.unit == "%":
            assert math.isnan(value) or value <= 100
        if "_share" in feature.name:
            assert math.isnan(value) or value <= 1 + 1e-9
    assert features.missing == (features.reason is not None)
