"""LightGBM without the parts of it that are not used here."""

from __future__ import annotations

import platform
import sys
import threading
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from types import ModuleType
from typing import Any


class _Without(MetaPathFinder):
    """Says to one thread that a package is not installed."""

    def __init__(self, package: str) -> None:
        self._package, self._thread = package, threading.get_ident()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> None:
        """Refuse the package; leave all others to the next finder."""
        del path, target
        if fullname == self._package and threading.get_ident() == self._thread:
            raise ModuleNotFoundError(f"{fullname} is left out", name=fullname)


def lightgbm() -> Any:
    """Return the module `lightgbm`, imported without scikit-learn.

    LightGBM takes scikit-learn where it is installed, for classes that nothing here uses: a second
    of importing and 70 MB. On other processors than x86-64 it is let: there libraries that share
    OpenMP must be loaded in LightGBM's order (its issue 6509).
    """
    if "lightgbm" in sys.modules or "sklearn" in sys.modules or platform.machine() != "x86_64":
        import lightgbm

        return lightgbm
    without = _Without("sklearn")
    sys.meta_path.insert(0, without)
    try:
        import lightgbm
    finally:
        sys.meta_path.remove(without)
    return lightgbm
