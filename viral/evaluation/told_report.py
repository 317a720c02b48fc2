"""What is promised, and what happened: the tables of `viral.evaluation.combinations` in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

KINDS = {"source": "By set", "size": "By followers", "year": "By year"}
SHOWN = ("5 views", "5 views, followers", "followers, length, caption", "everything")
"""Combinations whose groups are shown one by one; all of them stand in `evaluation.json`."""
SET_APART = (
    "nothing",
    "length and caption",
    "followers",
    "followers, length, caption",
    "1 view",
    "5 views",
    "everything",
)
HEAD = (
    "posts",
    "R2",
    "Spearman",
    "MAE",
    "of the last five",
    "of the own median",
    "bias",
    "inside",
    "below",
    "above",
    "above the middle",
)


def number(value: Any, form: str = ".3f") -> str:
    """Return a figure for a table; `-` where it could not be computed."""
    return "-" if value is None else format(float(value), form)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)


def _row(found: Mapping[str, Any]) -> list[str]:
    others = found["others"]
    return [
        f"{found['posts']:,}",
        *(number(found[key]) for key in ("r2", "spearman", "mae")),
        *(number(others.get(n, {}).get("mae")) for n in ("mean of the last five", "own median")),
        number(found["bias"], "+.2f"),
        *(number(found[key], ".2f") for key in ("coverage", "below", "above", "above the middle")),
    ]


def told_section(result: Mapping[str, Any]) -> list[str]:
    """Return the section "What is promised, and what happened", as paragraphs of Markdown."""
    told = result.get("told")
    if told is None:
        return []
    parts = [
        "## What is promised, and what happened",
        "A fifth of the creators of every set is held out and told one combination after the "
        "other; everything else is left out. `inside`, `below` and `above` are shares of posts "
        "in, below and above the 80 % range; `above the middle` is the share above what is shown "
        "as the median. Bias is predicted less true, log10. Sets that were picked by their views "
        "stand by themselves alone and count for nothing else.",
        table(
            ("told", *HEAD),
            [[name, *_row(groups["all"]["all"])] for name, groups in told.items()],
        ),
    ]
    for kind, title in KINDS.items():
        rows = [
            [name, group, *_row(found)]
            for name in SHOWN
            if name in told
            for group, found in told[name][kind].items()
        ]
        parts += [f"### {title}", table(("told", "posts of", *HEAD), rows)]
    parts += [
        "### Likes, comments, shares and saves: share inside their 80 % range",
        _counts(told),
        "### Chance of a breakout",
        _breakouts(told),
        *_set_apart(told),
        "### Where the newest of five recent views is not what it will be",
        table(
            ("newest view", "posts", "MAE", "inside", "below", "above"),
            [
                [
                    name,
                    f"{found['posts']:,}",
                    number(found["mae"]),
                    *(number(found[key], ".2f") for key in ("coverage", "below", "above")),
                ]
                for name, found in result["odd values"].items()
            ],
        ),
        "### Years that nobody has learnt from",
        "By how much models of posts to 2021 need wider ranges on posts of 2024 and later, by "
        "others, for each year: "
        + ", ".join(f"{name} {100 * rate:.1f} %" for name, rate in result["drift"].items())
        + ". The ranges of posts yet to come widen by that, on both sides.",
        "### Each set, predicted without it",
        "By models that never saw the set; beside it, what the model that saw four fifths of its "
        "creators makes of the rest.",
        _left_out(result),
    ]
    return parts


def _counts(told: Mapping[str, Any]) -> str:
    names = ("likes", "comments", "shares", "saves")
    rows = [
        [name, *(number(groups["all"]["all"]["counts"].get(count), ".2f") for count in names)]
        for name, groups in told.items()
    ]
    return table(("told", *names), rows)


def _breakouts(told: Mapping[str, Any]) -> str:
    rows = [
        [
            name,
            group,
            *(number(found["breakout"][key]) for key in ("said", "happened", "brier", "constant")),
        ]
        for name in SHOWN
        if name in told
        for kind in ("all", "source", "size")
        for group, found in told[name][kind].items()
        if "breakout" in found
    ]
    head = ("told", "posts of", "said", "happened", "Brier score", "of always saying how often")
    return table(head, rows)


def _set_apart(told: Mapping[str, Any]) -> list[str]:
    if not all("made up" in groups for groups in told.values()):
        return []
    sets = sorted({name for groups in told.values() for name in groups["source"]})
    shown = [name for name in SET_APART if name in told]
    real = [
        [one, *(_share(told[name]["source"].get(one, {}).get("set apart")) for name in shown)]
        for one in sets
    ]
    claims = list(told[shown[0]]["made up"]) if shown else []
    false = [
        [
            f"{'1/' if claim[0] == '-' else 'x '}{10 ** int(claim[1:]):,}",
            *(_share(told[name]["made up"][claim]) for name in shown),
        ]
        for claim in claims
    ]
    return [
        "### Reports that are set apart",
        "What really happened to posts of creators that were held out, told as the head says: the "
        "share that would not be believed, in %. Below, the same of made-up reports that claim a "
        "multiple or a share of what was predicted.",
        table(("posts of", *shown), real),
        table(("made-up reports of", *shown), false),
    ]


def _share(value: Any) -> str:
    return "-" if value is None else f"{100 * float(value):.2f}"


def _left_out(result: Mapping[str, Any]) -> str:
    rows = []
    for name, found in result["sets"].items():
        for told, figures in found.items():
            known = result["told"].get(told, {}).get("source", {}).get(name)
            rows.append(
                [
                    name,
                    told,
                    number(figures["mae"]),
                    number(figures["bias"], "+.2f"),
                    number(figures["spearman"]),
                    number(figures["coverage"], ".2f"),
                    "-" if known is None else number(known["mae"]),
                    "-" if known is None else number(known["bias"], "+.2f"),
                ]
            )
    head = ("set", "told", "MAE", "bias", "Spearman", "inside", "MAE with it", "bias with it")
    return table(head, rows)
