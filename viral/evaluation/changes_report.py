"""What came of promised changes and chances, in words and tables for `EVALUATION.md`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from viral.evaluation.told_report import number, table

TOLD = {
    "history": "recent views",
    "account": "followers, no recent views",
    "unknown": "nothing of the account",
}


def _slope(found: Mapping[str, Any]) -> str:
    low, high = found["interval"]
    return f"{number(found['slope'], '.2f')} ({number(low, '.2f')} to {number(high, '.2f')})"


def _learnt(found: Mapping[str, Any]) -> str:
    learnt = found["learnt"]
    if learnt is None:
        return "-"
    return _slope({"slope": learnt["slope"], "interval": [learnt["low"], learnt["high"]]})


def _factor(found: Mapping[str, Any], key: str) -> str:
    return f"x{found[key]:.2f}" if key in found else "-"


def changes_section(result: Mapping[str, Any]) -> list[str]:
    """Return the paragraphs on changes within accounts and on the better of two."""
    changes = result.get("changes")
    if not changes:
        return []
    kinds = [
        [
            TOLD[pattern],
            kind,
            f"{found['pairs']:,}",
            _learnt(one),
            _slope(one),
            f"{one['clear']:,}",
            _factor(one, "promised"),
            _factor(one, "came"),
            "yes" if one["offered"] else "no",
        ]
        for pattern, found in changes.items()
        for kind, one in found["kinds"].items()
    ]
    wins = [
        [
            TOLD[pattern],
            f"{one['from']:.2f} to {one['to']:.2f}",
            f"{one['pairs']:,}",
            number(one["said"]),
            f"{number(one['won'])} ({number(one['interval'][0])} to {number(one['interval'][1])})",
        ]
        for pattern, found in changes.items()
        for one in found["wins"]
    ]
    return [
        "### What changes are promised, and what they brought",
        "Two neighbouring posts of one creator that was held out, the later one told the past of "
        "the earlier one: what the model promises of their difference in time, length and caption "
        "beside what came of it. The slope is what came on what was promised, log10: 1 where a "
        "promise of x1.20 is worth x1.20, 0 where it is worth nothing. `learnt` is the slope on "
        "the creators of the training, out of fold, by which it is decided whether a change is "
        "offered: the low end of its interval has to be 0.8 or more. `clear` are pairs with a "
        "promise of a tenth or more, and their mean promise and what came of it.",
        table(
            (
                "told",
                "change of",
                "pairs",
                "slope, learnt",
                "slope, held out",
                "clear",
                "promised",
                "came",
                "offered",
            ),
            kinds,
        ),
        "### The better of two posts of one account: said and happened",
        table(("told", "chance", "pairs", "said", "won"), wins),
    ]
