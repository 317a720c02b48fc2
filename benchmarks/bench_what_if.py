"""Time what the server does when something is changed in What if, and what goes deeper.

A change is timed as the page asks for it: the prediction, its waterfall, the hours, the lengths and
their figures as the JSON that is sent. The timeline and the suggestions are worked out once for a
result. Run it with:

    python benchmarks/bench_what_if.py
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from busy import Others
from clips import speech, write_clip
from processes import seconds
from results import add_out, keep

DURATIONS_S = (15.0, 60.0, 180.0)
CAPTION = "Never buy spring onions again #cooking #kitchenhacks #tutorial"
RECENT_VIEWS = (900, 1500, 700, 1200, 2100)
ZONE = "Europe/Madrid"
MOST_S = {"details": 0.15, "trim": 0.5}
"""What was promised."""


def _sent(made: Any) -> int:
    """Return how many bytes of figures and pages are sent."""
    parts = [getattr(made, name) for name in made.__dataclass_fields__]
    return sum(len(part if isinstance(part, str) else _as_json(part)) for part in parts if part)


def _as_json(part: Any) -> str:
    """Return a figure, or an update of a component with its figure, as it is sent."""
    if isinstance(part, dict):
        return "".join(_as_json(value) for value in part.values() if value is not None)
    return part.to_json() if hasattr(part, "to_json") else str(part)


def _changes(path: Path, known: bool) -> dict[str, Callable[[int], Any]]:
    """Return what is timed, each a function of the round: no change is asked for twice."""
    from viral.explain.suggestions import suggestions
    from viral.explain.timeline import timeline
    from viral.model.store import shipped_model
    from viral.pipeline import analyse
    from viral.posts.details import post_details
    from viral.ui.predict.what_if_fields import filled
    from viral.ui.predict.what_if_result import outcome

    given: dict[str, Any] = {"caption": CAPTION, "posted_at": "2027-03-03T12:00"}
    if known:
        given |= {"recent_views": RECENT_VIEWS, "followers": 12_000}
    analysis, model = analyse(path, post_details(**given)), shipped_model()
    own = filled(analysis, ZONE)
    end_s = float(own.end_s or 0.0)

    def details(turn: int) -> int:
        tried = replace(own, caption=f"Try {turn} of another caption")
        return _sent(outcome(analysis, tried, ZONE, "en"))

    def trim(turn: int) -> int:
        tried = replace(own, start_s=0.1 * (turn + 1), end_s=end_s - 0.2 * (turn + 1))
        return _sent(outcome(analysis, tried, ZONE, "en"))

    return {
        "details": details,
        "trim": trim,
        "suggestions": lambda turn: len(suggestions(analysis, model, model.support)),
        "timeline": lambda turn: len(timeline(analysis, model).effects),
    }


def measured(path: Path, known: bool, repeats: int) -> list[dict[str, Any]]:
    """Time each change on one clip."""
    figures = []
    for change, call in _changes(path, known).items():
        others = Others()
        first_s = seconds(lambda call=call: call(0))
        times = [seconds(lambda call=call, t=turn: call(t)) for turn in range(1, repeats + 1)]
        figures.append(
            {
                "known_account": known,
                "change": change,
                "median_s": statistics.median(times),
                "slowest_s": max(times),
                "first_s": first_s,
                "most_s": MOST_S.get(change),
                "others_cores": others.cores(),
            }
        )
    return figures


def main(arguments: list[str] | None = None) -> int:
    """Print a line for each clip and change and return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=9, help="runs; the median is shown")
    parser.add_argument("--durations", type=float, nargs="+", default=list(DURATIONS_S))
    add_out(parser)
    options = parser.parse_args(arguments)
    figures = []
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "clip.mp4"
        for duration_s in options.durations:
            write_clip(path, 288, 512, duration_s, speech(duration_s))
            for known in (True, False):
                for found in measured(path, known, options.repeats):
                    account = "known account" if known else "unknown account"
                    most_s = found["most_s"]
                    target = f" (target {1e3 * most_s:.0f} ms)" if most_s else ""
                    print(
                        f"{duration_s:g} s, {account}: {found['change']} "
                        f"{1e3 * found['median_s']:.0f} ms{target}, slowest "
                        f"{1e3 * found['slowest_s']:.0f} ms, first "
                        f"{1e3 * found['first_s']:.0f} ms; "
                        f"others used {found['others_cores']:.1f} cores",
                        flush=True,
                    )
                    figures.append({"duration_s": duration_s, **found})
    keep(options.out, "what-if", figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
