"""What others host the app from: the Space's settings, and the Dockerfile against a checklist."""

from __future__ import annotations

import configparser
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from project_root import PROJECT_ROOT

sys.path.insert(0, str(PROJECT_ROOT / "scripts"))

from run_dockerfile import ignored, instructions

from viral.settings import Settings

STEPS = instructions((PROJECT_ROOT / "Dockerfile").read_text(encoding="utf-8"))
IGNORED = (PROJECT_ROOT / ".dockerignore").read_text(encoding="utf-8").split()


def arguments(instruction: str) -> list[str]:
    return [rest for name, rest in STEPS if name == instruction]


def place(instruction: str, words: str) -> int:
    """Return where an instruction with some words stands."""
    return next(n for n, (name, rest) in enumerate(STEPS) if name == instruction and words in rest)


def environment() -> dict[str, str]:
    return dict(word.split("=", 1) for line in arguments("ENV") for word in line.split())


def test_the_base_image_is_a_python_that_the_project_runs_on() -> None:
    (base,) = arguments("FROM")
    assert re.fullmatch(r"python:3\.1[12]-slim", base)


def test_the_app_runs_as_user_1000_and_owns_neither_code_nor_packages() -> None:
    assert any("--uid 1000" in rest for rest in arguments("RUN"))
    assert arguments("USER") == ["user"]
    user = STEPS.index(("USER", "user"))
    for number, (name, rest) in enumerate(STEPS):
        if name == "COPY" or "pip install" in rest:
            assert number < user, f"{rest} belongs to the user"
            assert "--chown" not in rest
    assert "sudo" not in str(STEPS)
    assert place("CMD", "app.py") > user


def test_packages_are_installed_by_their_hashes_and_torch_without_cuda() -> None:
    installs = [part for rest in arguments("RUN") for part in rest.split("&&") if "pip" in part]
    assert "--require-hashes --requirement requirements.lock" in installs[0]
    for step in installs:
        assert "--no-cache-dir" in step
        hashed = "--require-hashes" in step
        assert hashed or "pre-requirements.txt" in step or "--no-deps --editable ." in step
    pre = (PROJECT_ROOT / "pre-requirements.txt").read_text(encoding="utf-8")
    assert re.search(r"--extra-index-url \S+/cpu$", pre, re.M)
    assert re.search(r"^torch==", pre, re.M)


def test_system_packages_are_those_of_spaces_and_lists_are_not_kept() -> None:
    (step,) = (rest for rest in arguments("RUN") if "apt-get install" in rest)
    for package in (PROJECT_ROOT / "packages.txt").read_text(encoding="utf-8").split():
        assert package in step.split()
    assert "--no-install-recommends" in step
    assert "rm -rf /var/lib/apt/lists/*" in step


def test_the_weights_are_part_of_the_image() -> None:
    convert = place("RUN", "viral.warm_up import prepare")
    # By the user whose cache it is, after the code is there.
    assert STEPS.index(("USER", "user")) < convert < place("CMD", "app.py")


def test_it_listens_on_the_port_that_it_exposes_and_is_asked_for_its_health() -> None:
    given = environment()
    assert arguments("EXPOSE") == [given["VIRAL_PORT"]] == ["7860"]
    assert given["VIRAL_HOST"] == "0.0.0.0"
    known = {f"VIRAL_{name.upper()}" for name in Settings.__dataclass_fields__}
    assert {name for name in given if name.startswith("VIRAL_")} <= known
    (health,) = arguments("HEALTHCHECK")
    words = json.loads(health.partition("CMD")[2])
    assert f"http://127.0.0.1:{given['VIRAL_PORT']}/healthz" in words[-1]
    assert compile(words[-1], "healthcheck", "exec")


def test_signals_reach_the_app() -> None:
    # A list starts the program itself; a shell in between would swallow the signal.
    assert [json.loads(rest) for rest in arguments("CMD")] == [["python", "app.py"]]
    assert arguments("STOPSIGNAL") == ["SIGTERM"]
    assert arguments("ENTRYPOINT") == []


def test_no_secret_and_nothing_fetched_by_hand() -> None:
    everything = str(STEPS).lower()
    for word in ("token", "password", "secret", "curl", "wget", "git clone", "--trusted-host"):
        assert word not in everything
    assert arguments("ADD") == []


