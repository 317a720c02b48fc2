"""The tables of the model's card and of its guide, from the manifest and the measured figures.

Each function returns Markdown. Nothing is computed here but sums and shares of what those files
say, so that a document cannot say what was not measured or learnt.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from told_blocks import breakout_block, pairs_block, sizes_block, told_block
from update_readme import accuracy_block, table, weights_block

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "models"
EVALUATION = MODELS / "evaluation.json"
MANIFEST = MODELS / "manifest.json"
EXPERIMENTS = ROOT / "docs" / "experiments.json"
TUNED = ROOT / "viral" / "training" / "tuned.json"
PARTS = ("context", "visual", "audio", "speech", "text")
PROTOCOLS = ("unseen creators", "last fifth in time")
SETTINGS = ("history", "account", "followers", "nothing")
COVERAGE_OF = {"unseen creators": "coverage", "last fifth in time": "coverage in time"}
TITLES = {"r2": "R2", "spearman": "Spearman", "mae": "MAE log10"}
AIMED_COVERAGE = 0.78
"""An 80 % range that covers less is listed among what is weak."""
SOURCES = {
    "creators_2020": "whole recent feeds of creators, ordinary posts",
    "creator_videos": "one creator's posts, 50 of them with their clip",
    "trending_2020": "trending posts, no follower counts",
    "vietnam_2025": "mostly high-view posts from Vietnam",
    "denmark_2026": "whole feeds of small accounts, candidates and parties",
    "feeds_2021": "whole feeds of large accounts, no follower counts",
    "srilanka_2025": "whole feeds of YouTube channels, a third of them Shorts",
    "mixed_2024": "posts of early 2024, many that went far, no follower counts",
    "hotels": "posts about hotels, found by search",
    "formats_2025": "posts in the form of memes, as many of each size of views",
    "niches_2025": "four niches, the upper half taken more often",
    "feedback": "what creators reported of their own posts",
}
FRONT_SETTINGS = (
    ("unseen creators", "history", "creators it never saw, recent views known"),
    ("unseen creators", "account", "creators it never saw, followers and totals known"),
    ("last fifth in time", "history", "the newest fifth of posts, recent views known"),
)


def read(path: Path) -> Any:
    """Return what a JSON file says."""
    return json.loads(path.read_text(encoding="utf-8"))


def ranged(found: Mapping[str, Any], key: str, form: str = ".3f") -> str:
    """Return a figure with its 95 % interval; `-` where it could not be measured."""
    if found.get(key) is None:
        return "-"
    ends = (found.get("interval") or {}).get(key)
    middle = f"{found[key]:{form}}"
    return middle if not ends else f"{middle} ({ends[0]:{form}} to {ends[1]:{form}})"


def changed(gain: Mapping[str, Any]) -> str:
    """Return the change of an error with its interval."""
    low, high = gain["interval"]
    return f"{gain['difference']:+.3f} ({low:+.3f} to {high:+.3f})"


def front_block() -> str:
    """Return the card's metadata in the form of the Hugging Face hub, YAML."""
    result = read(EVALUATION)
    lines = ["model-index:", "- name: viral", "  results:"]
    for protocol, setting, words in FRONT_SETTINGS:
        found = result[protocol][setting]["model"]
        lines += [
            "  - task:",
            "      type: tabular-regression",
            "      name: log10 views of a short video before it is posted",
            "    dataset:",
            "      type: private",
            f"      name: {words}",
            "    metrics:",
        ]
        for name, kind, key in (
            ("R2", "r_squared", "r2"),
            ("Spearman", "spearmanr", "spearman"),
            ("MAE of log10 views", "mae", "mae"),
            ("coverage of the 80 % range", "coverage", "coverage"),
        ):
            lines += [
                f"    - type: {kind}",
                f"      name: {name}",
                f"      value: {found[key]:.3f}",
            ]
    return "\n".join(lines)


def facts_block() -> str:
    """Return what the model is made of."""
    manifest = read(MANIFEST)
    files = [MODELS / name for name in manifest["files"]]
    size = sum(path.stat().st_size for path in (*files, MANIFEST))
    facts = manifest["facts"]
    posts = sum(source["posts"] for source in facts["data"].values())
    libraries = ", ".join(f"{name} {version}" for name, version in facts["libraries"].items())
    rows = [
        ["version", f"`{manifest['version']}`"],
        ["posts learnt from", f"{posts:,}"],
        ["files", f"{len(files)} of trees as LightGBM text, one manifest, its SHA-256"],
        ["size", f"{size / 1e6:.1f} MB"],
        [
            "what is predicted",
            f"score `{facts['options']['score']}`, log10, then split into counts",
        ],
        ["trained with", libraries],
    ]
    return table(["what", "this model"], rows)


