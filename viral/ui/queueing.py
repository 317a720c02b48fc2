"""Gradio's queue, made to say why: a call that is turned away or dropped ends with its sentence.

Clients of the queue (the page, `gradio_client`, MCP) pass on what comes through it and nothing of
an answer by status. So whoever is turned away is let in for the length of one sentence.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from typing import Any

import gradio as gr
from gradio.context import LocalContext
from gradio.queueing import Event, Queue
from gradio.server_messages import ProcessCompletedMessage
from gradio.utils import error_payload

from viral.hosting.gate import REFUSED
from viral.hosting.refusals import Refusal
from viral.messages import Message

CLIP_QUEUE = "model"
"""The `concurrency_id` of everything that looks at clips."""
MOST_REFUSALS = 1000
"""Remembered for the pages of those who were turned away."""
FORGET_S = 60.0
"""A sentence that nobody has come for goes after this long."""
FLUSH_S = 2.0
"""What the last answers are given to reach their clients."""
FLUSH_STEP_S = 0.05


def why_turned_away(request: gr.Request | None) -> Message:
    """Return what was said to the browser tab that asks, if it was turned away just now."""
    queue = _of_the_app()
    session = getattr(request, "session_hash", None)
    refusal = queue.taken_refusal(str(session)) if queue is not None and session else None
    return refusal.message if refusal is not None else Message("error.bug")


def clips_ahead(request: gr.Request | None) -> int | None:
    """Return how many clips come before that of the browser tab that asks; None when it is none's
    turn to wait."""
    queue = _of_the_app()
    session = getattr(request, "session_hash", None)
    return queue.ahead(str(session)) if queue is not None and session else None


def _of_the_app() -> SayingQueue | None:
    return getattr(LocalContext.blocks.get(None), "saying_queue", None)


class SayingQueue:
    """Stands in front of the queue of an app."""

    def __init__(self, app: gr.Blocks) -> None:
        """Take the place of what lets calls into the queue."""
        self._queue: Queue = app._queue
        self._gradios_push = self._queue.push
        self._loop: asyncio.AbstractEventLoop | None = None
        self._refusals: OrderedDict[str, Refusal] = OrderedDict()
        self._queue.push = self._push  # type: ignore[method-assign]

    async def _push(self, body: Any, request: Any, username: str | None) -> Any:
        self._loop = asyncio.get_running_loop()
        refusal = request.scope.get(REFUSED)
        if refusal is None:
            answer = await self._gradios_push(body, request, username)
            if answer[2] != "queue_full":
                return answer
            refusal = Refusal("queue")
        return True, await self._let_in_to_be_told(body, request, username, refusal), "success"

    async def _let_in_to_be_told(
        self, body: Any, request: Any, username: str | None, refusal: Refusal
    ) -> str:
        queue = self._queue
        fn = queue.blocks.fns[body.fn_index]
        event = Event(body.session_hash, fn, request, username)
        session = event.session_hash
        async with queue.pending_message_lock:
            if session not in queue.pending_messages_per_session:
                queue.pending_messages_per_session[session] = asyncio.Queue()
            queue.pending_event_ids_session.setdefault(session, set()).add(event._id)
        self._tell(event, refusal)
        asyncio.get_running_loop().call_later(FORGET_S, self._forget, session, event._id)
        return str(event._id)

    def _tell(self, event: Event, refusal: Refusal) -> None:
        content = error_payload(gr.Error(str(refusal.message), print_exception=False), False)
        title = str(content.get("title", "Error"))
        message = ProcessCompletedMessage(output=content, title=title, success=False)
        self._queue.send_message(event, message)
        self._refusals[event.session_hash] = refusal
        while len(self._refusals) > MOST_REFUSALS:
            self._refusals.popitem(last=False)

    def taken_refusal(self, session: str) -> Refusal | None:
        """Return what a session was told last, once."""
        return self._refusals.pop(session, None)

    def ahead(self, session: str) -> int | None:
        """Return how many clips come before a session's; None where none of it waits."""
        waiting = self._queue.event_queue_per_concurrency_id.get(CLIP_QUEUE)
        if waiting is None:
            return None
        sessions = [event.session_hash for event in waiting.queue]
        if session not in sessions:
            return None
        return sessions.index(session) + waiting.current_concurrency

    def _forget(self, session: str, event: str) -> None:
        waiting = self._queue.pending_event_ids_session.get(session, set())
        if event in waiting:
            waiting.discard(event)
        if not waiting and session in self._queue.pending_event_ids_session:
            del self._queue.pending_event_ids_session[session]
            self._queue.pending_messages_per_session.pop(session, None)

    def dismiss(self, refusal: Refusal, *, under_way: bool) -> None:
        """Tell everybody who waits, and on request those whose clip is under way, and drop them.

        Called from another thread than the server's.
        """
        self._in_the_loop(self._dismissed(refusal, under_way))

    def flush(self) -> None:
        """Wait until the last answers are on their way, or `FLUSH_S` have passed."""
        self._in_the_loop(self._flushed())

    def _in_the_loop(self, work: Any) -> None:
        if self._loop is None or self._loop.is_closed():
            work.close()  # nobody has called yet
            return
        asyncio.run_coroutine_threadsafe(work, self._loop).result(2 * FLUSH_S)

    async def _dismissed(self, refusal: Refusal, under_way: bool) -> None:
        queue = self._queue
        async with queue.delete_lock:
            for waiting in queue.event_queue_per_concurrency_id.values():
                for event in waiting.queue:
                    self._tell(event, refusal)
                    queue.event_ids_to_events.pop(event._id, None)
                waiting.queue.clear()
        if under_way:
            for job in queue.active_jobs:
                for event in job or []:
                    self._tell(event, refusal)
                    event.alive = False

    async def _flushed(self) -> None:
        for _ in range(round(FLUSH_S / FLUSH_STEP_S)):
            messages = self._queue.pending_messages_per_session
            answering = any(event.alive for job in self._queue.active_jobs for event in job or [])
            if not answering and all(messages[session].empty() for session in list(messages)):
                break
            await asyncio.sleep(FLUSH_STEP_S)
        # The last one has been taken from its queue and is on its way out of the socket.
        await asyncio.sleep(2 * FLUSH_STEP_S)
