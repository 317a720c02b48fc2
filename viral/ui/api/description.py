"""The calls over HTTP as OpenAPI describes them, out of the endpoints themselves.

Gradio's own description, at `/gradio_api/openapi.json`, knows no answers, no defaults and no
refusals. A call is two requests: the first takes named values and answers an id, the second streams
what comes of it as server-sent events, the last of which is `complete` with a list of one answer,
or `error` with a sentence.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import gradio as gr
from gradio.utils import get_function_description
from pydantic import TypeAdapter

from viral.ui.api.schemas import ANSWERS
from viral.version import __version__

CALL = "/gradio_api/call/v2"
STREAM = "/gradio_api/call"
UPLOAD = "/gradio_api/upload"
CLIP = {
    "type": "object",
    "properties": {"path": {"type": "string", "description": "What the upload answered."}},
    "required": ["path"],
}
EXAMPLES: Mapping[str, Any] = {
    "caption": "Spring onions for ever #cooking",
    "followers": 12_000,
    "recent_views": [900, 1500, 700, 1200, 2100],
    "platform": "tiktok",
}
"""Parameter -> a value for examples; clips and results have places of their own."""
HOW = (
    "A call is two requests: POST named values, which answers an id, then GET the answer by that "
    "id. Clips are sent beforehand and deleted once a call has looked at them."
)
PLACE_OF_CLIP, PLACE_OF_RESULT = "PATH", "RESULT"
REFUSALS = {
    "408": "The upload stalled.",
    "413": "The clip or the call is too large.",
    "429": "Too much of one client, or a full queue; `Retry-After` says when to try again.",
    "431": "The headers are too large.",
    "503": "The disk is full, or the app is about to stop.",
}


@dataclass(frozen=True)
class Parameter:
    """One value of a call."""

    name: str
    schema: Mapping[str, Any]
    told: str
    needed: bool


@dataclass(frozen=True)
class Call:
    """One call of the API."""

    name: str
    told: str
    returns: str
    parameters: tuple[Parameter, ...]

    @property
    def takes_clip(self) -> bool:
        """Whether a clip has to be sent first."""
        return any(parameter.schema is CLIP for parameter in self.parameters)

    def example(self) -> dict[str, Any]:
        """Return what may be sent, with places for clips and results."""
        shown: dict[str, Any] = {}
        for parameter in self.parameters:
            if parameter.schema is CLIP and parameter.needed:
                shown[parameter.name] = {"path": PLACE_OF_CLIP}
            elif parameter.name == "result":
                shown[parameter.name] = PLACE_OF_RESULT
            elif parameter.name in EXAMPLES:
                shown[parameter.name] = EXAMPLES[parameter.name]
        return shown


def calls(app: gr.Blocks) -> Iterator[Call]:
    """Yield the public calls of an app, in their order."""
    for block in app.fns.values():
        if block.fn is None or block.api_visibility != "public" or not block.api_name:
            continue
        told, parameters, returns = get_function_description(block.fn)
        yield Call(
            name=str(block.api_name),
            told=told,
            returns=" ".join(returns),
            parameters=tuple(
                Parameter(one.name, _schema(one), parameters.get(one.name, ""), _needed(one))
                for one in inspect.signature(block.fn).parameters.values()
            ),
        )


def _needed(parameter: inspect.Parameter) -> bool:
    return parameter.default is inspect.Parameter.empty


def _schema(parameter: inspect.Parameter) -> Mapping[str, Any]:
    if "FileData" in str(parameter.annotation):
        return CLIP
    schema = TypeAdapter(parameter.annotation).json_schema()
    if not _needed(parameter) and parameter.default is not None:
        schema["default"] = parameter.default
    return schema


def openapi(app: gr.Blocks) -> dict[str, Any]:
    """Return the description of an app's calls, as OpenAPI 3.1 has it."""
    listed = list(calls(app))
    paths: dict[str, Any] = {UPLOAD: {"post": _upload()}}
    for call in listed:
        paths[f"{CALL}/{call.name}"] = {"post": _request(call)}
        paths[f"{STREAM}/{call.name}/{{event_id}}"] = {"get": _stream(call)}
    paths["/healthz"] = {"get": _health()}
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Viral",
            "version": __version__,
            "summary": "How far a short video is likely to travel for an account, and why.",
            "description": HOW,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": {**_shapes(), "Refusal": _refusal()}},
    }


def _shapes() -> dict[str, Any]:
    shapes: dict[str, Any] = {}
    for shape in ANSWERS.values():
        schema = TypeAdapter(shape).json_schema(ref_template="#/components/schemas/{model}")
        shapes |= schema.pop("$defs", {})
        shapes[shape.__name__] = schema
    return dict(sorted(shapes.items()))


def _refusal() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {"error": {"type": "string", "description": "One sentence."}},
        "required": ["error"],
    }


def _refusals() -> dict[str, Any]:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    return {status: {"description": why, "content": content} for status, why in REFUSALS.items()}


def _answered(description: str, schema: Mapping[str, Any]) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _upload() -> dict[str, Any]:
    files = {"type": "array", "items": {"type": "string", "contentMediaType": "video/*"}}
    form = {"type": "object", "properties": {"files": files}, "required": ["files"]}
    paths = {"type": "array", "items": {"type": "string"}}
    return {
        "operationId": "upload",
        "summary": "Send a clip; the answer is its path, for the calls.",
        "requestBody": {"required": True, "content": {"multipart/form-data": {"schema": form}}},
        "responses": {"200": _answered("A path for each file.", paths), **_refusals()},
    }


def _request(call: Call) -> dict[str, Any]:
    properties = {one.name: {**one.schema, "description": one.told} for one in call.parameters}
    needed = [one.name for one in call.parameters if one.needed]
    body = {"type": "object", "properties": properties, "required": needed}
    event = {
        "type": "object",
        "properties": {"event_id": {"type": "string"}},
        "required": ["event_id"],
    }
    return {
        "operationId": call.name,
        "summary": call.told,
        "description": f"Returns: {call.returns}",
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": body, "example": call.example()}},
        },
        "responses": {
            "200": _answered("The id by which the answer is fetched.", event), **_refusals()
        },
    }  # fmt: skip


def _stream(call: Call) -> dict[str, Any]:
    answer = {"$ref": f"#/components/schemas/{ANSWERS[call.name].__name__}"}
    return {
        "operationId": f"{call.name}_answer",
        "summary": f"Wait for what {call.name} answers.",
        "parameters": [
            {"name": "event_id", "in": "path", "required": True, "schema": {"type": "string"}}
        ],
        "responses": {
            "200": {
                "description": (
                    "Server-sent events: `heartbeat`, then `complete` or `error`. The data of "
                    "`complete` is a JSON list of one answer, see `x-complete`; that of `error` "
                    "an object with the sentence, see `x-error`."
                ),
                "content": {"text/event-stream": {"schema": {"type": "string"}}},
                "x-complete": {"type": "array", "prefixItems": [answer], "minItems": 1},
                "x-error": {"$ref": "#/components/schemas/Refusal"},
            }
        },
    }


def _health() -> dict[str, Any]:
    shape = {"type": "object", "properties": {"status": {"enum": ["ok", "loading", "stopping"]}}}
    return {
        "operationId": "health",
        "summary": "Whether the app runs and its models are loaded.",
        "responses": {"200": _answered("It runs.", shape), "503": _answered("It stops.", shape)},
    }
