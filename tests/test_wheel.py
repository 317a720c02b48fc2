"""The wheel: what is in it, what it asks for, and that it works where there is no checkout."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import urllib.request
import venv
from email import message_from_string
from email.message import Message
from pathlib import Path
from zipfile import ZipFile

import pytest
from packaging.requirements import Requirement
from project_root import PROJECT_ROOT
from synthesis import moving_square_frames, write_clip

sys.path.insert(0, str(PROJECT_ROOT / "scripts"))

sys.path.insert(0, str(PROJECT_ROOT / "tests" / "app"))

from build_wheel import build, project_files
from runtime_packages import canonical
from serving_app import serving

from viral.version import __version__

EXTRAS = {"postgres", "links", "whisper", "research", "cluster"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("wheel"))


@pytest.fixture(scope="module")
def metadata(wheel: Path) -> Message:
    with ZipFile(wheel) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith(".dist-info/METADATA"))
        return message_from_string(archive.read(name).decode())


def test_it_holds_the_package_the_model_and_the_page_and_nothing_else(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        inside = {name for name in archive.namelist() if ".dist-info/" not in name}
    files = project_files()
    code = {name for name in files if name.startswith("viral/")}
    beside = {
        f"viral/_data/{name}"
        for name in files
        if re.fullmatch(
            r"(models|assets)/[^/]+|docs/[^/]+\.md|docs/schemas/[^/]+\.json|docs/pictures/[^/]+\.jpg",
            name,
        )
    }
    assert len(beside) > 50
    assert inside == code | beside


def required(lines: list[str]) -> dict[str, Requirement]:
    found = [Requirement(line) for line in lines]
    return {canonical(one.name): one for one in found}


def test_it_asks_for_what_the_requirements_list_and_each_under_one_name(metadata: Message) -> None:
    asked = required(metadata.get_all("Requires-Dist", []))
    listed = required(
        [
            line.partition("#")[0].strip()
            for name in ("requirements.txt", "requirements-cluster.txt")
            for line in (PROJECT_ROOT / name).read_text(encoding="utf-8").splitlines()
            if re.match(r"[a-z]", line)
        ]
    )
    assert set(asked) == set(listed)
    for name, one in asked.items():
        assert (one.specifier, one.extras) == (listed[name].specifier, listed[name].extras)
    assert set(metadata.get_all("Provides-Extra", [])) == EXTRAS
    # Gigabytes that few need: whoever has not asked for an extra does not get them.
    always = {name for name, one in asked.items() if one.marker is None}
    heavy = {"torch", "openai-whisper", "whisper-timestamped", "sentence-transformers", "ray"}
    assert not always & (heavy | {"shap", "optuna", "psycopg", "yt-dlp"})
    assert {"gradio", "lightgbm", "onnxruntime", "faster-whisper", "av"} <= always


def test_its_name_is_its_own_and_its_version_that_of_the_code(metadata: Message) -> None:
    with (PROJECT_ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    assert metadata["Name"] == project["name"] == "viral-forecast"
    assert metadata["Version"] == __version__
    cited = (PROJECT_ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.*)$", cited, re.M)[1] == __version__  # type: ignore[index]
    assert str(metadata.get_payload()).startswith("# Viral\n")


def test_no_document_tells_to_install_the_package_of_others() -> None:
    for name in project_files():
        if name.endswith((".md", ".toml", ".py", ".sh", ".yaml")) and not name.startswith("tests/"):
            words = (PROJECT_ROOT / name).read_text(encoding="utf-8")
            assert not re.search(r"(pip|pipx|uv \w+) install (-\S+ )*viral(?![\w-])", words), name


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an environment with the wheel, which sees the packages of this one."""
    folder = tmp_path_factory.mktemp("installed")
    venv.create(folder, with_pip=False, symlinks=True)
    program = folder / "bin" / "python"
    pip = [sys.executable, "-m", "pip", "--python", program, "install", "--quiet", "--no-deps"]
    # A checkout on the path that was installed in place would count as this very package.
    unaware = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    pip += ["--no-index", "--disable-pip-version-check", "--ignore-installed", wheel]
    subprocess.run(pip, check=True, env=unaware)
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    place = folder / "lib" / version / "site-packages" / "packages.pth"
    # A line of a path alone: files of the same kind there, such as a checkout's, are not followed.
    place.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return folder


@pytest.fixture
def elsewhere(tmp_path: Path) -> dict[str, str]:
    """Return an environment that says nothing of the checkout."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return kept | {"VIRAL_DATA_DIR": str(tmp_path / "data"), "VIRAL_SPEECH_BACKEND": "off"}


@pytest.mark.slow
def test_it_predicts_a_clip_in_an_empty_folder(
    installed: Path, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "clip.mp4", frames=moving_square_frames(speed_px_s=60.0))
    folder = tmp_path / "empty"
    folder.mkdir()
    program = installed / "bin" / "viral"

    def run(*words: object) -> str:
        done = subprocess.run(
            [program, *map(str, words)],
            cwd=folder,
            env=elsewhere,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert run("--version") == f"viral {__version__}\n"
    found = json.loads(run("predict", clip, "--followers", "12000", "--json"))
    views = found["views"]
    assert 0 < views["low"] < views["median"] < views["high"]
    assert "visual" not in found["missing"]
    code = "import viral; print(viral.__file__)"
    place = subprocess.check_output(
        [installed / "bin" / "python", "-c", code], cwd=folder, env=elsewhere, text=True
    )
    assert Path(place.strip()).is_relative_to(installed)
    assert list(folder.iterdir()) == []


@pytest.mark.slow
def test_it_serves_the_app_with_its_clips_and_documents(
    installed: Path, elsewhere: dict[str, str], tmp_path: Path
) -> None:
    def fetched(address: str) -> bytes:
        with urllib.request.urlopen(address, timeout=30) as answer:
            return bytes(answer.read())

    folder = tmp_path / "empty"
    folder.mkdir()
    given = {"program": installed / "bin" / "viral", "at": folder, "variables": elsewhere}
    with serving(["app"], tmp_path, **given) as url:  # type: ignore[arg-type]
        assert b"Viral" in fetched(url)
        for name in ("demo_tutorial.mp4", "result.jpg"):
            (place,) = PROJECT_ROOT.glob(f"*/**/{name}")
            assert fetched(f"{url}own/{name}") == place.read_bytes()
        state = json.loads(fetched(f"{url}healthz"))
        assert state["version"] == __version__
        config = fetched(f"{url}config").decode()
        for name in ("docs/model.md", "docs/tutorial.md", "models/README.md"):
            told = (PROJECT_ROOT / name).read_text(encoding="utf-8")
            heading = next(line for line in told.splitlines() if line.startswith("## "))
            assert json.dumps(heading)[1:-1] in config, f"{name} is not shown"
    assert list(folder.iterdir()) == []
