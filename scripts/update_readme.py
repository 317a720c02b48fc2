"""Write the tables of README.md from the code and the measured figures: `make readme`.

A table stands between `<!-- begin: name -->` and `<!-- end: name -->`; everything else is left as
it is. What is measured comes from the modalities' own lists, the settings from `viral/settings.py`,
the commands from the command line itself, the weights from the shipped model's manifest, and the
accuracy from `models/evaluation.json`.

    python scripts/update_readme.py            # write
    python scripts/update_readme.py --check    # say what is out of date, and exit with 1
"""

from __future__ import annotations

import argparse
import ast
import itertools
import json
import re
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
EVALUATION = ROOT / "models" / "evaluation.json"
MANIFEST = ROOT / "models" / "manifest.json"
BLOCK = re.compile(r"(<!-- begin: (\w+) -->\n)(.*?)(<!-- end: \2 -->)", re.DOTALL)
PROTOCOLS = {
    "unseen creators": "creators it never saw",
    "last fifth in time": "the newest fifth of posts",
}
"""Key in evaluation.json -> how the README calls it."""
KNOWN = {
    "history": "five or more recent views",
    "account": "followers and the account's totals",
    "followers only": "followers",
    "nothing": "nothing",
}
PATTERNS = {
    "history": "recent views",
    "account": "followers, no recent views",
    "unknown": "neither",
}
"""Information tier of the manifest -> what it is called in the tables."""
BASELINES = ("mean of last 5", "followers line", "training median")
"""The simple rule that a row is set against: the first of these that was measured for it."""
BASELINE_NAMES = {
    "mean of last 5": "mean of the last five",
    "followers line": "a line through followers",
    "training median": "the median post",
}


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a Markdown table; a `|` in a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |" for cells in lines
    )


