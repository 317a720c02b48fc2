"""What the page knows of the queue: how many come first, and why somebody was turned away."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from gradio.context import LocalContext

from viral.hosting.refusals import Refusal
from viral.ui.predict.shown import Shown, view
from viral.ui.queueing import CLIP_QUEUE, SayingQueue, clips_ahead, why_turned_away
from viral.ui.sessions import Sessions


class Messages:
    """Gradio's queue as far as it is used, with three tabs waiting while one clip is looked at."""

    def __init__(self) -> None:
        waiting = [SimpleNamespace(session_hash=tab) for tab in ("first", "second", "third")]
        model = SimpleNamespace(queue=waiting, current_concurrency=1)
        self.event_queue_per_concurrency_id = {CLIP_QUEUE: model}
        self.sent: list[Any] = []

    async def push(self, *given: Any) -> Any:
        """Let nobody in."""

    def send_message(self, event: Any, message: Any) -> None:
        """Keep what was said."""
        self.sent.append((event.session_hash, message.output["error"]))


@pytest.fixture
def queue() -> Iterator[SayingQueue]:
    saying = SayingQueue(SimpleNamespace(_queue=Messages()))  # type: ignore[arg-type]
    token = LocalContext.blocks.set(SimpleNamespace(saying_queue=saying))  # type: ignore[arg-type]
    yield saying
    LocalContext.blocks.reset(token)


def tab(session: str) -> Any:
    return SimpleNamespace(session_hash=session)


def test_a_tab_that_waits_is_told_how_many_come_first(queue: SayingQueue) -> None:
    assert [clips_ahead(tab(name)) for name in ("first", "third", "elsewhere")] == [1, 3, None]
    assert clips_ahead(None) is None


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "3 clips are ahead of yours"),
        ("es", "3 vídeos por delante"),
        ("pt", "3 vídeos na frente"),
    ],
)
def test_the_page_says_how_many_come_first(lang: str, words: str) -> None:
    assert words in view(Shown("working", ahead=3), Sessions(60), lang).summary
    # Once the clip is being looked at, that is no matter any more.
    at_work = Shown("working", ahead=3, stage="reading")
    assert words not in view(at_work, Sessions(60), lang).summary


def test_a_tab_that_was_turned_away_says_why_once(queue: SayingQueue) -> None:
    queue._tell(tab("first"), Refusal("queue"))
    assert why_turned_away(tab("second")).code == "error.bug"
    assert why_turned_away(tab("first")).code == "refused.queue"
    assert why_turned_away(tab("first")).code == "error.bug"
