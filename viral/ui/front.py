"""What the page is from outside: its preview where a link to it is posted, its icon on a phone, and
what stands there without a network.

Gradio's own page carries its name and picture in every preview. Its template is taken as it is, and
what it says of itself is replaced; where Gradio has changed it, it stays as it is.
"""

from __future__ import annotations

import io
import json
import re
from functools import cache, lru_cache
from typing import Any
from urllib.parse import quote

from gradio import route_utils
from gradio import routes as gradio_routes
from jinja2 import BaseLoader, ChoiceLoader, DictLoader
from PIL import Image, ImageDraw
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from viral.errors import ViralError
from viral.explain import share
from viral.figures.style import STYLE
from viral.messages import preferred_language, text
from viral.model.prediction import Prediction
from viral.shipped import shipped_path
from viral.ui.predict import card
from viral.ui.templates import rendered
from viral.ui.widgets.numbers import count, decimal

PAGES = ("frontend/index.html", "frontend/share.html")
OF_GRADIO = re.compile(
    r'<(?:meta)\s+(?:property="og:|name="twitter:)[^>]*?/>|<(?:link) rel="manifest"[^>]*/>'
)
AFTER_BASE = re.compile(r"(<(?:base) [^>]*/>)")
PREVIEW = "{{ viral_preview or '' }}"
ICON_SIDES_PX = (180, 192, 512)
"""Of Apple's home screen, and the two that browsers ask an installable page for."""
SHARPNESS = 4
KEPT_CARDS = 32
"""Cards of links that are kept: a link is looked at by several services at once."""
A_DAY = {"cache-control": "public, max-age=86400"}
AT_ONCE = {"cache-control": "no-cache"}
SCREENSHOT = "screenshot.png"


def _language(request: Request) -> str:
    wanted = request.query_params.get("lang") or request.headers.get("accept-language", "")
    return preferred_language(wanted)


@lru_cache(KEPT_CARDS)
def _linked(numbers: str) -> Prediction | None:
    try:
        return share.decode(numbers)
    except ViralError:
        return None


def _preview(request: Request) -> dict[str, Any]:
    """Return what the page's head says of itself, and of the result whose link was opened."""
    lang = _language(request)
    place = request.app.root_path or request.scope.get("root_path")
    root = route_utils.get_root_url(request, request.url.path, place).rstrip("/")
    title = f"{text('app.title', lang)}: {text('app.tagline', lang)}"
    lead, picture, address = text("preview.lead", lang), f"own/{SCREENSHOT}", ""
    numbers = request.query_params.get("r", "")
    prediction = _linked(numbers) if numbers else None
    if prediction is not None:
        low, high = (count(end, lang) for end in (prediction.views.low, prediction.views.high))
        days = decimal(prediction.horizon_days, 1, lang)
        title = text("preview.result", lang, low=low, high=high, days=days)
        lead = text("preview.result_lead", lang, median=count(prediction.views.median, lang))
        address = f"?r={quote(numbers)}"
        picture = f"own/card.png{address}&lang={lang}"
    head = rendered(
        "widgets/preview",
        lang,
        title=title,
        lead=lead,
        address=f"{root}/{address}",
        picture=f"{root}/{picture}",
        colour=STYLE.light.ground,
    )
    return {"viral_preview": head}


def stand_in_front() -> None:
    """Let the page say of itself what this app is. Harmless when called again."""
    templates = gradio_routes.templates
    if _preview in templates.context_processors:
        return
    loader = templates.env.loader
    if not isinstance(loader, BaseLoader):
        return
    own = {}
    for name in PAGES:
        source, _, _ = loader.get_source(templates.env, name)
        own[name] = AFTER_BASE.sub(rf"\1{PREVIEW}", OF_GRADIO.sub("", source), count=1)
    templates.env.loader = ChoiceLoader([DictLoader(own), loader])
    templates.context_processors.append(_preview)


@cache
def icon(side_px: int) -> bytes:
    """Return the app's icon as a PNG: the play sign with its two waves, with room all around.

    The sign stays within the inner four fifths, which every shape of icon shows whole.
    """
    ink, side = STYLE.light, side_px * SHARPNESS
    picture = Image.new("RGB", (side, side), ink.ground)
    pen = ImageDraw.Draw(picture)
    unit = side / 64
    pen.polygon([(x * unit, y * unit) for x, y in ((17, 20), (17, 44), (37, 32))], fill=ink.spark)
    for reach, colour in ((13, ink.accent), (20, ink.line)):
        box = [(30 - reach) * unit, (32 - reach) * unit, (30 + reach) * unit, (32 + reach) * unit]
        pen.arc(box, -55, 55, fill=colour, width=round(3.2 * unit))
    packed = io.BytesIO()
    picture.resize((side_px, side_px), Image.Resampling.LANCZOS).save(packed, "PNG", optimize=True)
    return packed.getvalue()


def manifest(lang: str) -> dict[str, Any]:
    """Return what a browser needs to install the page; addresses are relative to the manifest."""
    icons = [
        {
            "src": f"icon_{side}.png",
            "sizes": f"{side}x{side}",
            "type": "image/png",
            "purpose": purpose,
        }
        for side in ICON_SIDES_PX[1:]
        for purpose in ("any", "maskable")
    ]
    return {
        "id": "../",
        "name": text("app.title", lang),
        "short_name": text("app.title", lang),
        "description": text("app.tagline", lang),
        "lang": lang,
        "start_url": "../",
        "scope": "../",
        "display": "standalone",
        "background_color": STYLE.light.ground,
        "theme_color": STYLE.light.ground,
        "icons": icons,
    }


async def _manifest(request: Request) -> Response:
    content = json.dumps(manifest(_language(request)), ensure_ascii=False)
    return Response(content, media_type="application/manifest+json", headers=AT_ONCE)


async def _icon(request: Request) -> Response:
    side = int(request.path_params["side"])
    if side not in ICON_SIDES_PX:
        return Response(status_code=404)
    return Response(icon(side), media_type="image/png", headers=A_DAY)


@lru_cache(KEPT_CARDS)
def _card(numbers: str, lang: str) -> bytes | None:
    prediction = _linked(numbers)
    return None if prediction is None else card.card(prediction, lang)


def _picture(request: Request) -> Response:
    # Not a coroutine: a card takes a moment to draw, and others are served meanwhile.
    drawn = _card(request.query_params.get("r", ""), _language(request))
    if drawn is None:
        return Response(status_code=404)
    return Response(drawn, media_type="image/png", headers=A_DAY)


async def _screenshot(request: Request) -> Response:
    del request
    content = shipped_path(f"assets/{SCREENSHOT}").read_bytes()
    return Response(content, media_type="image/png", headers=A_DAY)


async def _offline(request: Request) -> Response:
    page = rendered("widgets/offline", _language(request), colour=STYLE.light.ground)
    return Response(str(page), media_type="text/html", headers=AT_ONCE)


async def _worker(request: Request) -> Response:
    del request
    script = shipped_path("assets/offline_worker.js").read_text(encoding="utf-8")
    return Response(script, media_type="text/javascript", headers=AT_ONCE)


def routes() -> list[Route]:
    """Return the addresses of the manifest, the icons, the cards and the offline page."""
    return [
        Route("/own/app.webmanifest", _manifest),
        Route("/own/icon_{side:int}.png", _icon),
        Route("/own/card.png", _picture),
        Route(f"/own/{SCREENSHOT}", _screenshot),
        Route("/own/offline", _offline),
        # At the top: a worker minds what lies below its own address.
        Route("/offline_worker.js", _worker),
    ]
