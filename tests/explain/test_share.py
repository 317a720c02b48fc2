"""Links: the numbers come back, nothing else goes along, and what was edited is refused."""

from __future__ import annotations

import base64
import json
import math
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.errors import ViralError
from viral.explain import share
from viral.explain.share import MOST_FEATURES, REFUSED, REST, LinkError, decode, encode
from viral.modalities import context, text
from viral.model import explained
from viral.model.prediction import COUNTS, Prediction
from viral.model.store import shipped_model
from viral.posts.details import post_details
from viral.ui.widgets.contributors import headline_rows, rows_of

CAPTION = "My secret caption about Ana #privatetag"
SOUND = "A sound of my own making"


@pytest.fixture(scope="module")
def prediction() -> Prediction:
    details = post_details(
        caption=CAPTION,
        sound=SOUND,
        followers=12_000,
        recent_views=[900, 1500, 700],
        posted_at="2026-03-01T18:30",
        horizon_days=14,
    )
    features = {
        "text": text.extract(details),
        "context": context.extract(details, duration_s=14.0, width=576, height=1024),
    }
    return explained.predict(shipped_model(), features, details)


@pytest.fixture(scope="module")
def payload(prediction: Prediction) -> list[Any]:
    body = encode(prediction)[share.CHECK_CHARACTERS :]
    return json.loads(zlib.decompress(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))


def sealed(payload: Any) -> str:
    """Write a link as someone would who has read the code."""
    body = base64.urlsafe_b64encode(zlib.compress(json.dumps(payload).encode())).decode()
    return share._check(body.rstrip("=")) + body.rstrip("=")


def test_the_numbers_come_back(prediction: Prediction) -> None:
    back = decode(encode(prediction))
    assert back.model_version == prediction.model_version
    assert back.score == pytest.approx(prediction.score, abs=0.01)
    assert back.score_among == "accounts with 10,000 to 100,000 followers"
    assert back.breakout_probability == pytest.approx(prediction.breakout_probability, abs=1e-5)
    assert back.horizon_days == 14
    assert back.usual_views == pytest.approx(900)
    assert back.missing == prediction.missing
    for name in COUNTS:
        for end in ("low", "median", "high"):
            sent = getattr(getattr(prediction, name), end)
            assert getattr(getattr(back, name), end) == pytest.approx(sent, rel=1e-3)


def test_the_explanation_still_adds_up(prediction: Prediction) -> None:
    sent, back = prediction.explanation, decode(encode(prediction)).explanation
    assert back.prediction == pytest.approx(sent.prediction, abs=1e-5)
    for parts in (back.modalities, back.features):
        assert back.base + sum(p.value for p in parts) == pytest.approx(back.prediction, abs=1e-6)
    largest = sent.features[0]
    found = next(part for part in back.features if part.name == largest.name)
    assert found.label == largest.label
    assert found.unit == largest.unit
    assert found.value == pytest.approx(largest.value, abs=1e-6)
    assert found.input == pytest.approx(largest.input, rel=1e-3)
    if largest.typical is None:
        assert found.typical is None
    else:
        assert found.typical == pytest.approx(largest.typical, rel=1e-3)
    named = [part for part in back.features if not part.name.endswith(f".{REST}")]
    assert len(named) <= MOST_FEATURES


@pytest.mark.parametrize("recent", [[900, 1500, 700], [900, 1500, 700, 1200, 2100, 40, 9000]])
def test_the_page_of_a_link_lists_the_same_contributors(recent: list[int]) -> None:
    details = post_details(caption=CAPTION, followers=12_000, recent_views=recent)
    features = {"context": context.extract(details, duration_s=9.0, width=576, height=1024)}
    sent = explained.predict(shipped_model(), features, details)
    back = decode(encode(sent))
    lists = [headline_rows(rows_of(p.explanation, "en"), "en") for p in (sent, back)]
    first, second = ([(row.label, row.measured) for row in rows if row.matters] for rows in lists)
    assert first == second


def test_a_link_fits_into_a_message_and_a_url(prediction: Prediction) -> None:
    link = encode(prediction)
    assert len(link) < 1500
    assert set(link) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def test_nothing_that_was_typed_goes_along(payload: list[Any]) -> None:
    words = json.dumps(payload)
    assert not any(word in words for word in ("secret", "Ana", "privatetag", "making", "2026"))


def test_the_size_of_any_account_is_named_again() -> None:
    for followers in (None, 1, 9_999, 10_000, 99_999, 2_000_000, 3_000_000, 5e7):
        details = post_details(followers=followers)
        predicted = explained.predict(shipped_model(), {}, details)
        assert decode(encode(predicted)).score_among == predicted.score_among


@given(at=st.integers(0, 10_000), letter=st.sampled_from("AZaz09-_ é\x00"))
def test_an_edited_link_is_one_sentence(prediction: Prediction, at: int, letter: str) -> None:
    link = encode(prediction)
    at %= len(link)
    edited = f"{link[:at]}{letter}{link[at + 1 :]}"
    if edited == link:
        assert decode(edited).score == pytest.approx(prediction.score, abs=0.01)
        return
    with pytest.raises(LinkError) as caught:
        decode(edited)
    assert str(caught.value) == REFUSED
    assert isinstance(caught.value, ViralError)


@given(st.text(max_size=200))
def test_foreign_text_is_one_sentence(foreign: str) -> None:
    with pytest.raises(LinkError, match="damaged or was not made by this app"):
        decode(foreign)


def test_half_a_link_and_a_huge_one_are_refused(prediction: Prediction) -> None:
    link = encode(prediction)
    for text_ in ("", link[: len(link) // 2], link + "A", link * 20):
        with pytest.raises(LinkError):
            decode(text_)


def test_a_small_link_cannot_unpack_into_a_huge_page() -> None:
    body = base64.urlsafe_b64encode(zlib.compress(b"[" + b"0," * 1_000_000 + b"0]", 9)).decode()
    body = body.rstrip("=")
    assert len(body) < share.MAX_CHARACTERS
    with pytest.raises(LinkError):
        decode(share._check(body) + body)


ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**400), 10**400),
    st.floats(allow_nan=True, allow_infinity=True),
    st.text(max_size=20),
    st.lists(st.integers(), max_size=3),
    st.just({"a": 1}),
)


@given(data=st.data())
def test_numbers_that_make_no_sense_are_refused_even_with_a_right_check(
    payload: list[Any], data: st.DataObject
) -> None:
    odd = json.loads(json.dumps(payload))
    place: Any = odd
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(place) - 1))
        if not isinstance(place[at], list) or not place[at]:
            break
        parent, place = place, place[at]
    else:
        place, at = parent, at
    place[at] = data.draw(ODD)
    try:
        back = decode(sealed(odd))
    except LinkError:
        return
    # Whatever is let through can be shown.
    assert 0 <= back.score <= 100
    assert all(math.isfinite(part.factor) for part in back.explanation.features)
    assert all(getattr(back, name).low <= getattr(back, name).high for name in COUNTS)


def test_a_link_carries_no_message(payload: list[Any]) -> None:
    with pytest.raises(LinkError):
        decode(sealed([payload[0], "Call this number now", *payload[2:]]))


@pytest.mark.parametrize("payload", [None, 1, [], {}, [1], "x", [2, "1", *([0] * 10)]])
def test_another_kind_of_content_is_refused(payload: Any) -> None:
    with pytest.raises(LinkError):
        decode(sealed(payload))
