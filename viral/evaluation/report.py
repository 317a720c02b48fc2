"""The evaluation in words and tables: `EVALUATION.md` out of the figures of `evaluation.json`.

Nothing is computed here, so the page cannot say what was not measured.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from viral.evaluation.changes_report import changes_section
from viral.evaluation.told_report import told_section
from viral.model.virality import ENGAGEMENTS

POINT = ("r2", "spearman", "mae")
TITLES = {
    "r2": "R2",
    "spearman": "Spearman",
    "mae": "MAE log10",
    "coverage": "80 % coverage",
    "width": "width log10",
    "pinball": "pinball",
}
LIFT_AIMS = {"r2": 0.16, "spearman": 0.40}
TRENDING_AIMS = {"r2": 0.20, "spearman": 0.40}
TARGETS = (
    ("unseen creators, 5 or more recent views", "unseen creators", "history", (0.89, 0.92, 0.26)),
    (
        "unseen creators, account only, age unknown",
        "unseen creators",
        "account",
        (0.78, 0.855, 0.38),
    ),
    (
        "last fifth in time, 5 or more recent views",
        "last fifth in time",
        "history",
        (0.83, 0.885, 0.315),
    ),
)
"""What is aimed at: name, protocol, setting, and R2, Spearman and MAE."""


def number(value: Any, digits: int = 3) -> str:
    """Return a figure for a table; `-` where it could not be computed."""
    return "-" if value is None else f"{float(value):.{digits}f}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _with_interval(found: Mapping[str, Any], key: str) -> str:
    ends = found.get("interval", {}).get(key)
    middle = number(found.get(key))
    return middle if not ends else f"{middle} ({number(ends[0])} to {number(ends[1])})"


def _seeds(found: Mapping[str, Any]) -> str:
    drawn = found.get("by_seed") or []
    if not drawn:
        return ""
    ranges = []
    for key in POINT:
        values = [run[key] for run in drawn if run.get(key) is not None]
        ranges.append(f"{TITLES[key]} {number(min(values))} to {number(max(values))}")
    return f"Over {len(drawn)} draws of held-out creators: {', '.join(ranges)}."


def _setting(name: str, found: Mapping[str, Any]) -> str:
    keys = [key for key in TITLES if key in found["model"]]
    rows = [["**this model**", *(_with_interval(found["model"], key) for key in keys)]]
    for other, figures in found["others"].items():
        rows.append([other, *(number(figures.get(key)) for key in keys)])
    size = f"{found['model']['posts']:,} posts of {found['model']['creators']:,} creators."
    parts = [f"### {name}", size, table(["method", *(TITLES[k] for k in keys)], rows)]
    spread = _seeds(found)
    return "\n\n".join([*parts, spread] if spread else parts)


def _beside(value: float, aim: float, key: str) -> str:
    reached = value <= aim if key == "mae" else value >= aim
    return f"{number(value)} of {aim:g}{'' if reached else ', short'}"


def _targets(result: Mapping[str, Any]) -> str:
    rows = []
    for name, protocol, setting, aims in TARGETS:
        figures = result[protocol][setting]["model"]
        cells = [name]
        for key, aim in zip(POINT, aims, strict=True):
            value = figures[key]
            cells.append(_beside(value, aim, key))
        rows.append(cells)
    for name, figures, aims_of in (
        ("lift over the own last-10 mean, unseen creators", result["lift"]["model"], LIFT_AIMS),
        (
            "trending, content and caption only, grouped by author",
            result["trending"]["methods"]["stack and early fusion"],
            TRENDING_AIMS,
        ),
    ):
        rows.append(
            [name, *(_beside(figures[k], aims_of[k], k) if k in aims_of else "-" for k in POINT)]
        )
    return table(["protocol", *(TITLES[key] for key in POINT)], rows)


def _coverage(groups: Mapping[str, Any]) -> str:
    rows = [
        [setting, group, number(found["coverage"]), f"{found['posts']:,}"]
        for setting, by_group in groups.items()
        for group, found in by_group.items()
    ]
    return table(["what is told", "accounts", "coverage", "posts"], rows)


def _methods(found: Mapping[str, Any]) -> str:
    methods = found.get("methods") or {}
    if not methods:
        return "Too few posts to say."
    rows = [[name, *(_with_interval(f, key) for key in POINT)] for name, f in methods.items()]
    weights = ", ".join(f"{name} {number(w, 2)}" for name, w in found.get("weights", {}).items())
    mean = f"\n\nMean weights of the stack inside this protocol: {weights}." if weights else ""
    return table(["method", *(TITLES[key] for key in POINT)], rows) + mean


def _engagement(result: Mapping[str, Any]) -> str:
    rows = [
        [setting, count, method, number(error)]
        for setting, counts in result.items()
        for count, found in counts.items()
        for method, error in found["mae"].items()
    ]
    return table(["what is told", "count", "ratios from", "MAE log10"], rows)


def _breakout(result: Mapping[str, Any]) -> str:
    rows = [
        [name, number(found.get("brier")), number(found.get("brier_of_base_rate"))]
        for name, found in result.items()
    ]
    return table(["what is told", "Brier score", "of the base rate"], rows)


def _possible(found: Mapping[str, Any]) -> str:
    if not found:
        return "There are too few small or large accounts to say what one range can cover."
    plain, smallest = found["tenth on either side"], found["smallest"]
    said = (
        "Where nothing is told, small and large accounts lie at opposite ends. One range for all "
        f"that leaves out a tenth on either side covers {number(plain['small'])} of accounts under "
        f"100,000 followers and {number(plain['large'])} of those over 3,000,000 "
        f"(width {number(plain['width'], 2)} log10). "
    )
    if not smallest:
        return said + "No range covers three quarters of both."
    return said + (
        "The range that covers three quarters of both and the least of all posts covers "
        f"{number(smallest['all'])} of all: it leaves out {number(smallest['below'])} below and "
        f"{number(smallest['above'])} above, and is {number(smallest['width'], 2)} log10 wide."
    )


def _growth(result: Mapping[str, Any]) -> str:
    shares = ", ".join(
        f"after {days} {number(share)}"
        for days, share in sorted(
            result["growth"].items(), key=lambda item: int(item[0].split()[0])
        )
    )
    rows = [
        [
            point["ages"],
            number(point["predicted"]),
            number(point["happened"]),
            f"{point['posts']:,}",
        ]
        for point in result["growth in the data"]
    ]
    head = ("days after posting", "predicted", "in the data", "posts")
    return (
        f"Views as a share of those after 30 days, by the growth curve: {shares}. Below, the "
        "median of log10 views over the mean of the last five, of posts of unseen creators.\n\n"
        + table(head, rows)
    )


def _scores(result: Mapping[str, Any]) -> str:
    rows = [
        [
            name,
            *(number(found[key]) for key in POINT),
            ", ".join(f"{count} {number(found['weights'][count])}" for count in ENGAGEMENTS),
        ]
        for name, found in result.items()
    ]
    return (
        "How well views of unseen creators are predicted, history told, when another score is what "
        "training aims at. Learnt weights are those with which a post's counts best predict the "
        "views of the creator's next post.\n\n"
        + table(("score", *(TITLES[key] for key in POINT), "weights"), rows)
    )


def _attribution(found: Mapping[str, Any]) -> str:
    return (
        f"What each input adds comes from LightGBM. Over {found['posts']:,} posts and "
        f"{found['trees']:,} trees it differs by at most {found['largest difference']} in log10 "
        "from what shap's own sums over the same trees give."
    )


def written(result: Mapping[str, Any]) -> str:
    """Return the report of what `viral.evaluation.evaluate.evaluate` measured."""
    lift = result["lift"]
    lift_rows = [[name, *(number(f.get(key)) for key in POINT)] for name, f in lift.items()]
    sections = [
        "# Evaluation",
        "Written by `viral evaluate`. The shipped model has seen every post, so what is measured "
        "is the same training, with one booster instead of two, on what is left when a part is "
        "held out. Figures are of log10 views; 95 % intervals over creators stand in brackets. "
        "[The experiments](../docs/experiments.md) say what was tried, and which choices were made "
        "after looking at held-out posts.",
        "## Against what is aimed at",
        _targets(result),
        *told_section(result),
        *changes_section(result),
        "## Unseen creators",
        *(_setting(name, found) for name, found in result["unseen creators"].items()),
        "## Last fifth in time",
        *(_setting(name, found) for name, found in result["last fifth in time"].items()),
        "## Lift over the mean of the last ten posts, unseen creators",
        table(["method", *(TITLES[key] for key in POINT)], lift_rows),
        "## Coverage of the 80 % range, unseen creators",
        _coverage(result["coverage"]),
        "## Coverage of the 80 % range, last fifth in time",
        _coverage(result["coverage in time"]),
        "![Coverage by what is told](coverage.svg)",
        _possible(result["possible coverage"]),
        "## Chance of a breakout",
        _breakout(result["breakout"]),
        "![Reliability curve](reliability.svg)",
        "## Growth with age, predicted and in the data",
        _growth(result),
        "![Views by age when counted](growth.svg)",
        "## Attribution against a second implementation",
        _attribution(result["attribution"]),
        "## Likes, comments and shares, unseen creators",
        _engagement(result["engagement"]),
        "## Scores",
        _scores(result["scores"]),
        "## Trending posts by content metadata, captions and audio, authors kept apart",
        _methods(result["trending"]),
        "## One creator's clips in time order, by content",
        _methods(result["clips"]),
    ]
    return "\n\n".join(sections) + "\n"