def data_block() -> str:
    """Return what was learnt from, source by source and modality by modality."""
    facts = read(MANIFEST)["facts"]
    rows = [
        [
            f"`{name}`",
            SOURCES.get(name, ""),
            f"{source['posts']:,}",
            f"{source['creators']:,}",
            f"{source['first_post']} to {source['last_post']}",
        ]
        for name, source in facts["data"].items()
    ]
    learnt = ", ".join(f"{name} {count:,}" for name, count in facts["learnt_from"].items())
    head = ["set", "what it is", "posts", "creators", "posted"]
    return f"{table(head, rows)}\n\nPosts that each content modality is known of: {learnt}."


def _place(setting: str) -> tuple[int, str]:
    """Return where a setting stands: what is told most of first."""
    known = [name for name in SETTINGS if setting.startswith(name)]
    return (SETTINGS.index(known[0]) if known else len(SETTINGS), setting)


def figures_block() -> str:
    """Return every protocol and setting with its intervals."""
    result = read(EVALUATION)
    rows = []
    for protocol in PROTOCOLS:
        for setting in sorted(result[protocol], key=_place):
            model = result[protocol][setting]["model"]
            cells = [protocol, setting, f"{model['posts']:,}", f"{model['creators']:,}"]
            rows.append([*cells, *(ranged(model, key) for key in (*TITLES, "coverage"))])
    head = ["held out", "told", "posts", "creators", *TITLES.values(), "80 % coverage"]
    return table(head, rows)


def weak_block() -> str:
    """Return where the figures say that the model is weak."""
    result = read(EVALUATION)
    rows = [
        [protocol, setting, group, f"{found['coverage']:.3f}", f"{found['posts']:,}"]
        for protocol, key in COVERAGE_OF.items()
        for setting in sorted(result[key], key=_place)
        for group, found in result[key][setting].items()
        if found["coverage"] < AIMED_COVERAGE
    ]
    if not rows:
        return f"In no measured group do the 80 % ranges hold less than {AIMED_COVERAGE:.0%}."
    head = ["held out", "told", "accounts", "80 % coverage", "posts"]
    return "Groups in which an 80 % range holds less than it says:\n\n" + table(head, rows)


def _methods(found: Mapping[str, Any]) -> str:
    rows = [
        [name, *(ranged(figures, key) for key in TITLES)]
        for name, figures in found["methods"].items()
    ]
    return table(["from", *TITLES.values()], rows)


def content_block() -> str:
    """Return what content alone was measured to say."""
    result = read(EVALUATION)
    clips, trending = result["clips"], result["trending"]
    return (
        f"One creator's clips, {clips['posts']} of them predicted in the order of time, their "
        "log10 views over the mean of the last ten posts:\n\n"
        f"{_methods(clips)}\n\n"
        "Trending posts, log10 views, authors kept apart:\n\n"
        f"{_methods(trending)}"
    )


def account_block() -> str:
    """Return what one creator's own model was measured to be worth."""
    found = read(EXPERIMENTS)["account"]
    level, content = found["level"], found["content"]
    rows = [
        ["the shipped model by itself", f"{level['mae_without']:.3f}", "-", "-"],
        ["with the account's level", f"{level['mae_with']:.3f}", changed(level), "-"],
    ]
    named = [("with all content", content)]
    named += [
        (f"with {part} alone", found["parts"][part]) for part in PARTS if part in found["parts"]
    ]
    for name, one in named:
        rank = "-"
        if one["spearman"] is not None:
            low, high = one["spearman_interval"]
            rank = f"{one['spearman']:.2f} ({low:.2f} to {high:.2f})"
        rows.append([name, f"{one['mae_with']:.3f}", changed(one), rank])
    verdict = (
        "Content has been shown to help, and is used in such an account's predictions."
        if content["shown"]
        else "Neither picture nor sound nor words nor caption nor time of posting has been shown "
        "to predict the lift of these posts: all get weight 0."
    )
    return (
        f"{found['posts']} posts of one creator, {found['measured'].get('visual', 0)} with their "
        f"clip; the newest {found['judged']} are judged, each by what was learnt from earlier ones "
        "alone. Changes of the error below 0 are better; 95 % intervals over runs of neighbouring "
        "posts in brackets.\n\n"
        + table(["on top of the model", "MAE log10", "change", "rank correlation"], rows)
        + f"\n\n{verdict}"
    )


def augmentation_block() -> str:
    """Return what copies of clips, changed a little, were measured to be worth."""
    found = read(EXPERIMENTS)["augmentation"]
    rows = [
        [
            each["name"],
            *(ranged(each, key, ".2f") for key in ("r2", "spearman")),
            ranged(each, "mae"),
            ranged(each, "difference", "+.3f"),
        ]
        for each in found["rows"]
    ]
    return table(["learnt from", *TITLES.values(), "change of the error"], rows)


