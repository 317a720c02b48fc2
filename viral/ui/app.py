"""The app as a whole: the frame around the pages, their order, and how it is served."""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import gradio as gr
from gradio.mcp import GradioMCPServer

from viral.errors import ViralError
from viral.explore.explorer import Explorer, shipped
from viral.hosting.shutdown import leave_at_once
from viral.links.fetching import Fetcher, fetcher_for
from viral.messages import DEFAULT_LANGUAGE, Message, text
from viral.settings import Settings
from viral.threads import limit_threads
from viral.ui import asset_routes, front, tunnel
from viral.ui.api import endpoints, guides, resources
from viral.ui.api.mcp_server import improve
from viral.ui.frame import connect, lay_out
from viral.ui.queueing import SayingQueue
from viral.ui.running import Runner, pipeline_for
from viral.ui.serving import (
    believe_no_header,
    forbid_fetching,
    gate_for,
    reach_this_machine_directly,
    serve_until_told,
    stop_signals,
)
from viral.ui.sessions import Sessions
from viral.ui.templates import rendered
from viral.ui.theme import ViralTheme, style_sheet

MAX_WAITING = 60
"""People in the queue before newcomers are turned away with a sentence: at one to five seconds a
clip the last of them waits five minutes at most."""


class App(gr.Blocks):
    """Gradio's Blocks with the runner that its pages share."""

    runner: Runner
    saying_queue: SayingQueue
    _mcp_server: GradioMCPServer | None = None

    @property  # type: ignore[override]
    def mcp_server_obj(self) -> GradioMCPServer | None:
        """Gradio's server of tools, made when the app is launched."""
        return self._mcp_server

    @mcp_server_obj.setter
    def mcp_server_obj(self, server: GradioMCPServer | None) -> None:
        # Before the port is open, so that nobody meets it as Gradio made it.
        if server is not None:
            improve(server)
        self._mcp_server = server


def build(
    settings: Settings,
    runner: Runner | None = None,
    fetcher: Fetcher | None = None,
    *,
    explorer: Callable[[], Explorer] = shipped,
    first: str = "predict",
) -> App:
    """Build the app without serving it; nothing heavy is imported.

    Parameters
    ----------
    settings
        Limits and lifetimes.
    runner
        What looks at clips; tests may give another one.
    fetcher
        What follows links; the one that the settings allow, or none, unless a test gives another.
    explorer
        Returns the posts that Explore shows.
    first
        The tab that is open at first: `predict` or `explore`.

    Raises
    ------
    ModelError
        The account's own model that the settings name is missing or was changed.
    """
    runner = runner or Runner(pipeline_for(settings))
    fetcher = fetcher or fetcher_for(settings)
    forbid_fetching()
    sessions = Sessions(settings.clip_lifetime_s)
    with App(
        title=text("app.title", DEFAULT_LANGUAGE),
        analytics_enabled=False,
        fill_width=True,
    ) as app:
        frame = lay_out(settings, runner, sessions, fetcher, explorer, first)
        endpoints.register(runner, Sessions(settings.clip_lifetime_s))
        resources.register(settings)
        connect(app, frame)
    # On a Space, Gradio's page would fetch fonts and a header from other machines.
    app.space_id = None
    app.runner = runner
    app.queue(max_size=MAX_WAITING, api_open=False)
    app.saying_queue = SayingQueue(app)
    return app


def launch(
    app: App,
    settings: Settings,
    *,
    in_browser: bool = False,
    warm_up: bool = True,
    wait: bool = True,
    visitors: tunnel.Visitors = tunnel.Visitors(),  # noqa: B008 - it cannot be changed
) -> str:
    """Serve the app and return its address.

    Parameters
    ----------
    app
        From `build`.
    settings
        Address, port and limits. `GRADIO_SERVER_NAME` and `GRADIO_SERVER_PORT`, which hosts such as
        Spaces set, count where `VIRAL_HOST` and `VIRAL_PORT` are not set.
    in_browser
        Open the page in a browser if there is one.
    warm_up
        Load the models in the background once the page is served.
    wait
        Return only when the app is stopped.
    visitors
        Whether a temporary public link is made, and who may come in; the link is printed.

    Raises
    ------
    ViralError
        The port is taken, or no public link can be had.
    """
    limit_threads()
    name = None if _host_decides("NAME", "HOST") else settings.host
    port = None if _host_decides("PORT", "PORT") else settings.port or _free_port(settings.host)
    state, layers = gate_for(settings, lambda: app.runner.warm)
    believe_no_header()
    front.stand_in_front()
    reach_this_machine_directly()
    with stop_signals() if wait else nullcontext(threading.Event()) as told:
        options = {"inbrowser": in_browser, "auth": visitors.login}
        url = _opened(app, name, port, settings.max_clip_bytes, layers, options)
        print(f"Viral is at {url}", flush=True)
        if visitors.public:
            _make_public(app, visitors)
        if warm_up:
            app.runner.warm_up()
        if wait:
            grace_s = settings.shutdown_grace_s
            busy, queue = lambda: app.runner.busy, app.saying_queue
            serve_until_told(app, state, told, busy, grace_s, queue)
            if app.runner.working:
                leave_at_once(0)
    return url


def _opened(
    app: App,
    name: str | None,
    port: int | None,
    most_bytes: int,
    layers: dict[str, Any],
    options: dict[str, Any],
) -> str:
    """Open the port and return the address."""
    try:
        _, url, _ = app.launch(
            server_name=name,
            server_port=port,
            theme=ViralTheme(),
            css=style_sheet(),
            head=rendered("widgets/head", DEFAULT_LANGUAGE),
            prevent_thread_lock=True,
            quiet=True,
            show_error=False,
            ssr_mode=False,
            run_history=False,
            mcp_server=True,
            footer_links=["api"],
            allowed_paths=[],
            max_file_size=most_bytes,
            # The app is there once its port is open. Gradio would ask itself for the page, and give
            # up where the machine is too busy to answer within seconds.
            _frontend=False,
            app_kwargs={**layers, "routes": _routes(app)},
            **options,
        )
    except OSError as error:
        taken = str(port or os.environ.get("GRADIO_SERVER_PORT"))
        raise ViralError(Message("host.port_taken", port=taken)) from error
    return str(url)


def _routes(app: App) -> list[Any]:
    # The first that fits answers: `own/icon_192.png` before any `own/NAME`.
    return [*front.routes(), *asset_routes.routes(), *guides.routes(app)]


def _make_public(app: App, visitors: tunnel.Visitors) -> None:
    print(visitors.warning(), file=sys.stderr, flush=True)
    try:
        address = tunnel.opened(app.server_name, app.server_port, app.share_token)
    except ViralError:
        app.close(verbose=False)
        raise
    print(f"For a week at most, or until you stop it, Viral is also at {address}", flush=True)


def _free_port(host: str) -> int:
    """Return a port that nobody listens on: what port 0 asks for."""
    with socket.socket() as probe:
        probe.bind((host, 0))
        return int(probe.getsockname()[1])


def _host_decides(gradio_name: str, viral_name: str) -> bool:
    return bool(os.environ.get(f"GRADIO_SERVER_{gradio_name}")) and not os.environ.get(
        f"VIRAL_{viral_name}"
    )
