#!/usr/bin/env bash
# gradio[mcp] 6.31.0: on a Space, a prompt that is asked for by its listed name is not the one given.
#
# On a Space, Gradio lists every prompt with the Space's name before it (`demo_first`), but looks it
# up without. Nothing matches, no error is raised, and the last endpoint of the app answers in its
# place: whoever asks for `demo_first` gets the text of `second`. Elsewhere the same app answers
# with the right one. A name given as `gr.mcp.prompt(name="demo_first")` mends it.
# Exits with 0 while that is so, with 1 when it changes.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet "gradio[mcp]==6.31.0"
cat > "$folder/prompts.py" <<'PYTHON'
import asyncio

import gradio as gr
from mcp import ClientSession
from mcp.client.streamable_http import streamable_http_client


@gr.mcp.prompt()
def first() -> str:
    """The first prompt."""
    return "text of the first"


@gr.mcp.prompt()
def second() -> str:
    """The second prompt."""
    return "text of the second"


async def ask(address: str) -> None:
    async with (
        streamable_http_client(f"{address}gradio_api/mcp/") as (reading, writing, _),
        ClientSession(reading, writing) as session,
    ):
        await session.initialize()
        name = (await session.list_prompts()).prompts[0].name
        print(name, "->", (await session.get_prompt(name)).messages[0].content.text)


with gr.Blocks() as demo:
    gr.api(first, api_name="first")
    gr.api(second, api_name="second")
_, address, _ = demo.launch(
    server_name="127.0.0.1", mcp_server=True, prevent_thread_lock=True, quiet=True, ssr_mode=False
)
asyncio.run(ask(f"http://127.0.0.1:{demo.server_port}/"))
demo.close()
PYTHON
export GRADIO_ANALYTICS_ENABLED=False HF_HUB_OFFLINE=1
here=$("$folder/venv/bin/python" "$folder/prompts.py" 2>/dev/null | grep -- '->')
there=$(SYSTEM=spaces SPACE_ID=someone/demo "$folder/venv/bin/python" "$folder/prompts.py" 2>/dev/null | grep -- '->')
echo "on this machine: $here"
echo "as on a Space:   $there"
[ "$here" = "first -> text of the first" ] && [ "$there" = "demo_first -> text of the second" ]
