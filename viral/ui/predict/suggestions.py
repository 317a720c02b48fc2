"""What the model would change: a list under the result, each change one click away from What if."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

import gradio as gr
from markupsafe import Markup

from viral.errors import ViralError
from viral.explain.suggestions import SMALLEST_GAIN, Suggestion, suggestions
from viral.messages import DEFAULT_LANGUAGE, text
from viral.pipeline import model_of
from viral.ui.predict.shown import Shown
from viral.ui.predict.what_if import QUIET, WhatIfPanel
from viral.ui.predict.what_if_fields import applied, filled, zone_of
from viral.ui.predict.what_if_result import outcome
from viral.ui.sessions import Sessions
from viral.ui.templates import rendered
from viral.ui.widgets.numbers import count, decimal, seconds

LOG = logging.getLogger(__name__)

NOTHING = rendered("predict/no_suggestions", DEFAULT_LANGUAGE)
# One listener for all buttons: the list comes and goes with the result.
CLICK_SCRIPT = """
element.addEventListener("click", (event) => {
  const button = event.target.closest("[data-try]");
  if (!button) return;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.getElementById("what-if").scrollIntoView({ behavior: still ? "auto" : "smooth" });
  trigger("select", { place: Number(button.dataset.try) });
});
"""


def _title(suggestion: Suggestion, zone: str | None, lang: str) -> str:
    facts = suggestion.facts
    if suggestion.kind == "time":
        moment = suggestion.change["posted_at"].astimezone(zone_of(zone))
        return text(
            "advice.time",
            lang,
            weekday=text(f"weekday.{moment.weekday()}", lang),
            hour=f"{moment.hour}:{moment.minute:02d}",
        )
    if suggestion.kind == "trim":
        before, after = (seconds(facts[name], lang) for name in ("before_s", "after_s"))
        return text("advice.trim", lang, before=before, after=after)
    keys = {0: "advice.no_hashtag", 1: "advice.one_hashtag"}
    key = keys.get(facts["after"], "advice.hashtags")
    return text(key, lang, before=facts["before"], after=facts["after"])


def _item(suggestion: Suggestion, zone: str | None, lang: str) -> dict[str, str]:
    return {
        "kind": suggestion.kind,
        "title": _title(suggestion, zone, lang),
        "text": f"advice.text_{suggestion.kind}",
        "exact": repr(suggestion.factor),
        "percent": f"{100 * (suggestion.factor - 1):.0f}",
        "posts": count(suggestion.posts, lang),
    }


def html(found: Sequence[Suggestion], zone: str | None, lang: str) -> Markup:
    """Return the list, or the sentence that there is nothing to suggest.

    Parameters
    ----------
    found
        What `viral.explain.suggestions.suggestions` returned for the result.
    zone
        The time zone whose clock a time is told on.
    lang
        `en` or `es`.
    """
    return rendered(
        "predict/suggestions",
        lang,
        suggestions=[_item(one, zone, lang) for one in found],
        smallest=decimal(100 * (SMALLEST_GAIN - 1), 0, lang),
    )


def build() -> gr.HTML:
    """Put the list into the current Blocks; the style sheet hides it while there is no result."""
    return gr.HTML(NOTHING, js_on_load=CLICK_SCRIPT, elem_id="advice")


def connect(
    listed: gr.HTML,
    panel: WhatIfPanel,
    shown: gr.State,
    zone: gr.Dropdown,
    lang: gr.Radio,
    sessions: Sessions,
) -> Callable[[Any], None]:
    """Let the list follow the result, and its buttons fill What if.

    Returns
    -------
    callable
        Takes a trigger, such as the `then` of an event; after it the list is the tab's result's.
    """
    kept = gr.State(())

    def found_in(now: Shown) -> tuple[Suggestion, ...]:
        analysis = sessions.get(now.key)
        model = model_of(analysis)
        return suggestions(analysis, model, model.support)

    def follow_result(now: Shown, place: str | None, code: str) -> tuple[str, Any]:
        if now.kind != "result":
            return NOTHING, ()
        try:
            found = found_in(now)
            return html(found, place, code), found
        except ViralError:
            return NOTHING, ()
        except Exception:
            LOG.exception("Suggestions could not be worked out")
            return NOTHING, ()

    def again(now: Shown, found: Any, place: str | None, code: str) -> str:
        return html(found, place, code) if now.kind == "result" else NOTHING

    def fill(
        now: Shown, found: Any, place: str | None, code: str, event: gr.EventData
    ) -> dict[Any, Any]:
        chosen = event._data.get("place") if isinstance(event._data, dict) else None
        if not isinstance(chosen, int) or not 0 <= chosen < len(found):
            return {panel.html: gr.skip()}
        try:
            before = sessions.get(now.key)
            tried = applied(filled(before, place), found[chosen].change, place)
            fields = panel.fill(tried, before.facts.duration_s)
            return fields | panel.updates(outcome(before, tried, place, code))
        except ViralError as error:
            return panel.refused(error, code)

    listed.select(fill, [shown, kept, zone, lang], [*panel.fields, *panel.outputs], **QUIET)
    lang.change(again, [shown, kept, zone, lang], listed, **QUIET)

    def follow(trigger: Any) -> None:
        trigger(follow_result, [shown, zone, lang], [listed, kept], **QUIET)

    return follow
