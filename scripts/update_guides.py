"""Write SKILL.md, llms.txt and docs/openapi.json from the calls of the app.

python scripts/update_guides.py            # write; also part of `make readme`
python scripts/update_guides.py --check    # say what is out of date, and exit with 1
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

from viral.settings import Settings  # noqa: E402
from viral.ui import build  # noqa: E402
from viral.ui.api.guides import files  # noqa: E402


def main(arguments: list[str]) -> int:
    """Write the files, or check them."""
    out_of_date = []
    for name, fresh in files(build(Settings())).items():
        path = ROOT / name
        if not path.is_file() or path.read_text(encoding="utf-8") != fresh:
            out_of_date.append(name)
            if "--check" not in arguments:
                path.write_text(fresh, encoding="utf-8")
    state = "is out of date: run `make readme`" if "--check" in arguments else "written"
    for name in out_of_date:
        print(f"{name} {state}")
    return int(bool(out_of_date) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