def tuned_block() -> str:
    """Return what the search for parameters found."""
    if not TUNED.is_file():
        return "No search has been run for this model."
    rows = []
    for pattern, found in read(TUNED).items():
        rows.append(
            [
                pattern,
                f"{found['trials']}",
                f"{found['posts']:,} of {found['creators']:,}",
                f"{found['folds_mae']['found']:.4f} ({found['folds_mae']['by hand']:.4f})",
                f"{found['held_out_mae']['found']:.4f} ({found['held_out_mae']['by hand']:.4f})",
                f"{found['difference']:+.4f} ({found['interval'][0]:+.4f} to "
                f"{found['interval'][1]:+.4f})",
                "yes" if found["better"] else "no",
            ]
        )
    head = ["tier", "trials", "posts of creators", "MAE in folds (by hand)"]
    return table([*head, "MAE on creators put aside (by hand)", "change", "used"], rows)


def score_block() -> str:
    """Return the score with its weights, and how other scores did as a target."""
    manifest, result = read(MANIFEST), read(EVALUATION)
    terms = [
        f"{weight:.4f} * {name}" for name, weight in manifest["virality_weights"].items() if weight
    ]
    rows = [
        [name, *(f"{found[key]:.3f}" for key in TITLES)] for name, found in result["scores"].items()
    ]
    return (
        f"    virality = {' + '.join(['views', *terms])}\n\n"
        "Views of unseen creators, predicted by a model that aims at each of the scores:\n\n"
        + table(["score", *TITLES.values()], rows)
    )


def regressors_block() -> str:
    """Return what each pattern's regressors are made of."""
    rows = []
    for pattern, parts in read(MANIFEST)["patterns"].items():
        named = {
            "what the account usually gets": parts["context"],
            "size of the error": parts["error"],
        }
        named |= {
            f"lift of {name}" if name != "context" else name: e
            for name, e in parts["lifts"].items()
        }
        for name, entry in named.items():
            kinds = [f"{len(entry['files'])} x trees"] if entry["files"] else []
            kinds += [words for key, words in _KINDS.items() if entry.get(key)]
            rows.append([pattern, name, f"{len(entry['columns']):,}", " + ".join(kinds) or "-"])
    return table(["tier", "regressor", "columns", "made of"], rows)


_KINDS = {
    "line": "a line",
    "curve": "a rising curve",
    "smooth": "smooth surfaces and lines",
    "embedding_line": "a line through the embedding",
    "tags": "a table of hashtags",
}


def _stacks() -> Iterator[tuple[str, Mapping[str, Any]]]:
    for pattern, parts in read(MANIFEST)["patterns"].items():
        # The stack for the most that a clip can bring is the one with the longest name.
        yield pattern, parts["weights"][max(parts["weights"], key=len)]


def stack_block() -> str:
    """Return the weights before and after shrinking, with their spread."""
    rows = []
    for pattern, stack in _stacks():
        for name in sorted(stack["weights"], key=PARTS.index):
            raw, error = stack["raw_weights"].get(name), stack["standard_errors"].get(name)
            rows.append(
                [
                    pattern,
                    name,
                    "not weighed" if raw is None else f"{raw:.2f}",
                    "-" if error is None else f"{error:.2f}",
                    f"{stack['weights'][name]:.2f}",
                ]
            )
    return table(["tier", "part", "fitted", "its spread", "after shrinking"], rows)


def growth_block() -> str:
    """Return the growth curve that was learnt."""
    growth = read(MANIFEST)["growth"]
    rows = [
        [f"{days:g}", f"{log + 0.0:+.3f}".replace("-0.000", "+0.000"), f"{10**log:.2f}"]
        for days, log in zip(growth["days"], growth["log_growth"], strict=True)
    ]
    return (
        table(["days after posting", "log10 of growth", "share of the views after 30 days"], rows)
        + f"\n\nThe youngest age that was learnt from is {growth['youngest_days']:.2g} days."
    )


def calibration_block() -> str:
    """Return how many groups the ranges were calibrated in."""
    counts = read(MANIFEST)["calibrations"]["views"]["counts"]
    deepest = [name for name in counts if name]
    return (
        f"Views are calibrated in {len(deepest)} groups and in all posts together, on "
        f"{counts['']:,} residuals; the smallest group has {min(counts.values()):,}."
    )


def engagement_block() -> str:
    """Return the errors of every way to split the score into counts."""
    rows = [
        [setting, count, method, f"{error:.3f}"]
        for setting, counts in read(EVALUATION)["engagement"].items()
        for count, found in counts.items()
        for method, error in found["mae"].items()
    ]
    return table(["told", "count", "ratios from", "MAE log10"], rows)


BLOCKS: Mapping[str, Callable[[], str]] = {
    "front": front_block,
    "facts": facts_block,
    "data": data_block,
    "accuracy": accuracy_block,
    "weights": weights_block,
    "figures": figures_block,
    "told": told_block,
    "sizes": sizes_block,
    "weak": weak_block,
    "content": content_block,
    "account": account_block,
    "augmentation": augmentation_block,
    "tuned": tuned_block,
    "score": score_block,
    "regressors": regressors_block,
    "stack": stack_block,
    "pairs": pairs_block,
    "growth": growth_block,
    "calibration": calibration_block,
    "engagement": engagement_block,
    "breakout": breakout_block,
}
