"""Where the files are that come with the code: the model, what the page shows, the documents.

In a checkout they lie at its top, beside the package; a wheel has them inside the package, because
an installed package owns no other folder. Everything that opens one of them asks here.
"""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent
INSTALLED = PACKAGE / "_data"
"""Made when a wheel is built, see setup.py; a checkout has none."""


def shipped_path(name: str = "") -> Path:
    """Return the path of a shipped file or folder, whether or not it is there.

    Parameters
    ----------
    name : str
        Below the top of the repository: `models`, `assets`, `docs/model.md`; the top itself if
        empty.
    """
    return (INSTALLED if INSTALLED.is_dir() else PACKAGE.parent) / name