@pytest.mark.parametrize(
    "name",
    [
        ".git/config",
        ".venv/bin/python",
        "tests/conftest.py",
        "viral/__pycache__/x.pyc",
        "viral/ui/__pycache__/x.pyc",
        "shared/data/x.parquet",
        "feedback.sqlite3",
        "feedback.sqlite3-wal",
        "build/sbom.cdx.json",
    ],
)
def test_what_does_not_belong_is_left_out(name: str) -> None:
    assert ignored(name, IGNORED)


@pytest.mark.parametrize(
    "name",
    ["app.py", "viral/ui/app.py", "models/manifest.json", "assets/demo_tutorial.mp4", "NOTICE"],
)
def test_what_the_app_needs_is_taken_along(name: str) -> None:
    assert (PROJECT_ROOT / name).is_file()
    assert not ignored(name, IGNORED)


def front_matter() -> dict[str, str]:
    front = (PROJECT_ROOT / "README.md").read_text(encoding="utf-8").split("---\n")[1]
    return dict(line.split(": ", 1) for line in front.splitlines())


def test_the_space_has_all_that_its_settings_may_say() -> None:
    facts = front_matter()
    assert facts["sdk"] == "gradio"
    assert facts["app_file"] == "app.py"
    assert facts["python_version"].strip('"') == "3.12"
    assert facts["suggested_hardware"] == "cpu-basic"
    assert facts["license"] == "mit"
    # The hub cuts it off there.
    assert 0 < len(facts["short_description"]) <= 60
    colours = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}
    assert {facts["colorFrom"], facts["colorTo"]} <= colours


def test_no_file_is_larger_than_the_hub_takes_without_lfs() -> None:
    for room in ("models", "assets", "viral"):
        for path in (PROJECT_ROOT / room).rglob("*"):
            assert not path.is_file() or path.stat().st_size < 10_000_000, path


def test_the_entry_point_builds_and_launches_and_nothing_else() -> None:
    words = (PROJECT_ROOT / "app.py").read_text(encoding="utf-8")
    assert len(words.splitlines()) <= 20
    assert "share=True" not in words


