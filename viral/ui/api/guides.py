"""What an assistant reads before it begins: `llms.txt`, `SKILL.md`, and where the app serves them.

Both are made of the calls themselves, so that they cannot say what is not so.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

import gradio as gr
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from viral.ui.api.description import CALL, STREAM, UPLOAD, Call, calls, openapi
from viral.ui.api.resources import HONESTY

ABOUT = (
    "Viral predicts how far a short video will travel for an account before it is posted, with an "
    "80 % range, and says why. It runs on the machine that serves it; clips go nowhere else."
)
SERVED: Mapping[str, str] = {
    "/openapi.json": "the calls over HTTP, with their parameters, answers and examples",
    "/gradio_api/mcp/": "the same as MCP tools, with resources, prompts and a card",
    "/healthz": "whether the app is ready",
}
"""Address at an app -> what is there."""
SHIPPED: Mapping[str, str] = {
    "README.md": "what it says, how to start it, how well it predicts",
    "SKILL.md": "how an assistant uses it, step by step",
    "docs/api.md": "every call, with an example that runs",
    "docs/openapi.json": "the calls over HTTP as OpenAPI 3.1",
    "docs/record.md": "predictions sealed before posting, for all to check",
    "models/README.md": "the model's card: data, accuracy, limits",
    "docs/hosting.md": "a Space, a container, a machine of your own",
    "SECURITY.md": "what is guarded, and what is not",
}
"""File of the repository -> what it says."""


def _list(entries: Mapping[str, str]) -> str:
    return "\n".join(f"- [{place}]({place}): {told}" for place, told in entries.items())


def _calls(listed: Iterable[Call]) -> str:
    return "\n".join(f"- `{call.name}`: {call.told}" for call in listed)


def llms_txt(app: gr.Blocks, *, served: bool) -> str:
    """Return what `llms.txt` says, in the form of llmstxt.org.

    Parameters
    ----------
    app
        Whose calls are listed.
    served
        Whether an app serves it, or it stands at the top of the repository.
    """
    return "\n".join(
        [
            "# Viral",
            "",
            f"> {ABOUT}",
            "",
            HONESTY,
            "",
            "## Calls",
            "",
            _calls(calls(app)),
            "",
            "## Where",
            "",
            _list(SERVED if served else SHIPPED),
            "",
        ]
    )


def skill(app: gr.Blocks) -> str:
    """Return what `SKILL.md` says: when to use it, how to begin, each call with its parameters."""
    listed = list(calls(app))
    sections = [
        "---",
        "name: viral",
        "description: Predict how far a short video (TikTok, Reels, Shorts) will travel for an "
        "account before it is posted, compare cuts, check a clip against a platform's limits, and "
        "say why. Use when somebody asks whether, when or which version of a clip to post.",
        "---",
        "",
        "# Viral",
        "",
        ABOUT,
        "",
        "## Begin",
        "",
        "1. Ask for the views of the account's last five or more posts, oldest first. They narrow "
        "the range most; followers help less.",
        "2. With a shell and the command installed:",
        "   `viral predict CLIP --recent-views 900,1500,700 --json`, or "
        "`viral check CLIP --for tiktok --json`.",
        "3. With an MCP connection to `/gradio_api/mcp/`: send each clip to "
        f"`{UPLOAD}` first, and give the path that is answered.",
        "4. Over HTTP alone:",
        "",
        "```sh",
        f"curl -F files=@clip.mp4 http://127.0.0.1:7860{UPLOAD}",
        f"curl http://127.0.0.1:7860{CALL}/predict -H 'Content-Type: application/json' \\",
        """  -d '{"clip": {"path": "PATH"}, "recent_views": [900, 1500, 700]}'""",
        f"curl -N http://127.0.0.1:7860{STREAM}/predict/EVENT_ID",
        "```",
        "",
        "A clip is deleted once a call has looked at it; send it again for another call, or give "
        "the `result` of `explain` or `compare` to `what_if`.",
        "",
        "## Say it honestly",
        "",
        HONESTY,
        "",
        "## Calls",
    ]
    post = [one for one in listed[0].parameters if not one.needed]
    for call in listed:
        own = [one for one in call.parameters if call is listed[0] or one not in post]
        sections += ["", f"### {call.name}", "", call.told, ""]
        sections += [
            f"* `{one.name}`{' (needed)' if one.needed else ''}: {one.told}" for one in own
        ]
        if len(own) < len(call.parameters):
            sections.append(f"* and what is said of the post, as in `{listed[0].name}`.")
        sections += ["", f"Returns: {call.returns}"]
    return "\n".join([*sections, ""])


def files(app: gr.Blocks) -> dict[str, str]:
    """Return path in the repository -> content of what is made from the calls."""
    return {
        "SKILL.md": skill(app),
        "llms.txt": llms_txt(app, served=False),
        "docs/openapi.json": json.dumps(openapi(app), indent=1, ensure_ascii=False) + "\n",
    }


def routes(app: gr.Blocks) -> list[Route]:
    """Return where an app serves its description and its `llms.txt`."""
    described = json.dumps(openapi(app), ensure_ascii=False)
    listed = llms_txt(app, served=True)

    async def description(request: Request) -> Response:
        del request
        return Response(described, media_type="application/json")

    async def words(request: Request) -> Response:
        del request
        return PlainTextResponse(listed)

    return [Route("/openapi.json", description), Route("/llms.txt", words)]
