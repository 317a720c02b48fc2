"""The house rules that a reader of the repository would trip over if they were broken."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from project_root import PROJECT_ROOT

from viral.evaluation.report import written

ROOMS = ("viral", "scripts", "benchmarks", "experiments", "tests")
MOST_LINES = 400
CARD = PROJECT_ROOT / "models" / "README.md"
EVALUATION = PROJECT_ROOT / "models" / "evaluation.json"
REPORT = PROJECT_ROOT / "models" / "EVALUATION.md"
EXPERIMENTS = PROJECT_ROOT / "docs" / "experiments.json"
CODE_PATHS = re.compile(r"\b(?:scripts|benchmarks|experiments|viral)/[\w./]+\.(?:py|sh)\b")
TAG = re.compile(r"(?<!\(\?P)</?[a-z][a-z0-9]*(?=[\s/>])")
"""A tag's beginning; `(?P<name>` is a group of a regular expression."""
UNESCAPED = re.compile(r"\|\s*safe\b|\bautoescape\b")
PINNED = re.compile(r"(?P<name>[\w.-]+(\[\w+\])?)==(?P<version>[\w.]+)(\s+#\s+(?P<why>\S.*))?")


def modules(*rooms: str) -> list[Path]:
    return sorted(path for room in rooms for path in (PROJECT_ROOT / room).rglob("*.py"))


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imports(path: Path) -> Iterator[str]:
    """Yield the names of the modules that a module imports, wherever in it."""
    for node in ast.walk(_parsed(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module


def test_no_module_has_outgrown_its_room() -> None:
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules(*ROOMS)}
    assert len(lengths) > 100
    assert {str(p): n for p, n in lengths.items() if n > MOST_LINES} == {}


def test_only_the_ui_imports_gradio() -> None:
    ui = PROJECT_ROOT / "viral" / "ui"
    inside = [path for path in modules("viral") if path.is_relative_to(ui)]
    assert any("gradio" in imports(path) for path in inside)
    others = modules("viral", "scripts", "benchmarks", "experiments")
    outside = [path for path in others if path not in inside]
    for path in [*outside, PROJECT_ROOT / "app.py"]:
        # What plays the visitors of a load run speaks to the app from outside, as they do.
        barred = {"gradio"} if path.parts[-2] == "benchmarks" else {"gradio", "gradio_client"}
        for name in imports(path):
            assert name.split(".")[0] not in barred, path


def test_nothing_is_unpickled() -> None:
    for path in modules("viral", "scripts"):
        taken = {name.split(".")[0] for name in imports(path)}
        assert not taken & {"pickle", "joblib", "dill", "cloudpickle", "shelve"}, path
        for node in ast.walk(_parsed(path)):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.load":
                flags = {keyword.arg: ast.unparse(keyword.value) for keyword in node.keywords}
                assert flags.get("weights_only") == "True", path


def _read_by_people(tree: ast.Module) -> set[int]:
    """Return the ids of the strings that stand alone: docstrings."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def html_by_hand(tree: ast.Module) -> list[str]:
    """Return what a module writes of HTML itself: its strings with tags, its own escaping."""
    docstrings = _read_by_people(tree)
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            found += TAG.findall(node.value) if id(node) not in docstrings else []
        elif isinstance(node, ast.Import):
            found += [alias.name for alias in node.names if alias.name == "html"]
        elif isinstance(node, ast.ImportFrom) and node.module == "html":
            found += [f"html.{alias.name}" for alias in node.names]
    return found


def test_html_is_written_in_templates() -> None:
    for path in modules("viral/ui", "viral/evaluation", "viral/record"):
        assert html_by_hand(_parsed(path)) == [], path


@pytest.mark.parametrize(
    "code",
    [
        "from html import escape",
        "import html",
        "shown = f'<p>{words}</p>'",
        "EMPTY = '<div class=v-tried></div>'",
        "shown = '<b ' + attributes + '>' + words",
        "shown = Markup('{}<br/>').format(words)",
    ],
)
def test_html_in_a_module_is_found(code: str) -> None:
    assert html_by_hand(ast.parse(code))


@pytest.mark.parametrize(
    "code", ['"""Return a <p>."""', "near = a < b", "re.compile('(?P<indent> *)')"]
)
def test_what_only_looks_like_html_may_stand(code: str) -> None:
    assert html_by_hand(ast.parse(code)) == []


def test_every_template_escapes() -> None:
    templates = sorted((PROJECT_ROOT / "viral").rglob("templates/*.html"))
    assert len(templates) > 30
    for path in templates:
        assert not UNESCAPED.search(path.read_text(encoding="utf-8")), path


def test_every_public_name_has_its_sentence() -> None:
    for path in modules("viral"):
        assert ast.get_docstring(_parsed(path)), path


def recipes() -> dict[str, str]:
    """Return target -> recipe of the Makefile."""
    words = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    found = re.findall(r"^([a-z-]+):[^=\n]*\n((?:\t.*\n?)+)", words, re.M)
    return dict(found)


def test_every_make_target_has_what_it_runs() -> None:
    targets = recipes()
    assert {"app", "test", "lint", "bench", "train", "evaluate", "readme"} <= set(targets)
    for target, recipe in targets.items():
        for path in CODE_PATHS.findall(recipe):
            assert (PROJECT_ROOT / path).is_file(), f"make {target} runs {path}"


def test_every_make_target_is_phony_and_in_the_help() -> None:
    words = (PROJECT_ROOT / "Makefile").read_text(encoding="utf-8")
    phony = re.search(r"^\.PHONY: (.*)$", words, re.M)
    assert phony is not None
    assert set(phony[1].split()) == set(recipes())
    assert set(re.findall(r"^([a-z-]+):.*## \S", words, re.M)) == set(recipes())


@pytest.mark.parametrize("place", ["README.md", "CONTRIBUTING.md", "requirements.txt", "docs"])
def test_a_make_target_that_is_named_exists(place: str) -> None:
    path = PROJECT_ROOT / place
    files = sorted(path.glob("*.md")) if path.is_dir() else [path]
    named = {t for f in files for t in re.findall(r"`?make ([a-z-]+)`", f.read_text("utf-8"))}
    assert named <= set(recipes())


def test_requirements_are_pinned_with_a_word_why() -> None:
    lines = (PROJECT_ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    for line in lines:
        if line and not line.startswith("#"):
            pin = PINNED.fullmatch(line)
            assert pin is not None, line
            assert pin["why"], f"{line}: why is it needed?"


def test_the_same_versions_everywhere() -> None:
    versions: dict[str, set[str]] = {}
    for name in ("requirements.txt", "requirements-dev.txt", "pre-requirements.txt"):
        for line in (PROJECT_ROOT / name).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-")):
                pin = PINNED.match(line)
                assert pin is not None, f"{name}: {line}"
                versions.setdefault(pin["name"], set()).add(pin["version"])
    assert versions["torch"]
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


@pytest.mark.parametrize(
    "requirements", ["requirements.txt", "requirements-dev.txt", "requirements-cluster.txt"]
)
def test_what_is_required_is_locked(requirements: str) -> None:
    lock = PROJECT_ROOT / Path(requirements).with_suffix(".lock")
    locked = set(re.findall(r"^([\w-]+==[^\s;]+)", lock.read_text(encoding="utf-8"), re.M))
    for line in (PROJECT_ROOT / requirements).read_text(encoding="utf-8").splitlines():
        pin = PINNED.match(line)
        if pin is not None and pin["name"] != "torch":
            name = pin["name"].partition("[")[0].lower()
            assert f"{name}=={pin['version']}" in locked, f"{line}: run `make lock`"


def _figures(part: Any) -> Iterator[float]:
    if isinstance(part, dict):
        for inner in part.values():
            yield from _figures(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from _figures(inner)
    elif isinstance(part, float):
        yield part


def test_the_report_has_the_figures_that_were_measured() -> None:
    measured = written(json.loads(EVALUATION.read_text(encoding="utf-8")))
    rows = {line for line in measured.splitlines() if line.startswith("|")}
    shown = {line for line in REPORT.read_text(encoding="utf-8").splitlines() if line[:1] == "|"}
    assert len(rows) > 50
    assert rows == shown


def test_the_model_card_has_the_figures_that_were_measured() -> None:
    measured = {
        f"{x:.3f}"
        for path in (EVALUATION, EXPERIMENTS)
        for x in _figures(json.loads(path.read_text(encoding="utf-8")))
    }
    shown = set(re.findall(r"(?<![\d.])-?\d\.\d{3}(?!\w)", CARD.read_text(encoding="utf-8")))
    assert len(shown) > 50
    assert shown <= measured
