"""The pages' HTML out of templates: every value is escaped unless it is HTML of our own.

A template stands beside the page that it belongs to: `compare/result` is
`viral/ui/compare/templates/result.html`.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from viral.messages import text

PAGES = Path(__file__).resolve().parent


@cache
def _environment() -> Environment:
    return Environment(
        loader=PrefixLoader(
            {path.parent.name: FileSystemLoader(path) for path in PAGES.glob("*/templates")}
        ),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def rendered(template: str, lang: str, **values: Any) -> Markup:
    """Fill a template.

    Parameters
    ----------
    template
        Page and file, without `.html`: `compare/result`.
    lang
        Language that `t(code, ...)` speaks in it, see `marked`.
    values
        What else it can name. Texts are escaped, `Markup` is not.
    """
    return ours(
        _environment()
        .get_template(f"{template}.html")
        .render(t=lambda code, **places: marked(code, lang, **places), lang=lang, **values)
    )


def marked(code: str, lang: str, **values: Any) -> Markup:
    """Return a sentence as HTML: what fills its places is escaped, the sentence itself is ours."""
    return ours(text(code, lang, **{name: _safe(value) for name, value in values.items()}))


def ours(html: str) -> Markup:
    """Return HTML that this app made as what it is.

    Nothing that a user or a file said comes here without having been escaped.
    """
    return Markup(html)  # noqa: S704


def _safe(value: Any) -> Any:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value
    if isinstance(value, (list, tuple)):
        return [_safe(item) for item in value]
    return Markup.escape(value)
