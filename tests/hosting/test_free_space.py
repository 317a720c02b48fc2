"""The folder of `make space`, run as ZeroGPU runs it: its requirements and nothing else, no torch.

The real `spaces` package talks to a stand-in for ZeroGPU's own service on this machine.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from project_root import PROJECT_ROOT
from synthesis import moving_square_frames, write_clip

sys.path.insert(0, str(PROJECT_ROOT / "scripts"))
sys.path.insert(0, str(PROJECT_ROOT / "tests" / "app"))

import make_space
from runtime_packages import canonical, runtime_packages
from serving_app import serving

from viral.settings import settings

OF_THE_HOST = {"spaces", "pip", "setuptools"}
"""What Spaces installs besides the folder's requirements."""
OTHER_PYTHON = "VIRAL_TEST_SPACE_PYTHON"
"""Names another interpreter with the folder's requirements, such as one of the Space's version."""
HIDE = """
import json, sys

class Hidden:
    names = set(json.loads({names!r}))

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in self.names:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Hidden())
"""
"""A `sitecustomize` that hides packages which the folder does not ask for."""


@pytest.fixture(scope="module")
def space(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("space") / "viral"
    make_space.write(out)
    return out


def front(folder: Path) -> dict[str, str]:
    settings = (folder / "README.md").read_text(encoding="utf-8").split("---\n")[1]
    return dict(line.split(": ", 1) for line in settings.splitlines())


def test_it_asks_for_what_zerogpu_has(space: Path) -> None:
    settings = front(space)
    assert settings["python_version"] in ('"3.12.12"', '"3.10.13"')
    assert settings["suggested_hardware"] == "zero-a10g"
    listed = (space / "requirements.txt").read_text(encoding="utf-8")
    assert f"gradio[mcp]=={settings['sdk_version']} " in listed
    # A torch that ZeroGPU does not know ends the Space; there is none at all.
    assert not {"torch", "triton"} & set(runtime_packages(space / "requirements.txt"))


def test_it_is_small_and_can_be_written_again(
    space: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (space / ".git").mkdir(exist_ok=True)
    (space / "viral" / "gone.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(sys, "argv", ["make_space.py", str(space)])
    assert make_space.main() == 0
    assert " MB. To put it on a Space of yours:" in capsys.readouterr().out
    assert (space / ".git").is_dir()
    assert not (space / "viral" / "gone.py").exists()
    files = [path for path in space.rglob("*") if path.is_file()]
    assert sum(path.stat().st_size for path in files) < 20_000_000
    assert not (space / "tests").exists()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("four years", encoding="utf-8")
    with pytest.raises(SystemExit, match="holds something else"):
        make_space.write(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


@pytest.fixture
def zero_gpu() -> Iterator[tuple[str, list[str]]]:
    """Answer as ZeroGPU's service does; yield its address and what it was asked."""
    asked: list[str] = []

    class Service(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *words: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Service)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    server.server_close()


@pytest.mark.slow
def test_it_starts_and_predicts_with_its_requirements_alone(
    space: Path, tmp_path: Path, zero_gpu: tuple[str, list[str]]
) -> None:
    from gradio_client import Client, handle_file

    pytest.importorskip("spaces")
    asked_for = set(runtime_packages(space / "requirements.txt")) | OF_THE_HOST
    hidden = [
        module
        for module, owners in packages_distributions().items()
        if module != "viral" and not asked_for & {canonical(owner) for owner in owners}
    ]
    assert {"torch", "whisper", "sentence_transformers", "pytest"} <= set(hidden)
    (tmp_path / "sitecustomize.py").write_text(
        HIDE.format(names=json.dumps(hidden)), encoding="utf-8"
    )
    given = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": str(tmp_path),
        "PYTHONDONTWRITEBYTECODE": "1",
        "SYSTEM": "spaces",
        "SPACE_ID": "someone/viral",
        "SPACE_HOST": "someone-viral.hf.space",
        "SPACES_ZERO_GPU": "true",
        "SPACES_ZERO_DEVICE_API_URL": zero_gpu[0],
        "GRADIO_SERVER_NAME": "0.0.0.0",
        "VIRAL_CACHE_DIR": str(settings().cache_dir),
    }
    clip = write_clip(tmp_path / "clip.mp4", frames=moving_square_frames(speed_px_s=60.0))
    program = os.environ.get(OTHER_PYTHON, sys.executable)
    with serving(["app.py"], tmp_path, program=program, at=space, variables=given) as url:
        client = Client(url, verbose=False, download_files=False)
        found = client.predict(
            handle_file(str(clip)),
            caption="Three ways to fold a shirt",
            followers=12_000,
            api_name="/predict",
        )
        client.close()
    assert 0 < found["views"]["low"] < found["views"]["high"]
    assert not {"visual", "text"} & set(found["missing"])
    # Without this report ZeroGPU ends an app: no function of it asked for a card.
    assert zero_gpu[1] == ["/startup-report"]
