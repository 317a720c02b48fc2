"""How much an account's own hours, weekdays, lengths and hashtags say of its next posts.

For each account with enough posts, the first half of them says what a group of posts got beside the
others, and the second half what it got then. Printed are, by kind of group: how many accounts'
groups have posts enough in both halves; how much accounts truly differ (the covariance of the two
halves, as a standard deviation, log10); the correlation of the halves; the root mean squared error
of the second half where nothing, everybody's, the account's own, or its own drawn towards
everybody's is guessed; and how often the 95 % interval held. Last, how far single posts stray.
Hours are UTC, because where an account is was not recorded.

python experiments/own_habits.py [--data ../shared/data]
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from viral.explore.aggregates import DURATION_EDGES_S, part
from viral.explore.habits import (
    BLOCK_HOURS,
    SPREADS_LOG10,
    difference,
    drawn,
    lifts,
    spread_of,
)
from viral.posts.hashtags import hashtags_in, is_reach_tag
from viral.posts.history import training_posts

FEWEST_OF_AN_ACCOUNT = 20
LUCK = 0.02
"""Added to each group's variance in the weights, so that large groups do not decide alone."""


def _labels(posts: pd.DataFrame) -> dict[str, list[frozenset[str]]]:
    """Return by kind the groups that each post is of."""
    tags = [
        frozenset(tag for tag in found if not is_reach_tag(tag))
        for found in (
            listed if listed is not None else hashtags_in(caption or "")
            for listed, caption in zip(posts["hashtags"], posts["caption"], strict=True)
        )
    ]
    lengths = part(posts["duration_s"].to_numpy(dtype=np.float64), DURATION_EDGES_S)
    single = {
        "hour": posts["posted_at"].dt.hour // BLOCK_HOURS,
        "weekday": posts["posted_at"].dt.day_of_week,
        "duration": pd.Series(lengths),
    }
    found = {
        kind: [frozenset({str(place)} if place >= 0 else ()) for place in places]
        for kind, places in single.items()
    }
    return {**found, "hashtag": tags}


def _groups(posts: pd.DataFrame) -> tuple[dict[str, pd.DataFrame], float, int]:
    """Return by kind what each account's groups got in both halves, and how far posts stray."""
    rows: dict[str, list[dict[str, float | str]]] = {kind: [] for kind in SPREADS_LOG10}
    spreads = []
    for _, feed in posts.groupby(["source", "creator"], sort=False):
        values = lifts(feed["views"].tolist())
        if np.isfinite(values).sum() < FEWEST_OF_AN_ACCOUNT:
            continue
        spreads.append(float(np.nanstd(values)))
        half = np.arange(len(values)) < len(values) // 2
        single = spread_of(values[half]) ** 2
        for kind, labels in _labels(feed.reset_index(drop=True)).items():
            for name in sorted(frozenset().union(*labels)):
                inside = np.array([name in own for own in labels])
                first = difference(values[half], inside[half])
                second = difference(values[~half], inside[~half])
                if np.isfinite([first[0], second[0]]).all():
                    rows[kind].append(
                        {
                            "name": name,
                            "first": first[0],
                            "second": second[0],
                            "variance": first[1] * single,
                            "later": second[1] * single,
                        }
                    )
    tables = {kind: pd.DataFrame(found) for kind, found in rows.items()}
    return tables, float(np.sqrt(np.mean(np.square(spreads)))), len(spreads)


def main() -> None:
    """Print a line for each kind of group."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    posts = training_posts(parser.parse_args().data)
    known = posts["creator"].notna() & posts["posted_at"].notna()
    posts = posts[known].sort_values("posted_at", kind="stable").reset_index(drop=True)
    tables, spread, accounts = _groups(posts)
    heads = ("groups", "differ", "corr.", "nothing", "everybody", "own", "drawn", "held")
    print(f"{accounts:,} accounts\n{'':>9}" + " ".join(f"{head:>9}" for head in heads))
    for kind, table in tables.items():
        first, second, variance = (table[n] for n in ("first", "second", "variance"))
        # A hashtag is hardly ever everybody's, so nothing is what everybody's is there.
        everybody = first * 0.0
        if kind != "hashtag":
            means = table.assign(w=1 / variance, v=first / variance).groupby("name")[["v", "w"]]
            everybody = table["name"].map(means.sum().eval("v / w"))
        weights = 1 / np.sqrt(variance * table["later"])
        apart = np.average((first - everybody) * (second - everybody), weights=weights)
        mean, left = drawn(first, variance, everybody, SPREADS_LOG10[kind])
        guesses = (first * 0.0, everybody, first, mean)
        later = 1 / (table["later"] + LUCK)
        errors = [np.sqrt(np.average((second - guess) ** 2, weights=later)) for guess in guesses]
        held = np.mean(np.abs(second - mean) < 1.96 * np.sqrt(left + table["later"]))
        print(
            f"{kind:>9}{len(table):>9,} {np.sqrt(max(apart, 0.0)):>9.3f} "
            f"{np.corrcoef(first, second)[0, 1]:>9.2f} "
            + " ".join(f"{error:>9.4f}" for error in errors)
            + f" {held:>9.2f}"
        )
    print(f"single posts stray by {spread:.2f}")


if __name__ == "__main__":
    main()
