"""The Compare page without a browser: what it shows for whom, and what it survives."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fabricated import NASTY, analysis

from viral.errors import DetailsError, MediaError
from viral.explain.compare import Comparison, compare
from viral.model.account_size import AccountSize
from viral.model.inputs import PATTERNS
from viral.model.pairwise import NO_PAIRS, PairErrors
from viral.pipeline import STAGES, Analysis
from viral.posts.details import PostDetails
from viral.ui.compare import result as comparison
from viral.ui.compare.cuts import Cut
from viral.ui.compare.page import Compared, Handlers, arrived, html, remembered
from viral.ui.running import Runner
from viral.ui.sessions import Sessions

PAIRS = PairErrors(np.linspace(0.0, 1.0, 51), 12_345)
"""Differences spread evenly up to a factor of ten: a difference of d wins (1 + d) / 2."""


def cut(letter: str, **shifts: float) -> Cut:
    """Return a cut whose contributions are shifted; `audio_tempo_bpm=0.2` shifts
    `audio.tempo_bpm`."""
    made = analysis()
    explanation = made.prediction.explanation
    named = {name.replace("_", ".", 1): value for name, value in shifts.items()}
    features = tuple(
        replace(part, value=part.value + named[part.name], input=part.input * 2)
        if part.name in named
        else part
        for part in explanation.features
    )
    level = explanation.prediction + sum(named.values())
    shifted = replace(explanation, features=features, prediction=level)
    return Cut(letter, replace(made, prediction=replace(made.prediction, explanation=shifted)))


def compared(*cuts: Cut, pairs: PairErrors = PAIRS) -> Comparison:
    known = dict.fromkeys(PATTERNS, pairs)
    return compare([c.analysis.prediction for c in cuts if c.analysis], known)


def page(*cuts: Cut, pairs: PairErrors = PAIRS, lang: str = "en") -> str:
    return comparison.result(cuts, compared(*cuts, pairs=pairs), lang)


def test_the_winner_stands_in_the_headline_with_its_chance() -> None:
    shown = page(cut("A"), cut("B", audio_tempo_bpm=0.3))
    assert "Cut B is more likely to go further" in shown
    assert re.search(r'B beats A in about <b data-number="beats"[^>]*>65</b>', shown)
    assert "12.3 K pairs of past posts" in shown
    assert 'class="v-card v-cut-card v-best" data-cut="B"' in shown


@pytest.mark.parametrize(
    ("apart", "headline"),
    [
        (0.0, "The model sees no difference that counts"),
        (0.05, "A coin toss: post the one you like (B is slightly ahead)"),
        (0.5, "Cut B is more likely to go further"),
        (0.9, "Cut B very probably goes further"),
    ],
)
def test_the_headline_is_as_sure_as_the_chance(apart: float, headline: str) -> None:
    best = "A" if apart == 0.0 else "B"
    assert headline in page(cut("A"), cut("B", audio_tempo_bpm=apart))
    assert f'v-best" data-cut="{best}"' in page(cut("A"), cut("B", audio_tempo_bpm=apart))


def test_each_difference_says_what_was_measured_and_what_it_does() -> None:
    shown = page(cut("A"), cut("B", audio_tempo_bpm=0.1, speech_first_word_s=-0.05))
    assert "B: 256 BPM · A: 128 BPM" in shown
    assert "B: 4.8 s · A: 2.4 s" in shown
    assert "×1.26 ▲" in shown
    assert "×0.89 ▼" in shown
    effects = [float(v) for v in re.findall(r'class="v-effect[^>]*data-value="([^"]+)"', shown)]
    assert sum(effects) == pytest.approx(0.05)


def test_what_is_measured_alike_is_summed_up_not_listed() -> None:
    a, b = cut("A"), cut("B", audio_tempo_bpm=0.1)
    features = tuple(
        replace(part, value=part.value + 0.04) if part.name == "context.followers" else part
        for part in b.analysis.prediction.explanation.features
    )
    explanation = replace(
        b.analysis.prediction.explanation,
        features=features,
        prediction=b.analysis.prediction.explanation.prediction + 0.04,
    )
    prediction = replace(b.analysis.prediction, explanation=explanation)
    b = replace(b, analysis=replace(b.analysis, prediction=prediction))
    shown = page(a, b)
    assert "Followers" not in shown
    assert "Everything else" in shown
    effects = [float(v) for v in re.findall(r'class="v-effect[^>]*data-value="([^"]+)"', shown)]
    assert sum(effects) == pytest.approx(0.14)


def test_parts_that_differ_without_effect_are_named() -> None:
    a, b = cut("A"), cut("B")
    features = tuple(
        replace(part, input=0.9) if part.name == "visual.brightness" else part
        for part in b.analysis.prediction.explanation.features
    )
    explanation = replace(b.analysis.prediction.explanation, features=features)
    prediction = replace(b.analysis.prediction, explanation=explanation)
    shown = page(a, replace(b, analysis=replace(b.analysis, prediction=prediction)))
    assert "Picture: different, but without effect on the prediction" in shown
    assert "Nothing that counts for the prediction differs" in shown


def test_three_cuts_have_a_table_of_every_pair() -> None:
    cuts = [cut("A"), cut("B", audio_tempo_bpm=0.4), cut("C", audio_tempo_bpm=0.2)]
    shown = page(*cuts)
    rows = re.findall(r'<tr><th scope="row">(\w)</th>(.*?)</tr>', shown)
    assert [letter for letter, _ in rows] == ["B", "C", "A"]
    assert rows[0][1] == "<td>–</td><td>60 %</td><td>70 %</td>"
    assert rows[2][1] == "<td>30 %</td><td>40 %</td><td>–</td>"
    assert shown.count("data-against=") == 2


def test_too_few_pairs_are_said_and_no_chance_is_made_up() -> None:
    shown = page(cut("A"), cut("B", audio_tempo_bpm=0.3), pairs=NO_PAIRS)
    assert "Cut B is predicted to go further" in shown
    assert "too few pairs" in shown
    assert "nan" not in shown.lower()
    assert "v-duel" not in shown


@pytest.mark.parametrize("lang", ["en", "es"])
def test_nothing_of_a_clip_reaches_the_page_as_markup(lang: str) -> None:
    broken = Cut("C", problem=NASTY)
    cuts = [cut("A"), cut("B", audio_tempo_bpm=0.3), broken]
    shown = comparison.result(cuts, compared(*cuts), lang)
    assert "<img src=x" not in shown
    assert "&lt;img src=x" in shown


@pytest.mark.parametrize("lang", ["en", "es"])
def test_without_an_account_no_winner_is_named(lang: str) -> None:
    cuts = []
    for one in (cut("A"), cut("B", audio_tempo_bpm=0.9)):
        prediction = replace(one.analysis.prediction, usual_views=None, account_size=AccountSize())
        cuts.append(replace(one, analysis=replace(one.analysis, prediction=prediction)))
    shown = page(*cuts, lang=lang)
    assert {"en": "next to nothing about two cuts", "es": "apenas dice nada"}[lang] in shown
    assert "v-best" not in shown
    assert "data-against" not in shown
    assert shown.count('data-number="views.median"') == 2


# The page's handlers -------------------------------------------------------------------------


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "uploads"
    folder.mkdir()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return folder


def uploaded(uploads: Path, name: str) -> dict[str, str]:
    path = uploads / name / "clip.mp4"
    path.parent.mkdir()
    path.write_bytes(b"a clip")
    return {"path": str(path), "name": "clip.mp4"}


def seen(path: Path, details: PostDetails, on_stage: Callable[[str], None]) -> Analysis:
    for stage in STAGES:
        on_stage(stage)
    if path.parent.name == "broken":
        raise MediaError("The file is no clip; choose another one.")
    if path.parent.name == "bug":
        raise RuntimeError("secret of the house")
    return analysis(details=details)


def run(
    handlers: Handlers, *clips: Any, recent: str = "900", lang: str = "en", account: Any = None
) -> list[Compared]:
    return list(handlers.compare(clips, ("", recent, "", account, lang)))


def test_the_account_is_asked_for_before_the_work(uploads: Path) -> None:
    clips = uploaded(uploads, "a"), uploaded(uploads, "b")
    steps = run(Handlers(Runner(seen), Sessions(60)), *clips, recent="")
    assert [step.kind for step in steps] == ["error"]
    assert "Add your account" in steps[0].problem
    assert all(Path(clip["path"]).is_file() for clip in clips)
    account = {"account": {"version": 1, "posts": [{"views": 900}]}}
    steps = run(Handlers(Runner(seen), Sessions(60)), *clips, recent="", account=account)
    assert steps[-1].kind == "result"


def test_demos_bring_their_account_unless_one_is_said(uploads: Path) -> None:
    sessions = Sessions(60)
    demos = {"demo": "demo_tutorial"}, {"demo": "demo_montage"}
    last = run(Handlers(Runner(seen), sessions), *demos, recent="")[-1]
    assert [sessions.get(one.key).details.followers for one in last.cuts] == [12_000, 12_000]
    last = run(Handlers(Runner(seen), sessions), *demos, recent="7")[-1]
    assert [sessions.get(one.key).details.recent_views for one in last.cuts] == [(7,), (7,)]


def test_the_cuts_go_by_one_after_the_other(uploads: Path) -> None:
    handlers = Handlers(Runner(seen), Sessions(60))
    steps = run(handlers, uploaded(uploads, "a"), None, uploaded(uploads, "c"), recent="1 2 3")
    assert [(s.letter, s.stage) for s in steps[:-1]] == [
        (letter, stage) for letter in "AC" for stage in ("waiting", *STAGES)
    ]
    assert [kept.letter for kept in steps[-1].cuts] == ["A", "C"]
    assert handlers.sessions.get(steps[-1].cuts[0].key).details.recent_views == (1, 2, 3)
    assert list(uploads.iterdir()) == []


@pytest.mark.parametrize("name", ["broken", "bug"])
def test_one_broken_clip_of_two_gives_a_sentence_and_the_rest_works(
    uploads: Path, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    handlers = Handlers(Runner(seen), Sessions(60))
    last = run(handlers, uploaded(uploads, name), uploaded(uploads, "good"))[-1]
    assert last.kind == "result"
    shown = html(last, handlers.sessions, "en")
    assert "Only cut B could be analysed" in shown
    assert 'data-number="views.median"' in shown
    assert shown.count('role="alert"') == 1
    assert "secret" not in shown
    assert list(uploads.iterdir()) == []
    three = run(handlers, uploaded(uploads, name), uploaded(uploads, "b"), uploaded(uploads, "c"))
    shown = html(three[-1], handlers.sessions, "en")
    assert shown.count('class="v-letter"') == 3
    assert 'data-against="C"' in shown


def test_a_clip_that_was_looked_at_needs_no_second_upload(uploads: Path) -> None:
    handlers = Handlers(Runner(seen), Sessions(60))
    clips = uploaded(uploads, "a"), uploaded(uploads, "b")
    run(handlers, *clips)
    steps = run(handlers, *clips, recent="5 6 7")
    assert [kept.problem for kept in steps[-1].cuts] == ["", ""]
    assert handlers.sessions.get(steps[-1].cuts[1].key).details.recent_views == (5, 6, 7)


@pytest.mark.parametrize("clips", [(), (None, None), ({"demo": "demo_tutorial"}, None)])
def test_one_clip_is_not_enough(clips: tuple[Any, ...]) -> None:
    handlers = Handlers(Runner(seen), Sessions(60))
    last = run(handlers, *clips)[-1]
    assert "Drop in at least two cuts" in html(last, handlers.sessions, "en")
    assert "Suelta al menos dos versiones" in html(last, handlers.sessions, "es")


def test_a_slip_in_a_field_keeps_the_clips(uploads: Path) -> None:
    handlers = Handlers(Runner(seen), Sessions(60))
    clip = uploaded(uploads, "a")
    last = run(handlers, clip, uploaded(uploads, "b"), recent="many")[-1]
    assert last.kind == "error"
    assert "'many'" in last.problem
    assert Path(clip["path"]).is_file()


def test_a_comparison_whose_results_are_gone_says_so() -> None:
    sessions = Sessions(60)
    handlers = Handlers(Runner(seen), sessions)
    demo = {"demo": "demo_tutorial"}
    last = run(handlers, demo, {"demo": "demo_montage"})[-1]
    sessions.forget(last.cuts[0].key)
    assert "no longer kept" in html(last, sessions, "en")


def test_every_state_is_there_in_both_languages() -> None:
    sessions = Sessions(60)
    assert "Which cut should you post?" in html(Compared(), sessions, "en")
    assert "¿Qué versión conviene publicar?" in html(Compared(), sessions, "es")
    working = Compared("working", letter="B", stage="listening")
    assert "Analysing cut B" in html(working, sessions, "en")
    assert "Analizando la versión B" in html(working, sessions, "es")
    shown = page(cut("A"), cut("B", audio_tempo_bpm=0.3), lang="es")
    assert "Es más probable que la versión B llegue más lejos" in shown
    assert "Por qué B va por delante de A" in shown


def test_a_reload_finds_the_comparison_while_it_is_kept(uploads: Path) -> None:
    sessions = Sessions(60)
    steps = run(
        Handlers(Runner(seen), sessions), {"demo": "demo_tutorial"}, {"demo": "demo_montage"}
    )
    kept = remembered(steps[-1])
    assert arrived(kept, sessions) == steps[-1]
    assert remembered(steps[0]) == ""
    sessions.forget(steps[-1].cuts[1].key)
    assert arrived(kept, sessions) is None


@pytest.mark.parametrize("kept", ["", "A", "Agone Bgone", "\x00", "ZZ", "A" * 10_000])
def test_a_tab_that_remembers_nonsense_starts_empty(kept: str) -> None:
    assert arrived(kept, Sessions(60)) is None


def test_one_letter_is_one_cut() -> None:
    sessions = Sessions(60)
    key = sessions.keep(analysis())
    assert arrived(f"A{key} A{key}", sessions) is None
    assert arrived(f"B{key} A{key}", sessions) is None
    assert arrived(f"E{key}", sessions) is None


def test_the_refusal_of_other_accounts_is_known_in_spanish() -> None:
    other = cut("B")
    prediction = replace(other.analysis.prediction, usual_views=5.0)
    with pytest.raises(DetailsError) as caught:
        compare([analysis().prediction, prediction], PAIRS)
    assert caught.value.message.said("es").startswith("Solo se pueden comparar")
