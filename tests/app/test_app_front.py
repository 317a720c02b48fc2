"""The page from outside: previews of links, the icon on a phone, and the page without a network."""

from __future__ import annotations

import io
import json
import urllib.error
import urllib.request
from html.parser import HTMLParser
from typing import Any
from urllib.parse import quote, urljoin

import pytest
from PIL import Image
from project_root import PROJECT_ROOT

GOLDEN = PROJECT_ROOT / "tests" / "golden" / "version_0_1_links.json"
LINK = json.loads(GOLDEN.read_text(encoding="utf-8"))[2]["link"]


class Head(HTMLParser):
    """Collects what a page says of itself."""

    def __init__(self) -> None:
        super().__init__()
        self.said: dict[str, list[str]] = {}
        self.links: dict[str, str] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "meta" and "content" in given:
            name = given.get("property") or given.get("name", "")
            self.said.setdefault(name, []).append(given["content"])
        elif tag == "link":
            self.links[given["rel"]] = given["href"]


def fetched(address: str, **headers: str) -> tuple[bytes, str]:
    with urllib.request.urlopen(urllib.request.Request(address, headers=headers)) as answer:
        return answer.read(), answer.headers["content-type"]


def head_of(address: str, **headers: str) -> Head:
    head = Head()
    head.feed(fetched(address, **headers)[0].decode())
    return head


def test_a_link_to_the_app_previews_as_the_app(served: Any) -> None:
    head = head_of(served.url)
    assert head.said["og:title"] == ["Viral: How many views is your next post likely to get?"]
    assert not any(
        "radio" in word for name in head.said for word in head.said[name] if "og:" in name
    )
    (picture,) = head.said["og:image"]
    assert picture.startswith(served.url)
    assert Image.open(io.BytesIO(fetched(picture)[0])).format == "PNG"


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "600 to 4 K views after 30 days"), ("es", "De 600 a 4")]
)
def test_a_shared_result_previews_with_its_own_numbers(served: Any, lang: str, words: str) -> None:
    head = head_of(f"{served.url}?r={quote(LINK)}&lang={lang}")
    for name in ("og:title", "twitter:title"):
        (title,) = head.said[name]
        assert title.startswith(words), title
    (address,) = head.said["og:url"]
    assert address == f"{served.url}?r={quote(LINK)}"
    (picture,) = head.said["og:image"]
    content, kind = fetched(picture)
    assert kind == "image/png"
    assert Image.open(io.BytesIO(content)).size == (1200, 630)


def test_below_another_sites_path_the_preview_leads_there(served: Any) -> None:
    head = head_of(
        f"{served.url}?r={quote(LINK)}",
        **{"X-Forwarded-Host": "clips.example", "X-Forwarded-Proto": "https"},
    )
    assert head.said["og:image"][0].startswith("https://clips.example/own/card.png?r=")


@pytest.mark.parametrize("numbers", ["", "nonsense", LINK[:-4], '"><script>alert(1)</script>'])
def test_a_damaged_link_previews_as_the_app_and_has_no_card(served: Any, numbers: str) -> None:
    address = f"{served.url}?r={quote(numbers)}"
    assert head_of(address).said["og:title"][0].startswith("Viral: ")
    assert b"<script>alert" not in fetched(address)[0].partition(b"window.gradio_config")[0]
    with pytest.raises(urllib.error.HTTPError) as caught:
        fetched(f"{served.url}own/card.png?r={quote(numbers)}")
    assert caught.value.code == 404
    caught.value.close()


def test_a_phone_can_install_it(served: Any) -> None:
    head = head_of(served.url, **{"Accept-Language": "pt-BR"})
    place = urljoin(served.url, head.links["manifest"])
    content, kind = fetched(place)
    assert kind == "application/manifest+json"
    told = json.loads(content)
    assert told["lang"] == "pt"
    assert told["display"] == "standalone"
    assert urljoin(place, told["start_url"]) == urljoin(place, told["scope"]) == served.url
    sizes = set()
    for icon in told["icons"]:
        drawn = Image.open(io.BytesIO(fetched(urljoin(place, icon["src"]))[0]))
        assert f"{drawn.width}x{drawn.height}" == icon["sizes"]
        assert len(drawn.getcolors(100_000) or ()) > 3
        sizes.add((drawn.width, icon["purpose"]))
    assert {(192, "any"), (512, "any"), (512, "maskable")} <= sizes
    apple = fetched(urljoin(served.url, head.links["apple-touch-icon"]))[0]
    assert Image.open(io.BytesIO(apple)).size == (180, 180)


@pytest.mark.browser
def test_without_a_network_the_page_says_that_it_is_offline(served: Any, browser: Any) -> None:
    context = browser.new_context(locale="es-ES")
    page = context.new_page()
    page.goto(served.url)
    page.locator("#predict").wait_for()
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    context.set_offline(True)
    page.goto(f"{served.url}?again=1")
    assert page.locator("[data-state=offline] h1").inner_text() == "Estás sin conexión"
    assert page.evaluate("document.documentElement.lang") == "es"
    context.set_offline(False)
    page.get_by_role("link", name="Reintentar").click()
    page.locator("#predict").wait_for()
    context.close()
