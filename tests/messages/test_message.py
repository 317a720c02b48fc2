"""A message is a sentence that can be said again in another language."""

from __future__ import annotations

import json
from multiprocessing import Pipe
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.errors import MediaError, ViralError
from viral.messages import Message, text
from viral.messages.formats import filled

SENTENCE = "{count:integer} posts, {share:percent} in {months:list}, {seconds:number1} s"


def through_a_pipe(value: Any) -> Any:
    """Return what another process would get of it."""
    taken, given = Pipe(duplex=False)
    with taken, given:
        given.send(value)
        return taken.recv()


def test_numbers_lists_and_shares_are_written_as_a_language_does() -> None:
    values = {"count": 12_345, "share": 0.5, "months": ["May", "June", "July"], "seconds": 2.44}
    assert filled(SENTENCE, "en", values) == "12,345 posts, 50% in May, June, and July, 2.4 s"
    assert (
        filled(SENTENCE, "es", values)
        == "12.345 posts, 50\N{NO-BREAK SPACE}% in May, June y July, 2,4 s"
    )
    assert filled(SENTENCE, "pt", values) == "12.345 posts, 50% in May, June e July, 2,4 s"


@pytest.mark.parametrize(
    ("count", "said"), [(0, "0 posts"), (1, "one post"), (1200, "1,200 posts")]
)
def test_a_plural_is_chosen_by_the_count(count: int, said: str) -> None:
    forms = {"one": "one post", "other": "{count:integer} posts"}
    assert filled(forms, "en", {"count": count}) == said


def test_a_message_is_its_english_sentence() -> None:
    message = Message("error.other", sentence="Nothing there.")
    assert message == "Nothing there."
    assert message.code == "error.other"
    assert dict(message.values) == {"sentence": "Nothing there."}
    assert json.loads(json.dumps([message])) == ["Nothing there."]


def test_a_message_in_a_message_is_said_in_the_same_language() -> None:
    inner = Message("modality.visual")
    outer = Message("error.other", sentence=inner)
    assert outer == text("modality.visual", "en")
    assert outer.said("es") == text("modality.visual", "es") != outer


@given(st.text())
def test_a_message_survives_other_processes(sentence: str) -> None:
    inner = Message("error.other", sentence=sentence)
    message = Message("error.other", sentence=inner)
    for again in (
        through_a_pipe(message),
        Message.from_dict(json.loads(json.dumps(message.to_dict()))),
    ):
        assert again == message == sentence
        assert again.code == message.code
        assert again.said("es") == message.said("es")


def test_a_message_does_not_change() -> None:
    message = Message("error.other", sentence="Nothing there.")
    with pytest.raises(AttributeError, match="does not change"):
        message.code = "error.bug"
    with pytest.raises(TypeError):
        message.values["sentence"] = "else"  # type: ignore[index]


def test_an_error_carries_its_message_through_other_processes() -> None:
    error = MediaError(Message("error.other", sentence="Nothing there."))
    again = through_a_pipe(error)
    assert isinstance(again, ViralError)
    assert str(again) == "Nothing there."
    assert again.message.code == "error.other"


def test_an_unknown_code_or_a_value_left_out_is_a_slip_in_the_code() -> None:
    with pytest.raises(KeyError):
        Message("no.such.code")
    with pytest.raises(KeyError):
        filled("{missing}", "en", {})
