"""Every setting of the project, read once from `VIRAL_*` environment variables.

A setting's environment variable is `VIRAL_` and its name in capitals: `max_clip_bytes` is read from
`VIRAL_MAX_CLIP_BYTES`. README.md lists them all; a test holds that table against this class.
"""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field, fields, replace
from functools import cache
from pathlib import Path

from viral.errors import ViralError
from viral.messages import Message
from viral.shipped import shipped_path

SPEECH_BACKENDS = ("whisper-timestamped", "whisper", "faster-whisper", "off")
MODELS = shipped_path("models")
MAX_PORT = 65_535
ON_SPACES = {"trusted_proxies": 1}
"""Defaults on Hugging Face Spaces, which set `SPACE_ID`. All that reaches a Space comes through
its host's proxy, which adds the address that it saw as the last one: without it all visitors are
one client."""
_TRUE, _FALSE = {"1", "true", "yes", "on"}, {"0", "false", "no", "off"}


@dataclass(frozen=True)
class Settings:
    """Every setting with its default. Units are in the names."""

    max_clip_bytes: int = 200_000_000
    """Largest file accepted, in bytes."""
    max_clip_duration_s: float = 600.0
    """Longest clip accepted, in seconds."""
    max_frame_pixels: int = 8192 * 4352
    """Largest coded picture accepted (width times height), checked before a frame is decoded."""
    decode_timeout_s: float = 18.0
    """Seconds of wall time that the decoding child may take before it is killed."""
    decode_memory_bytes: int = 3_000_000_000
    """Address space of the decoding child."""
    threads: int = 2
    """Threads for torch, LightGBM and the rest; set once at start."""
    speech_backend: str = "faster-whisper"
    """`faster-whisper` (MIT), `whisper-timestamped` (AGPL-3.0), `whisper` (MIT) or `off`; see
    docs/performance.md for how they compare."""
    screen_text: bool = False
    """Read the text on screen, up to a second a clip; the checks of text need it."""
    hub_fallback: bool = False
    """Fetch missing weights from the Hugging Face hub by pinned revision."""
    cache_dir: Path = Path("~/.cache/viral")
    """Where converted weights are kept; never clips."""
    data_dir: Path = Path("~/.local/share/viral")
    """Where what creators report and the column mappings they give are kept; never clips."""
    database_url: str = "sqlite"
    """Where reports are kept: `postgresql://user:password@host/name`, or `sqlite` for a file in the
    data folder."""
    hub_dataset: str = "off"
    """A private dataset on the Hugging Face hub, `owner/name`, to which what creators agreed to is
    copied every five minutes; for hosts whose disk does not last, such as Spaces."""
    hub_token: str = field(default="none", repr=False)
    """A token that may write to that dataset; nothing is copied without one."""
    follow_feedback: bool = False
    """Let the modalities' weights follow how well they have done in reports, see `viral feedback
    weights`."""
    model_dir: Path = MODELS
    """The folder of the model that predicts."""
    account_model: str = "none"
    """Folder of an account's own model, from `viral train --account`, for an app that one account
    uses: it then stands behind every prediction of the page and the API."""
    host: str = "127.0.0.1"
    """Address the app listens on."""
    port: int = 7860
    """Port the app listens on."""
    clip_lifetime_s: int = 3600
    """Seconds after its last use that a result stays in memory; no clip is kept with it."""
    upload_lifetime_s: int = 600
    """Seconds after which an uploaded clip that was never analysed is deleted; one that was
    looked at is deleted at once."""
    max_stored_bytes: int = 2_000_000_000
    """Bytes of clips that may wait on disk at a time, everybody's together."""
    calls_per_minute: int = 300
    """Requests that one client may make, besides loading the page."""
    upload_bytes_per_minute: int = 400_000_000
    """Bytes that one client may upload, after a first burst of two of the largest clips."""
    accept_links: bool = False
    """Let a link to a post be pasted in place of a file; read SECURITY.md first."""
    link_hosts: str = (
        "tiktok.com,tiktokv.com,tiktokcdn.com,tiktokcdn-us.com,tiktokcdn-eu.com,"
        "instagram.com,cdninstagram.com,fbcdn.net,youtube.com,youtu.be,googlevideo.com"
    )
    """Hosts that links may lead to, those below them and those of their files among them."""
    link_timeout_s: float = 60.0
    """Seconds that a clip behind a link may take to arrive."""
    trusted_proxies: int = 0
    """Proxies of the host in front of the app; any value above 0 makes the app trust
    `X-Forwarded-For`. On a Space 1, unless it is set."""
    shutdown_grace_s: float = 20.0
    """Seconds that a clip under way is given when the app is told to stop."""

    @property
    def copies_to_hub(self) -> bool:
        """Whether both a dataset and a token are named."""
        return self.hub_dataset not in ("", "off") and self.hub_token not in ("", "none")


def _number(text: str, default: float) -> float:
    number = type(default)(text)
    # Every number here is a limit, a size or a port: zero or less would switch the app off. Only
    # what is none by default may be none.
    if not math.isfinite(number) or number < 0 or (number == 0 and default != 0):
        raise ValueError(text)
    return number


def _parsed(name: str, text: str, default: object) -> object:
    variable = f"VIRAL_{name.upper()}"
    if name == "speech_backend":
        if text.strip() not in SPEECH_BACKENDS:
            known = ", ".join(SPEECH_BACKENDS)
            raise ViralError(
                Message("setting.choice", name=variable, value=repr(text), known=known)
            )
        return text.strip()
    try:
        if isinstance(default, bool):
            if text.strip().lower() not in _TRUE | _FALSE:
                raise ValueError(text)
            return text.strip().lower() in _TRUE
        if isinstance(default, (int, float)):
            number = _number(text, default)
            if name == "port" and number > MAX_PORT:
                raise ValueError(text)
            return number
    except ValueError as error:
        example = "1" if isinstance(default, bool) else default
        raise ViralError(
            Message("setting.value", name=variable, value=repr(text), example=str(example))
        ) from error
    return Path(text) if isinstance(default, Path) else text


@cache
def settings() -> Settings:
    """Return the settings, read from the environment at the first call.

    Raises
    ------
    ViralError
        A `VIRAL_*` variable cannot be read as its setting's type, or makes no sense.
    """
    values = {}
    on_spaces = bool(os.environ.get("SPACE_ID"))
    for knob in fields(Settings):
        text = os.environ.get(f"VIRAL_{knob.name.upper()}")
        unset = ON_SPACES.get(knob.name, knob.default) if on_spaces else knob.default
        value = _parsed(knob.name, text, knob.default) if text else unset
        values[knob.name] = value.expanduser() if isinstance(value, Path) else value
    return Settings(**values)  # type: ignore[arg-type]


def settings_at(host: str | None, port: int | None) -> Settings:
    """Return the settings with an address that was given on the command line.

    A host's own `GRADIO_SERVER_NAME` or `GRADIO_SERVER_PORT` gives way to it.
    """
    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    for name in given:
        os.environ.pop({"host": "GRADIO_SERVER_NAME", "port": "GRADIO_SERVER_PORT"}[name], None)
    return replace(settings(), **given)  # type: ignore[arg-type]
