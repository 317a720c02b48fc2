"""The app as an assistant meets it: a real MCP client sends clips, calls every tool, reads what is
to be read, and a host of MCP Apps shows the card."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import jsonschema
import pytest
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import McpError
from synthesis import BLUE, GREEN, RED, clicks, solid_frames, write_clip

from viral.explain.platforms import PLATFORMS

pytestmark = pytest.mark.slow
RECENT = [900, 1500, 700]
TOOLS = {"predict", "explain", "what_if", "compare", "check", "cover"}
HOST = """
<iframe id="card" style="width:420px;height:80px;border:0"></iframe>
<script>
window.heard = [];
const card = document.getElementById("card");
window.addEventListener("message", (event) => {
  const message = event.data;
  window.heard.push(message.method);
  const answer = (more) => card.contentWindow.postMessage({jsonrpc: "2.0", ...more}, "*");
  if (message.method === "ui/initialize") {
    answer({id: message.id, result: {protocolVersion: message.params.protocolVersion,
      hostContext: {theme: "dark", locale: window.wanted.locale}}});
  } else if (message.method === "ui/notifications/initialized") {
    answer({method: "ui/notifications/tool-result", params: window.wanted.result});
  } else if (message.method === "ui/notifications/size-changed") {
    card.style.height = message.params.height + "px";
  }
});
</script>
"""
"""What a host does of the specification, as far as the card needs it."""
HOSTS_RULES = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
)
"""What a host lets a card do that asks for nothing."""


@dataclass
class Heard:
    """What the app said to the client."""

    tools: dict[str, Any] = field(default_factory=dict)
    results: dict[str, Any] = field(default_factory=dict)
    refusals: dict[str, str] = field(default_factory=dict)
    resources: dict[str, Any] = field(default_factory=dict)
    templates: list[str] = field(default_factory=list)
    prompts: dict[str, Any] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    hello: Any = None


def asked(url: str, talk: Callable[[ClientSession], Awaitable[None]]) -> None:
    """Have a client talk to the app."""

    async def run() -> None:
        async with (
            streamable_http_client(f"{url}gradio_api/mcp/") as (reading, writing, _),
            ClientSession(reading, writing) as session,
        ):
            await talk(session)

    asyncio.run(run())


def sent(url: str, clip: Path) -> str:
    """Upload a clip as any program would, and return the path that is answered."""
    mark = "------clip"
    body = (
        f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{clip.name}"\r\n\r\n'
    ).encode() + clip.read_bytes()
    request = urllib.request.Request(
        f"{url}gradio_api/upload",
        data=body + f"\r\n--{mark}--\r\n".encode(),
        headers={"Content-Type": f"multipart/form-data; boundary={mark}"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return str(json.load(answer)[0])


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("cuts")
    return {
        name: write_clip(
            folder / f"{name}.mp4",
            frames=solid_frames(colours, cuts_s=[1.0], duration_s=2.0),
            waveform=clicks(2.0, bpm=120.0),
        )
        for name, colours in (("cut a", [RED, BLUE]), ("cut b", [GREEN, BLUE]))
    }


@pytest.fixture(scope="module")
def heard(served: Any, clips: dict[str, Path], tmp_path_factory: Any) -> Heard:
    url, found = served.url, Heard()
    own = tmp_path_factory.mktemp("of_the_server") / "private.mp4"
    own.write_bytes(clips["cut a"].read_bytes())

    async def talk(session: ClientSession) -> None:
        found.hello = await session.initialize()
        found.tools = {tool.name: tool for tool in (await session.list_tools()).tools}
        first = sent(url, clips["cut a"])
        calls: dict[str, dict[str, Any]] = {
            "predict": {"clip": first, "recent_views": RECENT, "caption": "Spring #cooking"},
            "explain": {
                # An address of the upload does as well, as Gradio's own helper gives it.
                "clip": f"{url}gradio_api/file={quote(sent(url, clips['cut a']))}",
                "recent_views": RECENT,
            },
            "compare": {
                "clip_a": sent(url, clips["cut a"]),
                "clip_b": sent(url, clips["cut b"]),
                "recent_views": RECENT,
            },
            "check": {"clip": sent(url, clips["cut a"]), "platform": "shorts"},
            "cover": {"clip": sent(url, clips["cut a"]), "pictures": True},
        }
        for name, arguments in calls.items():
            found.results[name] = await session.call_tool(name, arguments)
        result = found.results["explain"].structuredContent["result"]
        change = {"result": result, "recent_views": [5000, 6000, 4000]}
        found.results["what_if"] = await session.call_tool("what_if", change)
        for name, clip in (
            ("gone", first),
            ("elsewhere", "https://example.org/clip.mp4"),
            ("the server's", str(own)),
            ("its passwords", "/etc/passwd"),
            ("in the call", "data:video/mp4;base64,AAAA"),
        ):
            refused = await session.call_tool("predict", {"clip": clip})
            assert refused.isError, name
            found.refusals[name] = refused.content[0].text
        listed = (await session.list_resources()).resources
        found.resources = {str(one.uri): one for one in listed}
        found.templates = [
            one.uriTemplate for one in (await session.list_resource_templates()).resourceTemplates
        ]
        for address in (*found.resources, *(f"viral://platforms/{name}" for name in PLATFORMS)):
            read = await session.read_resource(address)
            found.said[address] = read.contents[0].text
        with pytest.raises(McpError):
            await session.read_resource("viral://nothing")
        found.prompts = {one.name: one for one in (await session.list_prompts()).prompts}
        for name, arguments in (
            ("which_cut", {"clips": "one.mp4, two.mp4", "recent_views": "900, 1500"}),
            ("ready_to_post", {"clip": "one.mp4", "platform": "reels"}),
            ("what_moves_it", {"clip": "one.mp4"}),
        ):
            prompt = await session.get_prompt(name, arguments)
            found.said[name] = prompt.messages[0].content.text

    asked(url, talk)
    return found


def test_an_assistant_is_told_how_to_begin(heard: Heard) -> None:
    assert heard.hello.serverInfo.name == "viral"
    assert "/gradio_api/upload" in heard.hello.instructions
    assert set(heard.tools) == TOOLS
    for name, tool in heard.tools.items():
        assert tool.title
        assert set(tool.inputSchema["required"]) <= set(tool.inputSchema["properties"])
        assert tool.inputSchema["required"] == {
            "what_if": ["result"],
            "compare": ["clip_a", "clip_b"],
        }.get(name, ["clip"])


def test_every_tool_answers_whole_for_programs_and_short_for_models(heard: Heard) -> None:
    assert set(heard.results) == TOOLS
    for name, result in heard.results.items():
        assert not result.isError, result.content
        jsonschema.validate(result.structuredContent, heard.tools[name].outputSchema)
        short = json.loads(result.content[0].text)
        assert set(short) == set(result.structuredContent)
        pictures = [part.data for part in result.content[1:]]
        covers = result.structuredContent.get("covers", ())
        assert pictures == [cover["jpeg"] for cover in covers]
        assert len(result.content[0].text) < 16_000, name
    predicted = heard.results["predict"]
    whole = predicted.structuredContent["explanation"]["features"]
    short = json.loads(predicted.content[0].text)["explanation"]["features"]
    strongest = sorted((abs(part["value"]) for part in whole), reverse=True)[: len(short)]
    assert sorted((abs(part["value"]) for part in short), reverse=True) == pytest.approx(
        strongest, rel=1e-3
    )


def test_the_answers_belong_together(heard: Heard) -> None:
    answers = {name: result.structuredContent for name, result in heard.results.items()}
    assert sorted(answers["compare"]["order"]) == ["A", "B"]
    assert answers["what_if"]["views_before"] == answers["explain"]["views"]
    assert answers["what_if"]["factor"] > 1
    assert answers["check"]["platform"] == "shorts"
    assert answers["predict"]["usual_views"] == pytest.approx(900)


def test_a_clip_is_an_upload_and_nothing_else(heard: Heard, served: Any) -> None:
    assert "/gradio_api/upload first" in heard.refusals["elsewhere"]
    assert heard.refusals["in the call"] == heard.refusals["elsewhere"]
    for name in ("gone", "the server's", "its passwords"):
        assert "no longer on this server" in heard.refusals[name]
    assert served.files() == []


def test_what_can_be_read_is_there(heard: Heard) -> None:
    assert set(heard.resources) == {
        *("viral://model-card", "viral://accuracy", "viral://platforms", "ui://viral/answer"),
    }
    assert heard.templates == ["viral://platforms/{platform}"]
    assert heard.said["viral://model-card"].startswith("# Model card")
    rows = json.loads(heard.said["viral://accuracy"])["measured"]
    assert len(rows) == 8
    assert all(row["typical_miss_factor"] > 1 for row in rows)
    for name, platform in PLATFORMS.items():
        said = json.loads(heard.said[f"viral://platforms/{name}"])
        assert said["longest_s"] == platform.longest_s
        assert set(said["sources"]) == set(platform.sources)
    assert set(json.loads(heard.said["viral://platforms"])) == set(PLATFORMS)


def test_the_questions_carry_what_was_given(heard: Heard) -> None:
    assert set(heard.prompts) == {"which_cut", "ready_to_post", "what_moves_it"}
    assert heard.prompts["which_cut"].description == "Which of these cuts should I post?"
    assert "one.mp4, two.mp4" in heard.said["which_cut"]
    assert "Recent views, oldest first: 900, 1500." in heard.said["which_cut"]
    assert "ready to post on reels?" in heard.said["ready_to_post"]
    for name in heard.prompts:
        for tool in TOOLS:
            assert f"call {tool}" not in heard.said[name] or tool in heard.tools
        assert "1 in 5 posts ends outside" in heard.said[name]


def test_every_tool_names_the_card(heard: Heard) -> None:
    for tool in heard.tools.values():
        assert tool.meta == {"ui": {"resourceUri": "ui://viral/answer"}}
    assert heard.resources["ui://viral/answer"].mimeType == "text/html;profile=mcp-app"
    assert "http" not in heard.said["ui://viral/answer"]


@pytest.mark.browser
@pytest.mark.parametrize("name", sorted(TOOLS))
def test_a_host_shows_the_answer_in_the_card(browser: Any, heard: Heard, name: str) -> None:
    result = heard.results[name]
    whole = {"structuredContent": result.structuredContent, "content": []}
    short = {"content": [{"type": "text", "text": result.content[0].text}]}
    refused = {"isError": True, "content": [{"type": "text", "text": "<b>No clip</b> given."}]}
    rules = f'<meta http-equiv="Content-Security-Policy" content="{HOSTS_RULES}">'
    card = heard.said["ui://viral/answer"].replace("<head>", f"<head>{rules}")
    complaints: list[str] = []

    def complained(message: Any) -> None:
        if message.type == "error":
            complaints.append(message.text)

    shown = []
    others = ((short, "en-US"), (whole, "es-MX"), (refused, "en")) if name == "predict" else ()
    for given, locale in ((whole, "en-US"), *others):
        page = browser.new_page()
        page.on("console", complained)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.set_content(HOST)
        page.evaluate("wanted => { window.wanted = wanted; }", {"result": given, "locale": locale})
        page.evaluate("card => { document.getElementById('card').srcdoc = card; }", card)
        frame = page.frame_locator("#card")
        frame.locator("#answer :not(.soft)").first.wait_for(state="attached", timeout=10_000)
        page.wait_for_function("window.heard.includes('ui/notifications/size-changed')")
        shown.append(frame.locator("#answer").inner_text())
        page.close()
    assert complaints == []
    told = {
        "predict": "views", "explain": "views", "what_if": "Before:", "compare": "Cut ",
        "cover": [*result.structuredContent.get("notes", ()), " sec"][0],
        "check": "To fix" if not result.structuredContent.get("passed", True) else "passed",
    }[name]  # fmt: skip
    assert told in shown[0]
    if others:
        assert shown[1] == shown[0]
        assert "visualizaciones" in shown[2]
        assert shown[3].strip() == "<b>No clip</b> given."
