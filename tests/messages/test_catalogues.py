"""The catalogues: every language says everything, with the same places, and nothing unused."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from string import Formatter

import pytest
from babel import Locale
from project_root import PROJECT_ROOT

from viral.messages import DEFAULT_LANGUAGE, LANGUAGES, preferred_language
from viral.messages.catalogue import FOLDER, locale_of, sentences
from viral.messages.formats import KINDS
from viral.modalities import NAMES

OTHERS = [lang for lang in LANGUAGES if lang != DEFAULT_LANGUAGE]


ENGLISH_ALONE = {"and", "are", "of", "than", "that", "the", "this", "was", "with", "you", "your"}
"""Words that no sentence in another language has."""
SAME_WORDS = {
    *("games", "hashtags", "links", "no", "pets", "post", "posts", "r", "tempo", "tutorial"),
    *("utc", "viral", "tiktok", "reels", "shorts"),
}
"""Words that stay as they are in Spanish or Portuguese."""


def places(sentence: object) -> set[tuple[str, str]]:
    """Return (name, kind) of each place; those of all plural forms together."""
    forms = [sentence] if isinstance(sentence, str) else list(sentence.values())  # type: ignore[attr-defined]
    return {
        (name, kind or "")
        for form in forms
        for _, name, kind, _ in Formatter().parse(form)
        if name is not None
    }


def test_there_is_more_than_one_language() -> None:
    assert LANGUAGES[0] == "en"
    assert {"es", "pt"} <= set(LANGUAGES)


@pytest.mark.parametrize("lang", OTHERS)
def test_every_language_says_everything_with_the_same_places(lang: str) -> None:
    english, other = sentences(DEFAULT_LANGUAGE), sentences(lang)
    assert sorted(english.keys() ^ other.keys()) == []
    differ = [
        code
        for code in english
        if {name for name, _ in places(english[code])} != {name for name, _ in places(other[code])}
    ]
    assert differ == []


@pytest.mark.parametrize("lang", OTHERS)
def test_no_sentence_is_left_in_english(lang: str) -> None:
    left = []
    for code, sentence in sentences(lang).items():
        words = re.findall(r"[a-z]+", re.sub(r"\{.*?\}|<.*?>|`.*?`", " ", str(sentence).lower()))
        same = sentence == sentences(DEFAULT_LANGUAGE)[code]
        if ENGLISH_ALONE & set(words) or (same and set(words) - SAME_WORDS):
            left.append((code, sentence))
    assert left == []


@pytest.mark.parametrize("lang", LANGUAGES)
def test_every_sentence_can_be_filled(lang: str) -> None:
    forms = Locale.parse(locale_of(lang)).plural_form
    for code, sentence in sentences(lang).items():
        for name, kind in places(sentence):
            assert name.isidentifier(), code
            assert not kind or kind in KINDS or re.fullmatch(r"[,.\d]*[fdge]?", kind), code
        if not isinstance(sentence, str):
            assert "other" in sentence, code
            assert set(sentence) <= set(forms.rules) | {"other"}, code
            assert ("count", "integer") in places(sentence) or "count" in dict(places(sentence))


@pytest.mark.parametrize("lang", LANGUAGES)
def test_a_catalogue_is_one_sorted_line_a_code(lang: str) -> None:
    lines = (FOLDER / f"{lang}.toml").read_text(encoding="utf-8").splitlines()
    codes = [next(iter(tomllib.loads(line))) for line in lines if line]
    assert len(codes) == len(lines)
    assert codes == sorted(codes)


@cache
def _asked_for() -> tuple[frozenset[str], tuple[re.Pattern[str], ...]]:
    constants: set[str] = set()
    patterns: set[str] = set()
    for path in (PROJECT_ROOT / "viral").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                constants.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                patterns.add(_pattern(node))
    for template in (PROJECT_ROOT / "viral").rglob("*.html"):
        constants.update(re.findall(r"""["']([\w.]+)["']""", template.read_text(encoding="utf-8")))
    # A place alone, or one behind a few letters, would match every code.
    useful = {p for p in patterns if re.match(r"[a-z]{3,}[_\\\\]", p)}
    return frozenset(constants), tuple(re.compile(pattern) for pattern in useful)


def _pattern(node: ast.JoinedStr) -> str:
    return "".join(
        re.escape(str(part.value)) if isinstance(part, ast.Constant) else r"[\w.]+"
        for part in node.values
    )


def _used(code: str) -> bool:
    constants, patterns = _asked_for()
    return code in constants or any(pattern.fullmatch(code) for pattern in patterns)


def test_every_code_is_used() -> None:
    assert [code for code in sentences(DEFAULT_LANGUAGE) if not _used(code)] == []


def _calls(name: str) -> Iterator[tuple[str, ast.Call]]:
    for path in (PROJECT_ROOT / "viral").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func if isinstance(node, ast.Call) else None
            if isinstance(called, ast.Name) and called.id == name:
                yield str(path), node


@pytest.mark.parametrize("name", ["Message", "text"])
def test_every_code_that_is_asked_for_is_there(name: str) -> None:
    known = sentences(DEFAULT_LANGUAGE)
    asked = [
        (path, call.args[0].value)
        for path, call in _calls(name)
        if call.args and isinstance(call.args[0], ast.Constant) and "." in call.args[0].value
    ]
    assert [found for found in asked if found[1] not in known] == []


def test_every_feature_has_its_name() -> None:
    english = sentences(DEFAULT_LANGUAGE)
    for modality in NAMES:
        for feature in import_module(f"viral.modalities.{modality}").FEATURES:
            name = f"{modality}.{feature.name}"
            if not name.endswith("_hook"):
                assert english.get(f"feature.{name}") == feature.label, name


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("es-MX,es;q=0.9,en;q=0.8", "es"),
        ("pt-BR,pt;q=0.9", "pt"),
        ("de-DE,de;q=0.9", "en"),
        ("", "en"),
    ],
)
def test_the_browser_chooses_the_first_language(header: str, code: str) -> None:
    assert preferred_language(header) == code


