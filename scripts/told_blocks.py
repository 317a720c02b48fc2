"""Tables of the model's card and of README: what is promised and what happened."""

from __future__ import annotations

import json

from update_readme import EVALUATION, table

NOT_MEASURED = "Not measured yet: run `viral evaluate`."
PROMISED = (
    "5 views",
    "10 views, followers, length, time",
    "followers, length, time, caption",
    "length and caption",
)
"""Combinations that README shows."""


def told_block() -> str:
    """Return what is promised and what happened, by what is told."""
    told = json.loads(EVALUATION.read_text(encoding="utf-8")).get("told")
    if told is None:
        return NOT_MEASURED
    rows = []
    for name, groups in told.items():
        found = groups["all"]["all"]
        five = found["others"].get("mean of the last five")
        rows.append(
            [
                name,
                f"{found['posts']:,}",
                f"x{10 ** found['mae']:.1f}",
                "-" if five is None else f"x{10 ** five['mae']:.1f}",
                f"{found['coverage']:.0%}",
                f"{found['below']:.0%}",
                f"{found['above']:.0%}",
            ]
        )
    head = ["told", "posts", "typical miss", "of the last five", "inside", "below", "above"]
    return table(head, rows)


def sizes_block() -> str:
    """Return typical miss and coverage by size of account and by year, beside trivial rules."""
    told = json.loads(EVALUATION.read_text(encoding="utf-8")).get("told")
    if told is None:
        return NOT_MEASURED
    rows = []
    for name in ("5 views", "followers, length, caption"):
        for kind in ("size", "year"):
            for group, found in told[name][kind].items():
                others = found["others"].values()
                rule = min((one["mae"] for one in others), default=None)
                rows.append(
                    [
                        name,
                        f"{group} followers" if kind == "size" else f"posted {group}",
                        f"{found['posts']:,}",
                        f"x{10 ** found['mae']:.1f}",
                        "-" if rule is None else f"x{10**rule:.1f}",
                        f"{found['coverage']:.0%}",
                    ]
                )
    head = ["told", "posts of", "posts", "typical miss", "best simple rule", "inside"]
    return table(head, rows)


def breakout_block() -> str:
    """Return the Brier scores of the chance of a breakout."""
    rows = [
        [
            setting,
            f"{found['posts']:,}",
            f"{found['base_rate']:.3f}",
            f"{found['brier']:.3f}",
            f"{found['brier_of_base_rate']:.3f}",
        ]
        for setting, found in json.loads(EVALUATION.read_text(encoding="utf-8"))["breakout"].items()
    ]
    head = ["told", "posts", "how often", "Brier score", "of always saying how often"]
    return table(head, rows)


def promised_block() -> str:
    """Return what README says of promises and of what happened, four lines."""
    told = json.loads(EVALUATION.read_text(encoding="utf-8")).get("told")
    if told is None:
        return NOT_MEASURED
    rows = []
    for name in PROMISED:
        found = told[name]["all"]["all"]
        rules = [one["mae"] for one in found["others"].values()]
        chance = found.get("breakout", {})
        rows.append(
            [
                name,
                f"x{10 ** found['mae']:.1f}",
                f"x{10 ** min(rules):.1f}" if rules else "-",
                f"{found['coverage']:.0%}",
                f"{found['below']:.0%} / {found['above']:.0%}",
                f"{found['above the middle']:.0%}",
                f"{chance['said']:.0%} / {chance['happened']:.0%}" if chance else "-",
            ]
        )
    head = ["told", "typical miss", "best simple rule", "inside the range", "below / above"]
    return table([*head, "above the middle", "breakout said / happened"], rows)


def pairs_block() -> str:
    """Return what is learnt of pairs of posts of one account: slopes of realised on promised."""
    from viral.model.pairwise import KEPT

    manifest = json.loads(EVALUATION.with_name("manifest.json").read_text(encoding="utf-8"))
    rows = []
    for tier, pairs in manifest["pairs"].items():
        rows.append([tier, "all together", f"{pairs['pairs']:,}", f"{pairs['slope']:.2f}", "-"])
        for kind, one in pairs["kinds"].items():
            ends = f"{one['low']:.2f} to {one['high']:.2f}"
            offered = "yes" if one["low"] >= KEPT else "no"
            rows.append([tier, kind, f"{one['pairs']:,}", f"{one['slope']:.2f} ({ends})", offered])
    return table(["tier", "change of", "pairs", "came on promised, log10", "suggested"], rows)
