"""The API of the served app, called as another program would call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from synthesis import BLUE, RED, clicks, solid_frames, write_clip

PROJECT_ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(served: Any) -> Iterator[Any]:
    from gradio_client import Client

    client = Client(served.url, verbose=False, download_files=False)
    yield client
    client.close()


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(
        tmp_path_factory.mktemp("clips") / "clip.mp4",
        frames=solid_frames([RED, BLUE], cuts_s=[1.0], duration_s=2.0),
        waveform=clicks(2.0, bpm=120.0),
    )


def test_the_api_answers_what_python_answers(client: Any, clip: Path, served: Any) -> None:
    from gradio_client import handle_file

    import viral

    answer = client.predict(
        clip=handle_file(str(clip)),
        caption="hello #world",
        followers=12_000,
        recent_views=[900, 1500, 700],
        posted_at="2026-03-01T18:30",
        sound="original",
        api_name="/predict",
    )
    expected = viral.predict(
        clip,
        caption="hello #world",
        followers=12_000,
        recent_views=[900, 1500, 700],
        posted_at="2026-03-01T18:30",
        sound="original",
    ).to_dict()
    assert set(answer) == set(expected)
    for name in ("views", "likes", "comments", "shares", "virality"):
        assert answer[name] == pytest.approx(expected[name], rel=1e-6)
    assert answer["score"] == pytest.approx(expected["score"], rel=1e-6)
    assert answer["missing"] == expected["missing"]
    explanation = answer["explanation"]
    for parts in ("modalities", "features"):
        total = explanation["base"] + sum(part["value"] for part in explanation[parts])
        assert total == pytest.approx(explanation["prediction"], abs=1e-6)
    assert served.files() == []


def test_an_account_in_a_call_is_that_of_python(client: Any, clip: Path) -> None:
    from gradio_client import handle_file

    import viral

    posts = [
        {
            "views": views,
            "likes": 9,
            "posted_at": f"2026-02-0{day}",
            "duration_s": 4,
            "caption": tag,
        }
        for day, (views, tag) in enumerate([(900, "#a"), (1500, "#b"), (700, "#a")], 1)
    ]
    said = {"caption": "hello #a", "posted_at": "2026-03-01T18:30"}
    account = {"followers": 12_000, "posts": posts}
    answer = client.predict(handle_file(str(clip)), **said, account=account, api_name="/explain")
    path = clip.parent / "account.json"
    path.write_text(json.dumps({"version": 1, **account}), encoding="utf-8")
    expected = viral.predict(clip, **said, account=path).to_dict()
    assert answer["views"] == pytest.approx(expected["views"], rel=1e-6)
    bare = client.predict(result=answer["result"], without=["account"], api_name="/what_if")
    assert bare["prediction"]["usual_views"] is None
    again = client.predict(result=answer["result"], account=account, api_name="/what_if")
    assert again["factor"] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("content", "typed", "sentence"),
    [
        (b"<html>not a clip</html>", {}, r"."),
        (b"", {}, r"."),
        (None, {"followers": -1}, r"Followers must lie between 0"),
        (None, {"posted_at": "someday"}, r"is not a date"),
        (None, {"horizon_days": 0}, r"horizon in days"),
        (None, {"recent_views": ["many"]}, r"'many' is not a number"),
        (None, {"account": {"posts": [{"likes": 3}]}}, r"Post 1 of the account has no views"),
    ],
)
def test_the_api_refuses_in_one_sentence(
    client: Any,
    clip: Path,
    served: Any,
    tmp_path: Path,
    content: bytes | None,
    typed: dict[str, Any],
    sentence: str,
) -> None:
    from gradio_client import handle_file
    from gradio_client.exceptions import AppError

    path = clip
    if content is not None:
        path = tmp_path / "clip.mp4"
        path.write_bytes(content)
    with pytest.raises(AppError, match=sentence) as caught:
        client.predict(clip=handle_file(str(path)), api_name="/predict", **typed)
    said = str(caught.value).strip()
    assert "\n" not in said
    assert "Traceback" not in said
    assert str(served.uploads) not in said
    assert served.files() == []


@pytest.fixture(scope="module")
def explained(client: Any, clip: Path) -> dict[str, Any]:
    from gradio_client import handle_file

    return client.predict(
        clip=handle_file(str(clip)),
        caption="hello #world",
        recent_views=[900, 1500, 700],
        api_name="/explain",
    )


def test_every_level_of_an_explanation_adds_up(explained: dict[str, Any]) -> None:
    total = explained["base"]
    for modality in explained["modalities"]:
        groups = modality["groups"]
        assert sum(g["value"] for g in groups) == pytest.approx(modality["value"], abs=1e-6)
        for group in groups:
            parts = sum(feature["value"] for feature in group["features"])
            assert parts == pytest.approx(group["value"], abs=1e-6)
        total += modality["value"]
    assert total == pytest.approx(explained["prediction"], abs=1e-6)
    sentences = [
        feature["sentence"]
        for modality in explained["modalities"]
        for group in modality["groups"]
        for feature in group["features"]
        if feature["name"] == "context.recent_median"
    ]
    assert len(sentences) == 1
    assert "here 900; typical" in sentences[0]
    assert explained["missing"]["speech"].endswith(".")


def test_a_what_if_says_what_a_fresh_prediction_says(
    client: Any, clip: Path, explained: dict[str, Any]
) -> None:
    import viral

    def asked(**changes: Any) -> dict[str, Any]:
        return client.predict(result=explained["result"], api_name="/what_if", **changes)

    changed = asked(caption="another #tag", recent_views=[5000, 6000, 4000])
    fresh = viral.predict(clip, caption="another #tag", recent_views=[5000, 6000, 4000])
    assert changed["prediction"]["views"] == pytest.approx(fresh.views.to_dict(), rel=1e-6)
    assert changed["views_before"] == pytest.approx(explained["views"])
    assert changed["factor"] == pytest.approx(fresh.views.median / explained["views"]["median"])
    # Likes, comments and shares of the same posts count too, and bring those counts closer.
    liked = asked(recent_likes=[90, 150, 70], recent_shares=[9, 15, 7])["prediction"]
    own = {"recent_likes": [90, 150, 70], "recent_shares": [9, 15, 7]}
    expected = viral.predict(clip, caption="hello #world", recent_views=[900, 1500, 700], **own)
    for name in ("likes", "comments", "shares"):
        assert liked[name] == pytest.approx(getattr(expected, name).to_dict(), rel=1e-6)
    # Changes do not pile up, and a detail can be taken away.
    assert asked()["factor"] == pytest.approx(1.0)
    bare = asked(without=["recent_views"])["prediction"]
    expected = viral.predict(clip, caption="hello #world")
    assert bare["views"] == pytest.approx(expected.views.to_dict(), rel=1e-6)
    trimmed = asked(trim_end_s=1.0)["prediction"]["explanation"]["features"]
    lengths = {f["name"]: f["input"] for f in trimmed}
    assert lengths["context.duration"] == pytest.approx(0.0, abs=1e-6)  # log10 of 1 s


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"result": "made up"}, r"no longer kept; call explain"),
        ({"trim_start_s": 1.9, "trim_end_s": 1.9}, r"The start must come before the end"),
        ({"without": ["horizon_days"]}, r"'horizon_days' cannot be taken away"),
        ({"posted_at": "2026-03-01T25:00"}, r"is not a date"),
        ({"followers": -5}, r"Followers must lie between 0"),
    ],
)
def test_a_what_if_that_makes_no_sense_is_one_sentence(
    client: Any, explained: dict[str, Any], changes: dict[str, Any], sentence: str
) -> None:
    from gradio_client.exceptions import AppError

    with pytest.raises(AppError, match=sentence) as caught:
        client.predict(**{"result": explained["result"], **changes}, api_name="/what_if")
    assert "\n" not in str(caught.value).strip()


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_clip(
        tmp_path_factory.mktemp("clips") / "long.mp4",
        frames=solid_frames([BLUE, RED, BLUE], cuts_s=[2.0, 4.0], duration_s=6.0),
        waveform=clicks(6.0, bpm=120.0),
    )


def test_a_comparison_says_who_wins_and_why(
    client: Any, clip: Path, long_clip: Path, served: Any
) -> None:
    from gradio_client import handle_file

    answer = client.predict(
        clip_a=handle_file(str(clip)),
        clip_b=handle_file(str(long_clip)),
        recent_views=[900, 1500, 700],
        api_name="/compare",
    )
    levels = {cut["cut"]: cut["prediction"]["explanation"]["prediction"] for cut in answer["cuts"]}
    best, other = answer["order"]
    assert levels[best] >= levels[other]
    assert answer["beats"][best][other] + answer["beats"][other][best] == pytest.approx(1.0)
    assert 0.5 <= answer["beats"][best][other] <= 0.99
    apart = sum(d["value"] for d in answer["against"][0]["differences"])
    assert apart == pytest.approx(levels[best] - levels[other], abs=1e-6)
    again = client.predict(result=answer["cuts"][1]["result"], api_name="/what_if")
    assert again["prediction"]["views"] == pytest.approx(answer["cuts"][1]["prediction"]["views"])
    assert served.files() == []


def test_a_broken_cut_leaves_the_others_compared(
    client: Any, clip: Path, long_clip: Path, served: Any, tmp_path: Path
) -> None:
    from gradio_client import handle_file

    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"<html>not a clip</html>")
    answer = client.predict(
        clip_a=handle_file(str(broken)),
        clip_b=handle_file(str(clip)),
        clip_c=handle_file(str(long_clip)),
        api_name="/compare",
    )
    assert answer["cuts"][0]["prediction"] is None
    assert answer["cuts"][0]["problem"].endswith(".")
    assert sorted(answer["order"]) == ["B", "C"]
    alone = client.predict(
        clip_a=handle_file(str(broken)), clip_b=handle_file(str(clip)), api_name="/compare"
    )
    assert alone["order"] == ["B"]
    assert alone["beats"] == {}
    assert alone["cuts"][1]["prediction"]["views"]["median"] > 0
    assert served.files() == []


def called(served: Any, clip: dict[str, Any]) -> str:
    """Call the endpoint without a client, which would upload what it is given."""
    body = json.dumps({"data": [clip, *[None] * 8, 30, *[None] * 3]}).encode()
    request = urllib.request.Request(
        f"{served.url}gradio_api/call/predict",
        data=body,
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        event = json.load(answer)["event_id"]
    with urllib.request.urlopen(f"{request.full_url}/{event}", timeout=60) as answer:
        return answer.read().decode()


@pytest.mark.parametrize("prefix", ["", "file://"])
def test_a_path_on_the_server_is_no_clip(served: Any, clip: Path, prefix: str) -> None:
    answer = called(served, {"path": f"{prefix}{clip}", "meta": {"_type": "gradio.FileData"}})
    assert "event: error" in answer
    assert "views" not in answer
    assert clip.is_file()


def test_an_address_elsewhere_is_no_clip(served: Any) -> None:
    clip = {"path": "http://127.0.0.1:9/clip.mp4", "url": "http://127.0.0.1:9/clip.mp4"}
    assert "event: error" in called(served, clip)


def test_a_taken_port_is_a_sentence(served: Any) -> None:
    port = served.url.rstrip("/").rsplit(":", 1)[1]
    done = subprocess.run(
        [sys.executable, "-m", "viral.commands.cli", "app", "--port", port],
        cwd=PROJECT_ROOT,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 2
    assert f"Port {port} is taken" in done.stderr
    assert "Traceback" not in done.stderr
