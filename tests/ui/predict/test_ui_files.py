"""The report and the picture: complete in themselves, right in their numbers, free of markup."""

from __future__ import annotations

import base64
import io
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from fabricated import NASTY, analysis, prediction
from PIL import Image

from viral.explain.share import encode
from viral.figures.style import STYLE
from viral.posts.details import post_details
from viral.ui.predict import card
from viral.ui.predict.report import report
from viral.ui.predict.share import card_parcel, report_parcel
from viral.ui.predict.shown import Shown
from viral.ui.sessions import ResultGoneError, Sessions

MOMENT = datetime(2026, 3, 1, 18, 30, tzinfo=UTC)


def opened(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB")).astype(int)


def coloured(picture: np.ndarray, colour: str) -> np.ndarray:
    """Return where a picture has a colour, bool `[height, width]`."""
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    return np.abs(picture - wanted).max(axis=2) < 12


def test_the_steps_lead_from_the_start_to_the_predicted_views() -> None:
    made = prediction()
    steps = card.steps_of(made)
    explanation = made.explanation
    assert 10.0 ** steps[-1].end == pytest.approx(made.views.median)
    assert steps[-1].end - steps[0].start == pytest.approx(
        explanation.prediction - explanation.base
    )
    assert all(after.start == before.end for before, after in pairwise(steps))
    low, high = card.span_of(steps)
    assert high - low >= card.LEAST_SPAN_LOG10


def test_two_reports_and_cards_of_different_clips_can_be_told_apart() -> None:
    details = post_details(caption="A <b>day</b>", followers=12_000, recent_views=[900, 1500])
    made = analysis(details=details)
    page = report(made.prediction, made, MOMENT, "en", "first <cut>.mp4")
    for given in ("first &lt;cut&gt;.mp4", "12 K", "900, 1.5 K", "A &lt;b&gt;day&lt;/b&gt;"):
        assert given in page
    assert page != report(made.prediction, made, MOMENT, "en", "second.mp4")
    cards = [card.card(made.prediction, "en", made, name) for name in ("a.mp4", "b.mp4")]
    assert cards[0] != cards[1]


@pytest.mark.parametrize("lang", ["en", "es"])
def test_a_report_loads_nothing_and_says_what_the_page_says(lang: str) -> None:
    made = analysis()
    page = report(made.prediction, made, MOMENT, lang)
    assert re.findall(r"""(?:src|href)=["'](?!data:)""", page) == []
    assert "url(" not in page.replace("url(data:", "")
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert 'data-number="views.median" data-value="3160.0"' in page
    assert 'data-part="transcript"' in page
    assert "2026-03-01 18:30 UTC" in page
    assert f'<html lang="{lang}">' in page


def test_a_report_escapes_what_came_with_the_clip() -> None:
    made = analysis(transcript=NASTY)
    page = report(made.prediction, made, MOMENT, "en")
    assert NASTY not in page
    assert "&lt;img src=x" in page


def test_a_report_of_numbers_says_where_they_are_from() -> None:
    page = report(prediction(), None, MOMENT, "en")
    assert "Someone shared this result" in page
    assert 'data-part="transcript"' not in page


@pytest.mark.parametrize("lang", ["en", "es"])
def test_the_picture_shows_the_range_to_scale(lang: str) -> None:
    made = prediction()
    picture = opened(card.card(made, lang))
    assert picture.shape == (card.HEIGHT_PX, card.WIDTH_PX, 3)
    spark = coloured(picture, STYLE.light.spark)
    middle = np.flatnonzero(spark[440])  # the diamond of the median
    band = np.flatnonzero(coloured(picture, STYLE.light.accent)[440])
    left, right = band.min(), band.max()
    share = (middle.mean() - left) / (right - left)
    views = made.views
    expected = np.log(views.median / views.low) / np.log(views.high / views.low)
    assert share == pytest.approx(expected, abs=0.02)
    assert coloured(picture, STYLE.figure_up).sum() > 500
    assert coloured(picture, STYLE.figure_down).sum() > 50


def test_a_picture_without_lowering_steps_has_none_drawn() -> None:
    made = prediction()
    explanation = made.explanation
    raising = tuple(replace(part, value=abs(part.value)) for part in explanation.features)
    lifted = replace(
        explanation,
        features=raising,
        prediction=explanation.base + sum(part.value for part in raising),
    )
    picture = opened(card.card(replace(made, explanation=lifted), "en"))
    assert coloured(picture, STYLE.figure_down).sum() == 0


def test_huge_numbers_and_long_words_stay_on_the_picture() -> None:
    made = prediction(usual_views=None, missing=("speech", "audio"))
    huge = replace(made.views, low=1.0, median=987_654_321.0, high=9_876_543_210.0)
    picture = opened(card.card(replace(made, views=huge, horizon_days=365.0), "es"))
    ground = coloured(picture, STYLE.light.ground)
    assert ground[:20].all()
    assert ground[:, :20].all()
    assert ground[:, -20:].all()


def test_a_file_is_made_of_what_the_tab_shows() -> None:
    sessions = Sessions(60)
    shown = Shown("result", key=sessions.keep(analysis()))
    linked = Shown("numbers", numbers=encode(prediction()))
    for now in (shown, linked):
        sent = json.loads(report_parcel(now, sessions, "Europe/Madrid", "en"))
        assert sent["name"] == "viral-report.html"
        page = base64.b64decode(sent["content"]).decode()
        assert ("Someone shared this result" in page) == (now is linked)
        sent = json.loads(card_parcel(now, sessions, "en"))
        assert sent["type"] == "image/png"
        assert base64.b64decode(sent["content"])[:4] == b"\x89PNG"


@pytest.mark.parametrize("zone", [None, "", "Not/AZone", "../etc/passwd"])
def test_an_odd_time_zone_is_utc(zone: str | None) -> None:
    shown = Shown("numbers", numbers=encode(prediction()))
    sent = json.loads(report_parcel(shown, Sessions(60), zone, "en"))
    assert " UTC" in base64.b64decode(sent["content"]).decode()


def test_a_tab_whose_result_is_gone_gets_a_sentence() -> None:
    for shown in (Shown("result", key="gone"), Shown()):
        with pytest.raises(ResultGoneError, match="no longer kept"):
            report_parcel(shown, Sessions(60), "UTC", "en")
        with pytest.raises(ResultGoneError, match="no longer kept"):
            card_parcel(shown, Sessions(60), "en")