def field_sentences(path: Path, class_name: str) -> dict[str, str]:
    """Return field -> the sentence written under it, for a dataclass in a module."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    body = next(
        node.body
        for node in module.body
        if isinstance(node, ast.ClassDef) and node.name == class_name
    )
    sentences: dict[str, str] = {}
    for node, below in itertools.pairwise(body):
        if (
            isinstance(node, ast.AnnAssign)
            and isinstance(node.target, ast.Name)
            and isinstance(below, ast.Expr)
            and isinstance(below.value, ast.Constant)
        ):
            sentences[node.target.id] = " ".join(str(below.value.value).split())
    return sentences


def _default(value: Any) -> str:
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, Path):
        # A folder of the checkout is named from there: the README is the same on every machine.
        return f"{value.relative_to(ROOT)}/" if value.is_relative_to(ROOT) else str(value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def settings_block() -> str:
    """Return every setting with its default and its sentence."""
    from viral.settings import Settings

    sentences = field_sentences(ROOT / "viral" / "settings.py", "Settings")
    rows = [
        [f"`VIRAL_{field.name.upper()}`", f"`{_default(field.default)}`", sentences[field.name]]
        for field in fields(Settings)
    ]
    return table(["variable", "default", "what it is"], rows)


def commands_block() -> str:
    """Return every command with its arguments and the first sentence of its help."""
    import typer

    from viral.commands.cli import commands

    group: Any = typer.main.get_command(commands)
    rows = []
    for name, command in group.commands.items():
        arguments = [p.metavar or "" for p in command.params if p.param_type_name == "argument"]
        needed = [
            f"{p.opts[-1] if p.metavar != 'OUT' else '-o'} {p.metavar}"
            for p in command.params
            if p.required and p.param_type_name == "option"
        ]
        call = " ".join(["viral", name, *arguments, *needed])
        rows.append([f"`{call}`", " ".join((command.help or "").split("\n\n")[0].split())])
    return table(["command", "what it does"], rows)


def measured_block() -> str:
    """Return what each modality measures, by the headings that the page shows it under."""
    from viral.modalities import NAMES

    rows = []
    for name in NAMES:
        features = import_module(f"viral.modalities.{name}").FEATURES
        groups = dict.fromkeys(feature.group.lower() for feature in features)
        rows.append([name, str(len(features)), ", ".join(groups)])
    return table(["modality", "numbers", "about"], rows)


def _accuracy_row(protocol: str, known: str, found: Mapping[str, Any]) -> list[str]:
    model, others = found["model"], found["others"]
    simple = next(name for name in BASELINES if name in others)
    return [
        PROTOCOLS[protocol],
        KNOWN[known],
        f"{model['posts']:,}",
        f"{model['r2']:.3f}",
        f"{model['spearman']:.3f}",
        f"{model['mae']:.3f}",
        f"x{10 ** model['mae']:.1f}",
        f"{model['coverage']:.0%}",
        f"{others[simple]['mae']:.3f} ({BASELINE_NAMES[simple]})",
    ]


def accuracy_block() -> str:
    """Return the figures of `viral evaluate` beside the best simple rule."""
    result = json.loads(EVALUATION.read_text(encoding="utf-8"))
    rows = [
        _accuracy_row(protocol, known, result[protocol][known])
        for protocol in PROTOCOLS
        for known in KNOWN
    ]
    head = ["evaluated on", "inputs", "posts", "R2", "Spearman", "MAE", "typical miss"]
    return table([*head, "inside the 80 % range", "MAE of a simple rule"], rows)


def weights_block() -> str:
    """Return the weight that the stack gives to each modality when all of them are there."""
    from viral.modalities import NAMES

    patterns = json.loads(MANIFEST.read_text(encoding="utf-8"))["patterns"]
    content = [name for name in NAMES if name != "context"]
    rows = []
    for pattern, told in PATTERNS.items():
        stacks = patterns[pattern]["weights"]
        # The stack for the most that a clip can bring is the one with the longest name.
        weights = stacks[max(stacks, key=len)]["weights"]
        rows.append([told, *(f"{weights.get(name, 0.0):.2f}" for name in ("context", *content))])
    return table(["account information given", "account and timing", *content], rows)


def promised_block() -> str:
    """Return what is promised for what people tell, and what happened."""
    # That module takes its table from this one.
    from told_blocks import promised_block as written

    return written()


BLOCKS: dict[str, Callable[[], str]] = {
    "measured": measured_block,
    "commands": commands_block,
    "weights": weights_block,
    "accuracy": accuracy_block,
    "promised": promised_block,
    "settings": settings_block,
}


def updated(text: str) -> tuple[str, list[str]]:
    """Return a README with fresh tables, and the names of those that were out of date.

    Raises
    ------
    SystemExit
        A table has no place in it, or a place is for no known table.
    """
    there = [name for _, name, _, _ in BLOCK.findall(text)]
    if sorted(there) != sorted(BLOCKS):
        raise SystemExit(
            f"README.md needs one place each for {', '.join(sorted(BLOCKS))}; "
            f"it has {', '.join(sorted(there)) or 'none'}."
        )
    stale = []

    def fresh(match: re.Match[str]) -> str:
        begin, name, old, end = match.groups()
        new = BLOCKS[name]() + "\n"
        if new != old:
            stale.append(name)
        return begin + new + end

    return BLOCK.sub(fresh, text), stale


def main(arguments: list[str] | None = None) -> int:
    """Write the tables, or check them; return 1 if they were checked and are out of date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if stale")
    parser.add_argument("--readme", type=Path, default=README, help="the file to write")
    options = parser.parse_args(arguments)
    text, stale = updated(options.readme.read_text(encoding="utf-8"))
    if not stale:
        print(f"{options.readme.name} is up to date.")
        return 0
    names = ", ".join(stale)
    if options.check:
        print(f"{options.readme.name} is out of date in {names}; run `make readme`.")
        return 1
    options.readme.write_text(text, encoding="utf-8")
    print(f"{options.readme.name}: {names} written.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
