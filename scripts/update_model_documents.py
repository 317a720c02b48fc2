"""Write the tables of the model's documents from what was learnt and measured: `make readme`.

`models/README.md` (the card), `docs/model.md` (the guide) and `docs/experiments.md` hold tables
between `<!-- begin: name -->` and `<!-- end: name -->`, in the card's metadata between
`# begin: name` and `# end: name`. Everything else is left as it is. See `scripts/model_blocks.py`
for where they come from.

    python scripts/update_model_documents.py            # write
    python scripts/update_model_documents.py --check    # say what is out of date, and exit with 1
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from model_blocks import BLOCKS, ROOT

DOCUMENTS = ("models/README.md", "docs/model.md", "docs/experiments.md")
BLOCK = re.compile(
    r"(?P<begin>(?:<!-- begin: (?P<name>\w+) -->|\# begin: (?P<plain>\w+))\n)"
    r"(?P<old>.*?)"
    r"(?P<end>(?:<!-- end: (?P=name) -->|\# end: (?P=plain)\n))",
    re.DOTALL,
)


def updated(text: str) -> tuple[str, list[str]]:
    """Return a document with fresh tables, and the names of those that were out of date.

    Raises
    ------
    SystemExit
        A place for a table is not whole, or is for one that is not known.
    """
    stale: list[str] = []

    def fresh(match: re.Match[str]) -> str:
        name = match["name"] or match["plain"]
        if name not in BLOCKS:
            raise SystemExit(f"There is no table {name!r}; known are {', '.join(sorted(BLOCKS))}.")
        new = BLOCKS[name]() + "\n"
        if new != match["old"]:
            stale.append(name)
        return str(match["begin"] + new + match["end"])

    result, count = BLOCK.subn(fresh, text)
    begun = len(re.findall(r"(?:<!--|^#) begin: \w+", text, re.MULTILINE))
    ended = len(re.findall(r"(?:<!--|^#) end: \w+", text, re.MULTILINE))
    if count != begun:
        raise SystemExit("A table begins and does not end.")
    if count != ended:
        raise SystemExit("A table ends and does not begin.")
    return result, stale


def main(arguments: list[str] | None = None) -> int:
    """Write the tables, or check them; return 1 if they were checked and are out of date."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true", help="change nothing; exit with 1 if stale")
    parser.add_argument("--root", type=Path, default=ROOT, help="the folder of the documents")
    options = parser.parse_args(arguments)
    code = 0
    for name in DOCUMENTS:
        path = options.root / name
        text, stale = updated(path.read_text(encoding="utf-8"))
        if not stale:
            print(f"{name} is up to date.")
        elif options.check:
            print(f"{name} is out of date in {', '.join(stale)}; run `make readme`.")
            code = 1
        else:
            path.write_text(text, encoding="utf-8")
            print(f"{name}: {', '.join(stale)} written.")
    return code


if __name__ == "__main__":
    sys.exit(main())