def _trees() -> Iterator[tuple[str, ast.Module]]:
    root = PROJECT_ROOT / "viral"
    for path in root.rglob("*.py"):
        yield path.relative_to(root).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _errors() -> set[str]:
    """Return the names of `ViralError` and all that is made of it."""
    found = {"ViralError"}
    classes = [
        node for _, tree in _trees() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)
    ]
    for _ in range(3):
        for one in classes:
            if found & {base.id for base in one.bases if isinstance(base, ast.Name)}:
                found.add(one.name)
    return found


def test_what_is_refused_is_refused_by_a_message() -> None:
    errors = _errors()
    plain = [
        (path, node.lineno)
        for path, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in errors
        and node.args
        and _is_plain(node.args[0])
    ]
    assert plain == []


def _is_plain(node: ast.AST) -> bool:
    """Whether it is a sentence in one language: written out, put together, or `str(...)`."""
    if isinstance(node, ast.Constant):
        return isinstance(node.value, str) and " " in node.value
    if isinstance(node, (ast.BinOp, ast.IfExp, ast.BoolOp)):
        return any(map(_is_plain, ast.iter_child_nodes(node)))
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        said = node.func.id == "Message" and node.args
        wrapped = said and getattr(node.args[0], "value", "") == "error.other"
        return node.func.id == "str" or bool(wrapped)
    return isinstance(node, ast.JoinedStr)


def test_no_code_asks_which_language_it_is() -> None:
    asked = [
        (path, node.lineno)
        for path, tree in _trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Compare)
        and isinstance(node.left, ast.Name)
        and node.left.id in ("lang", "code")
        and any(
            isinstance(one, ast.Constant) and one.value in LANGUAGES for one in node.comparators
        )
    ]
    assert asked == []
