"""A record: whatever is edited, moved, left out, cut off or forged is found."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from made_records import HORIZON_DAYS, START, chained, entries, record_of, text_of_lines

from viral.errors import RecordError
from viral.model.prediction import Interval
from viral.record.chain import parsed, with_heads
from viral.record.entries import (
    VERSION,
    Revealed,
    Sealed,
    Started,
    commitment_of,
    ranges_of,
    sealed_text,
)
from viral.record.results import exact_interval, results_of

NAME = "record.jsonl"


def code_of(text: str) -> str:
    with pytest.raises(RecordError) as refused:
        parsed(text, NAME)
    assert len(str(refused.value).splitlines()) == 1
    return str(refused.value.message.code)


@given(entries())
def test_a_record_that_was_left_alone_is_read_as_it_was_written(made: list[Any]) -> None:
    lines = chained(made)
    record = record_of(lines)
    assert [*record.sealed] == [entry for entry in made if isinstance(entry, Sealed)]
    assert len(record.answers) == len(made) - 1 - len(record.sealed)
    with_heads(record, record.hashes, NAME)


@given(entries(), st.data())
def test_any_edit_of_any_sign_is_found(made: list[Any], data: st.DataObject) -> None:
    text = text_of_lines(chained(made))
    where = data.draw(st.integers(0, len(text) - 1))
    put = data.draw(st.text(st.characters(min_codepoint=9, max_codepoint=126), max_size=2))
    edited = text[:where] + put + text[where + data.draw(st.integers(0, 2)) :]
    assume(edited != text)
    # Without its last lines a record is whole; `test_a_cut_end` is about that.
    assume(not text.startswith(edited) or not edited.endswith("}\n"))
    with pytest.raises(RecordError):
        parsed(edited, NAME)


@given(entries(2), st.data())
def test_lines_that_were_moved_or_left_out_are_found(made: list[Any], data: st.DataObject) -> None:
    lines = chained(made)
    kept = data.draw(st.lists(st.sampled_from(lines), max_size=len(lines) + 1))
    assume(kept != lines[: len(kept)])
    with pytest.raises(RecordError):
        record_of(kept)


@given(entries(2), st.data())
def test_a_cut_end_is_found_by_a_published_head(made: list[Any], data: st.DataObject) -> None:
    lines = chained(made)
    whole = record_of(lines)
    cut = record_of(lines[: data.draw(st.integers(1, len(lines) - 1))])
    with pytest.raises(RecordError) as refused:
        with_heads(cut, [whole.head[:12]], NAME)
    assert refused.value.message.code == "record.head_gone"


@given(entries(2), st.data())
def test_a_record_that_was_written_anew_is_found_by_a_published_head(
    made: list[Any], data: st.DataObject
) -> None:
    published = record_of(chained(made)).head
    number = data.draw(st.integers(1, len(made) - 1))
    sooner = [
        replace(entry, at=entry.at - timedelta(seconds=1)) if place == number else entry
        for place, entry in enumerate(made)
    ]
    forged = record_of(chained(sooner))
    with pytest.raises(RecordError):
        with_heads(forged, [published], NAME)


@given(entries(), st.integers(0, 10_000))
def test_another_range_than_the_sealed_one_opens_nothing(made: list[Any], views: int) -> None:
    sealed = made[1]
    forged = sealed_text({"views": Interval(views, views, views)})
    at = START + timedelta(days=9)
    counted = Revealed(at, sealed.prediction, forged, HORIZON_DAYS, {"views": views})
    with pytest.raises(RecordError) as refused:
        record_of(chained([made[0], sealed, counted]))
    assert refused.value.message.values["why"].code == "record.why_commitment"


def revealed(**changes: Any) -> list[Any]:
    opened = sealed_text({"views": Interval(100, 200, 400), "likes": Interval(5, 10, 20)})
    sealed = Sealed(START, 1, "model-1", 30.0, commitment_of(opened))
    known: dict[str, Any] = {
        "at": START + timedelta(days=31), "days": 30.0, "counts": {"views": 150, "likes": 9},
    }  # fmt: skip
    return [
        Started(START, VERSION, "0" * 32),
        sealed,
        Revealed(prediction=1, opened=opened, **(known | changes)),
    ]


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"days": 3.0}, "record.why_age"),
        ({"days": 60.0, "at": START + timedelta(days=90)}, "record.why_age"),
        ({"days": 33.0}, "record.why_before"),
        ({"at": START - timedelta(days=1)}, "record.why_earlier"),
        ({"counts": {"likes": 3}}, "record.why_counts"),
        ({"counts": {"views": 3, "shares": 1}}, "record.why_counts"),
        ({"counts": {"views": 3, "likes": 4}}, "record.why_above"),
    ],
)
def test_counts_that_the_rules_forbid_are_refused_even_with_right_hashes(
    changes: dict[str, Any], why: str
) -> None:
    record_of(chained(revealed()))
    with pytest.raises(RecordError) as refused:
        record_of(chained(revealed(**changes)))
    assert refused.value.message.values["why"].code == why


def test_a_second_answer_is_refused() -> None:
    started, sealed, answer = revealed()
    again = replace(answer, counts={"views": 399})
    with pytest.raises(RecordError) as refused:
        record_of(chained([started, sealed, answer, again]))
    assert refused.value.message.values["why"].code == "record.why_answered"


def test_other_files_and_later_versions_are_refused_in_a_sentence() -> None:
    later = json.loads(chained([Started(START, VERSION, "0" * 32)])[0]) | {"version": 9, "new": 1}
    del later["hash"]
    body = json.dumps(later, separators=(",", ":"))[:-1]
    digest = hashlib.sha256(body.encode()).hexdigest()
    assert code_of(f'{body},"hash":"{digest}"}}\n') == "record.later"
    whole = text_of_lines(chained(revealed()))
    assert code_of(whole[:-30]) == "record.cut_short"
    for other in ("", "\n", "id,views\n1,2\n", '{"views": 3}\n', "[" * 5000 + "\n"):
        assert code_of(other) == "record.not_one"


@pytest.mark.parametrize(
    "opened",
    [
        "",
        "0" * 64,
        "0" * 64 + " likes 1 2 3",
        "0" * 64 + " likes 1 2 3 views 1 2 3",
        "0" * 64 + " views 1 2 3 views 1 2 3",
        "0" * 64 + " views 3 2 1",
        "0" * 64 + " views 1 2 nan",
        "0" * 64 + " views 1 2 3\n",
    ],
)
def test_what_is_no_opened_text_is_refused(opened: str) -> None:
    with pytest.raises(RecordError):
        ranges_of(opened)


@given(st.lists(st.floats(0, 1e11), min_size=3, max_size=3).map(sorted))
def test_a_sealed_range_is_the_predicted_one_to_a_view(ends: list[float]) -> None:
    found = ranges_of(sealed_text({"views": Interval(*ends)}))["views"]
    assert found.low <= found.median <= found.high
    for was, now in zip(ends, (found.low, found.median, found.high), strict=True):
        assert abs(was - now) <= (0.5 if was >= 99.995 else 0.005) + 1e-6 * was


def test_two_seals_of_one_range_have_nothing_in_common() -> None:
    ranges = {"views": Interval(1, 2, 3)}
    assert commitment_of(sealed_text(ranges)) != commitment_of(sealed_text(ranges))


@given(entries())
@example([Started(START, VERSION, "0" * 32)])
def test_what_it_comes_to_is_what_one_counts_by_hand(made: list[Any]) -> None:
    due = START + timedelta(days=22)
    results = results_of(record_of(chained(made)), due)
    inside = answered = hidden = 0
    answers = {entry.prediction: entry for entry in made[1:] if not isinstance(entry, Sealed)}
    for number in range(1, len(results.lines) + 1):
        answer = answers.get(number)
        if isinstance(answer, Revealed):
            low, _, high = map(float, answer.opened.split(" ")[2:5])
            answered += 1
            inside += low <= answer.counts["views"] <= high
        # The first seal fell due before this moment, at 21 days and an hour; all others too.
        else:
            hidden += 1
    share = results.share()
    found = (0, 0) if share is None else (share.inside, share.of)
    assert found == (inside, answered)
    assert len(results.misses) == answered - inside
    assert [*results.misses] == sorted(results.misses, key=lambda line: -line.counts[0].beyond)
    assert len(results.hits) == inside
    at_least = results.at_least
    assert at_least == (inside / (answered + hidden) if answered + hidden else None)


def test_the_interval_is_the_exact_one() -> None:
    # 8 of 10: Clopper and Pearson's interval as published tables give it, 0.444 to 0.975.
    assert exact_interval(8, 10) == pytest.approx((0.4439, 0.9748), abs=1e-4)
    assert exact_interval(0, 5)[0] == 0.0


def test_what_is_due_and_not_revealed_is_named() -> None:
    record = record_of(chained(revealed()[:2]))
    due = record.sealed[0].due_at
    assert due == START + timedelta(days=44)
    assert results_of(record, due).in_state("waiting")
    late = results_of(record, due + timedelta(seconds=1))
    assert [line.sealed.prediction for line in late.in_state("overdue")] == [1]
    assert late.at_least == 0.0
    assert late.to_dict()["overdue"] == [1]
