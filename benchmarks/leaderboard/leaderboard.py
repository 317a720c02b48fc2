"""The leaderboard: tables to predict, scores, and the methods that are on it.

    python benchmarks/leaderboard/leaderboard.py tasks --out tasks       # what is asked
    python benchmarks/leaderboard/leaderboard.py score mine.csv          # a submission, any method
    python benchmarks/leaderboard/leaderboard.py methods --write         # ours and simple rules

`--data` is the folder of posts, ../shared/data unless told otherwise. `methods` trains twice, some
minutes each; `--rules` leaves ours as it was measured. `--write` brings results.json and the tables
of README.md up to date.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent))

from methods import RULES, by_rule, by_viral, inputs_of
from protocols import ROOT, posts_of, protocols, task_table
from scoring import read_submission, score

from viral.errors import ViralError

HERE = Path(__file__).resolve().parent
RESULTS, README = HERE / "results.json", HERE / "README.md"
BEGIN, END = "<!-- begin: results -->\n", "<!-- end: results -->"
TITLES = {
    "unseen_creators": "Unseen creators",
    "later_posts": "Later posts",
    "small_accounts_today": "Small accounts of today",
    "lift": "Lift beside the level",
}
OURS = "viral"


def row(name: str, found: Mapping[str, Any]) -> str:
    """Return one line of a table."""
    low, high = found["interval"]["mae"]
    ranked = f"{found['spearman']:.3f}" if "spearman" in found else "-"
    return (
        f"| {name} | {found['mae']:.3f} ({low:.3f} to {high:.3f}) | "
        f"x{found['typical_miss_factor']:.2f} | {ranked} | {found['r2']:.3f} | "
        f"{100 * found['coverage']:.0f} % | {found['pinball']:.4f} |"
    )


def tables(results: Mapping[str, Mapping[str, Any]]) -> str:
    """Return a table for each question, the smallest error first."""
    parts = []
    for protocol, title in TITLES.items():
        ranked = sorted(
            ((found[protocol], name) for name, found in results.items() if protocol in found),
            key=lambda pair: pair[0]["mae"],
        )
        if not ranked:
            continue
        first = ranked[0][0]
        parts += [
            f"**{title}**: {first['posts']:,} posts of {first['creators']:,} creators.",
            "",
            "| method | MAE (95 %) | typical miss | Spearman | R2 | in the 80 % range | pinball |",
            "| --- | --- | --- | --- | --- | --- | --- |",
            *(row(name, found) for found, name in ranked),
            "",
        ]
    return "\n".join(parts)


def fresh_readme(results: Mapping[str, Any]) -> str:
    """Return README.md with the tables of some results."""
    words = README.read_text(encoding="utf-8")
    head, _, rest = words.partition(BEGIN)
    return head + BEGIN + tables(results) + END + rest.partition(END)[2]


def written(results: Mapping[str, Any]) -> None:
    """Bring results.json and README.md up to date."""
    RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    README.write_text(fresh_readme(results), encoding="utf-8")


def methods(data_dir: Path, *, with_ours: bool) -> dict[str, Any]:
    """Return method -> question -> figures."""
    posts = posts_of(data_dir)
    asked = protocols(posts)
    results: dict[str, Any] = {
        name: {
            question: score(by_rule(rule, posts, protocol), posts, protocol)
            for question, protocol in asked.items()
        }
        for name, rule in RULES.items()
    }
    if with_ours:
        inputs = inputs_of(posts)
        alike = [asked["unseen_creators"], asked["small_accounts_today"], asked["lift"]]
        results[OURS] = {}
        for group in (alike, [asked["later_posts"]]):
            submission = by_viral(posts, inputs, group)
            for one in group:
                results[OURS][one.name] = score(submission, posts, one)
    elif RESULTS.is_file():
        results[OURS] = json.loads(RESULTS.read_text(encoding="utf-8"))[OURS]
    return results


def scored(path: Path, data_dir: Path) -> dict[str, Any]:
    """Return question -> figures of a submission, for the questions that it answers.

    Raises
    ------
    TableError
        It cannot be read, answers none of the questions, or leaves posts out.
    """
    submission = read_submission(path)
    unknown = sorted(set(submission["protocol"]) - set(TITLES))
    if unknown or submission.empty:
        names = ", ".join(TITLES)
        raise ViralError(f"{path.name} must answer some of {names}, and nothing else.")
    posts = posts_of(data_dir)
    asked = protocols(posts)
    return {
        name: score(submission, posts, asked[name])
        for name in TITLES
        if (submission["protocol"] == name).any()
    }


def main(words: Sequence[str] | None = None) -> int:
    """Run one of the three; 2 with one sentence where something cannot be used."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared" / "data")
    parts = parser.add_subparsers(dest="what", required=True)
    parts.add_parser("tasks").add_argument("--out", type=Path, required=True)
    parts.add_parser("score").add_argument("submission", type=Path)
    run = parts.add_parser("methods")
    run.add_argument("--rules", action="store_true")
    run.add_argument("--write", action="store_true")
    given = parser.parse_args(words)
    try:
        if given.what == "tasks":
            posts = posts_of(given.data)
            given.out.mkdir(parents=True, exist_ok=True)
            for name, protocol in protocols(posts).items():
                task_table(posts, protocol).to_parquet(given.out / f"{name}.parquet", index=False)
                print(f"{name}: {protocol.asked.sum():,} posts asked.")
            return 0
        if given.what == "score":
            print(tables({given.submission.stem: scored(given.submission, given.data)}))
            return 0
        results = methods(given.data, with_ours=not given.rules)
    except ViralError as error:
        print(f"leaderboard: {error}", file=sys.stderr)
        return 2
    if given.write:
        written(results)
    print(tables(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