def test_hosting_notes_name_settings_that_exist() -> None:
    notes = (PROJECT_ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
    known = {f"VIRAL_{name.upper()}" for name in Settings.__dataclass_fields__}
    assert set(re.findall(r"VIRAL_[A-Z_]+", notes)) - {"VIRAL_DB_PASSWORD"} <= known
    for link in re.findall(r"\]\(([^)#]+)", notes):
        assert (PROJECT_ROOT / "docs" / link).resolve().is_file()


def test_security_names_settings_and_files_that_exist() -> None:
    notes = (PROJECT_ROOT / "SECURITY.md").read_text(encoding="utf-8")
    known = {f"VIRAL_{name.upper()}" for name in Settings.__dataclass_fields__}
    assert set(re.findall(r"VIRAL_[A-Z_]+", notes)) <= known
    for name in re.findall(r"`([\w/]+\.(?:py|lock|md))`", notes):
        assert Path(PROJECT_ROOT / name).is_file(), name


COMPOSE = yaml.safe_load((PROJECT_ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICE = COMPOSE["services"]["viral"]
HOSTING = (PROJECT_ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
UNIT = configparser.ConfigParser(strict=False, interpolation=None)
UNIT.optionxform = str  # type: ignore[assignment,method-assign]
UNIT.read(PROJECT_ROOT / "deploy" / "viral.service", encoding="utf-8")


def test_compose_gives_the_container_nothing_that_it_does_not_need() -> None:
    assert SERVICE["cap_drop"] == ["ALL"]
    assert "cap_add" not in SERVICE
    assert not SERVICE.get("privileged")
    assert SERVICE["security_opt"] == ["no-new-privileges:true"]
    assert SERVICE["read_only"] is True
    assert SERVICE["user"] == "1000:1000"
    assert 0 < SERVICE["pids_limit"] <= 512
    assert SERVICE["mem_limit"] == SERVICE["memswap_limit"]
    assert SERVICE["ulimits"]["core"] == 0
    # Whoever reaches the port can use the app: only a proxy on this machine does.
    assert [each.rpartition(":")[0] for each in SERVICE["ports"]] == ["127.0.0.1:7860"]
    for mount in SERVICE["tmpfs"]:
        assert {"noexec", "nosuid", "nodev"} <= set(mount.partition(":")[2].split(","))
    # The socket of the engine, or a folder of the host's, would open what the rest closes.
    assert all(not each.startswith(("/", ".", "~")) for each in SERVICE["volumes"])


def test_with_postgresql_the_password_is_nobodys_default_and_no_port_is_open() -> None:
    added = yaml.safe_load((PROJECT_ROOT / "compose.postgres.yaml").read_text(encoding="utf-8"))
    app, database = added["services"]["viral"], added["services"]["database"]
    assert "ports" not in database
    assert re.fullmatch(r"postgres:\d+-alpine", database["image"])
    asked = re.fullmatch(r"\$\{(\w+):\?.+\}", database["environment"]["POSTGRES_PASSWORD"])
    assert asked is not None, "a password that is not given must end the start"
    url = app["environment"]["VIRAL_DATABASE_URL"]
    user, name = (database["environment"][f"POSTGRES_{part}"] for part in ("USER", "DB"))
    assert re.fullmatch(rf"postgresql://{user}:\$\{{{asked[1]}:.*\}}@database/{name}", url)
    assert app["depends_on"]["database"]["condition"] == "service_healthy"
    assert set(app["environment"]) <= {f"VIRAL_{n.upper()}" for n in Settings.__dataclass_fields__}
    for mount in database["volumes"]:
        assert mount.partition(":")[0] in added["volumes"]
    for words in ("-f compose.yaml -f compose.postgres.yaml", f"{asked[1]}="):
        assert words in HOSTING


def test_clips_have_the_room_that_the_settings_promise_them() -> None:
    (mount,) = SERVICE["tmpfs"]
    (size,) = re.findall(r"size=(\d+)m", mount)
    assert int(size) * 1_000_000 > int(SERVICE["environment"]["VIRAL_MAX_STORED_BYTES"])
    known = {f"VIRAL_{name.upper()}" for name in Settings.__dataclass_fields__}
    assert set(SERVICE["environment"]) <= known


def test_the_command_of_the_notes_is_as_tight_as_compose() -> None:
    for flag in (
        "--read-only",
        "--cap-drop=ALL",
        "--security-opt=no-new-privileges:true",
        f"--pids-limit={SERVICE['pids_limit']}",
        f"--memory={SERVICE['mem_limit']}",
        f"--memory-swap={SERVICE['memswap_limit']}",
        f"--user {SERVICE['user']}",
        f"--tmpfs {SERVICE['tmpfs'][0]}",
        f"-v {SERVICE['volumes'][0]}",
        f"-p {SERVICE['ports'][0]}",
    ):
        assert flag in HOSTING, flag


def test_the_service_runs_as_a_user_of_its_own_without_rights() -> None:
    service = UNIT["Service"]
    assert service["User"] == service["Group"] == "viral"
    assert service["CapabilityBoundingSet"] == service["AmbientCapabilities"] == ""
    for name in (
        "NoNewPrivileges",
        "PrivateTmp",
        "PrivateDevices",
        "ProtectHome",
        "LockPersonality",
    ):
        assert service[name] == "yes", name
    assert service["ProtectSystem"] == "strict"
    assert int(service["TasksMax"]) <= 512
    assert service["MemoryMax"] == "4G"
    assert service["UMask"] == "0077"
    # The walls of the decoding child are put up by the app itself.
    for call in ("seccomp", "landlock_restrict_self"):
        assert call in service["SystemCallFilter"].split()
    text = (PROJECT_ROOT / "deploy" / "viral.service").read_text(encoding="utf-8")
    known = {f"VIRAL_{name.upper()}" for name in Settings.__dataclass_fields__}
    assert set(re.findall(r"VIRAL_[A-Z_]+", text)) <= known


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd-analyze")
def test_systemd_understands_the_service_and_finds_little_open() -> None:
    unit = str(PROJECT_ROOT / "deploy" / "viral.service")
    command = [
        "systemd-analyze",
        "security",
        "--offline=true",
        "--no-pager",
        "--threshold=20",
        unit,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "unrecognized option" in done.stderr:
        pytest.skip("this systemd cannot look at a file")
    assert done.returncode == 0, done.stdout[-200:]
    assert "ignoring" not in done.stderr
