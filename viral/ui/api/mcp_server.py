"""Gradio's MCP server as assistants need it: clips by their upload, answers as JSON.

Gradio takes clips by addresses that it fetches, which this app never does, and answers with
Python's notation. Here a clip is named by what an upload answered, as a path or as an address of
this app; an answer is JSON, whole for programs (`structuredContent`) and without the small parts
for models, which read every word of `content`. Tools carry the schema of their answer and the card
that shows it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

from gradio.mcp import GradioMCPServer
from mcp import types
from mcp.server.lowlevel import Server

from viral.errors import MediaError
from viral.messages import Message
from viral.ui.api.resources import CARD_URI
from viral.ui.api.schemas import ANSWERS, schema_of
from viral.ui.uploads import upload_path
from viral.version import __version__

UPLOAD = "/gradio_api/upload"
FILE_MARK = "/gradio_api/file="
"""What stands before the path in an address of an upload."""
MOST_SHOWN = 8
"""Features, groups or differences that a model reads of; a program has them all."""
TRIMMED = ("features", "groups", "differences")
LEFT_OUT = ("average", "jpeg")
"""Parts of an explanation that only figures need, and pictures, which go as such."""
INSTRUCTIONS = (
    "Viral predicts how far a short video will travel for an account, with an 80 % range, and says "
    f"why. Send each clip first: POST it as `files` to {UPLOAD} of this server (multipart), and "
    "give the path that is answered. A clip is deleted once a tool has looked at it; send it again "
    "for another tool, or use the `result` id of explain or compare with what_if. The views of the "
    "account's last five or more posts, oldest first, narrow the range most: ask for them."
)
TITLES = {
    "predict": "Predict a clip",
    "explain": "Explain a prediction",
    "what_if": "Change the post and predict again",
    "compare": "Compare cuts",
    "check": "Check a clip against a platform",
    "cover": "Find the best cover of a clip",
}


def sent_clip(place: str) -> dict[str, str]:
    """Return the upload that a client names, as an endpoint takes it.

    Parameters
    ----------
    place : str
        The path that the upload answered, or the address of it at this app.

    Raises
    ------
    MediaError
        It is no upload, or was deleted meanwhile.
    """
    address = urlsplit(place)
    if address.scheme in {"http", "https"} and FILE_MARK in address.path:
        place = unquote(address.path.partition(FILE_MARK)[2])
    elif address.scheme:
        raise MediaError(Message("mcp.send_first", route=UPLOAD))
    # Gradio's client would read any file of the server that has Gradio's mark and send it on.
    return {"path": str(upload_path(place))}


def for_model(answer: Any) -> Any:
    """Return an answer without what is too small or too long to read out, to four digits."""
    if isinstance(answer, float):
        return float(f"{answer:.4g}")
    if isinstance(answer, Mapping):
        return {
            name: strongest(value) if name in TRIMMED else for_model(value)
            for name, value in answer.items()
            if name not in LEFT_OUT
        }
    return [for_model(one) for one in answer] if isinstance(answer, list) else answer


def strongest(parts: list[Any]) -> list[Any]:
    """Return the parts that move the prediction most, in the order of the answer."""
    moving = [part for part in parts if part["value"]]
    kept = sorted(moving, key=lambda part: -abs(part["value"]))[:MOST_SHOWN]
    return [for_model(part) for part in moving if part in kept]


def improve(server: GradioMCPServer) -> None:
    """Make Gradio's server take uploads, answer with JSON and say what it is."""
    blocks, low_level = server.blocks, server.mcp_server
    server.api_info = blocks.get_api_info(all_endpoints=True)
    server.tool_to_endpoint = server.get_tool_to_endpoint()
    low_level.name, low_level.version = "viral", __version__
    low_level.instructions = INSTRUCTIONS
    server.convert_strings_to_filedata = _with_uploads  # type: ignore[method-assign,assignment]
    server.postprocess_output_data = _as_json  # type: ignore[method-assign]
    _complete_tools(low_level, server.tool_prefix)
    _complete_answers(low_level)


def _with_uploads(value: Any, positions: list[list[str | int]]) -> Any:
    named = {path[0] for path in positions}
    return {
        name: sent_clip(one) if name in named and isinstance(one, str) else one
        for name, one in value.items()
    }


def _as_json(data: Any, root_url: str) -> list[types.TextContent | types.ImageContent]:
    del root_url
    return [types.TextContent(type="text", text=json.dumps(answer)) for answer in data]


def _complete_answers(low_level: Server) -> None:
    call = low_level.request_handlers[types.CallToolRequest]

    async def called(request: types.CallToolRequest) -> types.ServerResult:
        found = await call(request)
        result = found.root
        if isinstance(result, types.CallToolResult) and not result.isError:
            answer = json.loads(result.content[0].text)  # type: ignore[union-attr]
            told = json.dumps(for_model(answer), ensure_ascii=False)
            pictures = [one["jpeg"] for one in answer.get("covers", ()) if one["jpeg"]]
            result = types.CallToolResult(
                content=[
                    types.TextContent(type="text", text=told),
                    *(
                        types.ImageContent(type="image", data=jpeg, mimeType="image/jpeg")
                        for jpeg in pictures
                    ),
                ],
                structuredContent=answer,
            )
        return types.ServerResult(result)

    low_level.request_handlers[types.CallToolRequest] = called


def _complete_tools(low_level: Server, prefix: str) -> None:
    listed = low_level.request_handlers[types.ListToolsRequest]

    async def complete(request: types.ListToolsRequest) -> types.ServerResult:
        found = await listed(request)
        result = found.root
        if isinstance(result, types.ListToolsResult):
            for tool in result.tools:
                _complete(tool, tool.name.removeprefix(prefix))
        return found

    low_level.request_handlers[types.ListToolsRequest] = complete


def _complete(tool: types.Tool, name: str) -> None:
    tool.title = TITLES[name]
    tool.annotations = types.ToolAnnotations(readOnlyHint=True, openWorldHint=False)
    tool.outputSchema = schema_of(ANSWERS[name])
    tool.meta = {"ui": {"resourceUri": CARD_URI}}
    properties = tool.inputSchema["properties"]
    for one in properties.values():
        if str(one.get("format", "")).startswith("Gradio File Input"):
            # What Gradio leaves of the type that it replaced makes no sense of a text.
            one.pop("required", None)
    needed = {"what_if": ["result"], "compare": ["clip_a", "clip_b"]}
    tool.inputSchema["required"] = needed.get(name, ["clip"])
