"""One direction: every import under `viral/` leads to a lower room, those inside functions too."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest
from project_root import PROJECT_ROOT

LAYERS = (
    {"messages", "version", "shipped"},
    {"errors"},
    {"settings", "checked_json"},
    {"threads", "memory", "hosting"},
    {"posts", "media"},
    {"collecting", "modalities"},
    {"clip_cache", "links"},
    {"model"},
    {"account", "feedback", "explore", "record"},
    {"serving_model"},
    {"pipeline"},
    {"explain"},
    {"batch", "figures", "warm_up"},
    {"cluster", "training"},
    {"evaluation"},
    {"ui"},
    {"commands"},
)
"""The rooms from the ground up: each may import those above it in this list, and itself."""
FACADE = {"viral", "viral.__main__"}
"""What leads in from outside; nothing inside imports it."""
MOST_LOOSE = 12
"""Modules right under `viral/`."""
MOST_IN_A_FOLDER = 25


def modules(package: Path) -> dict[str, Path]:
    """Return dotted name -> file of every module of a package."""
    names = {}
    for path in package.rglob("*.py"):
        parts = path.relative_to(package.parent).with_suffix("").parts
        names[".".join(parts).removesuffix(".__init__")] = path
    return names


def imports(path: Path, known: Mapping[str, Path]) -> Iterator[str]:
    """Yield the modules of the package that a file imports, wherever in it and for what ever."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in known)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if inner in known or node.module in known:
                    yield inner if inner in known else node.module


def room(module: str) -> str:
    """Return the folder, or the loose module, right under the package."""
    return module.split(".")[1]


def upward(package: Path) -> list[str]:
    """Return each import that leads up or sideways: `from -> to`."""
    height = {name: level for level, names in enumerate(LAYERS) for name in names}
    known = modules(package)
    found = []
    for module, path in sorted(known.items()):
        if module in FACADE:
            continue
        for other in imports(path, known):
            if other in FACADE or (
                room(other) != room(module) and height[room(other)] >= height[room(module)]
            ):
                found.append(f"{module} -> {other}")
    return found


def loop(package: Path) -> list[str]:
    """Return the modules of one loop of imports, or nothing."""
    known = modules(package)
    graph = {
        module: {other for other in imports(path, known) if other != module}
        for module, path in known.items()
    }
    try:
        tuple(TopologicalSorter(graph).static_order())
    except CycleError as error:
        return list(error.args[1])
    return []


def test_every_room_has_its_height() -> None:
    listed = [name for names in LAYERS for name in names]
    assert len(listed) == len(set(listed))
    assert {room(name) for name in modules(PROJECT_ROOT / "viral") if "." in name} == {
        *listed,
        "__main__",
    }


def test_no_import_leads_up() -> None:
    assert upward(PROJECT_ROOT / "viral") == []


def test_no_modules_import_each_other() -> None:
    assert loop(PROJECT_ROOT / "viral") == []


@pytest.mark.parametrize(
    "code",
    [
        "from viral.pipeline import predict\n",
        "def later():\n    from viral.pipeline import predict\n",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from viral import pipeline\n",
        "import viral\n",
    ],
)
def test_an_import_that_leads_up_is_found_wherever_it_hides(tmp_path: Path, code: str) -> None:
    package = tmp_path / "viral"
    for name, text in {"": "", "posts/": "", "posts/reader": code, "pipeline": ""}.items():
        path = package / (f"{name}__init__.py" if name.endswith("/") or not name else f"{name}.py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    other = "viral" if code == "import viral\n" else "viral.pipeline"
    assert upward(package) == [f"viral.posts.reader -> {other}"]


def test_modules_that_import_each_other_are_found(tmp_path: Path) -> None:
    package = tmp_path / "viral"
    package.mkdir()
    (package / "errors.py").write_text("def f():\n    import viral.settings\n", encoding="utf-8")
    (package / "settings.py").write_text("import viral.errors\n", encoding="utf-8")
    assert set(loop(package)) == {"viral.errors", "viral.settings"}


def test_every_folder_can_be_taken_in_at_a_glance() -> None:
    package = PROJECT_ROOT / "viral"
    for folder in (package, *(path for path in package.rglob("*") if path.is_dir())):
        inside = [path for path in folder.glob("*.py") if path.name != "__init__.py"]
        assert len(inside) <= (MOST_LOOSE if folder == package else MOST_IN_A_FOLDER), folder
