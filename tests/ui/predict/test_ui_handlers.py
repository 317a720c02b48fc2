"""What happens when a button is pressed, without a browser: plain functions of what was typed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fabricated import analysis
from synthesis import BLUE, RED, solid_frames, write_clip

from viral.errors import MediaError
from viral.pipeline import STAGES, Analysis
from viral.posts.details import PostDetails
from viral.ui.predict.form import details_of, echo, title_of
from viral.ui.predict.handlers import Handlers
from viral.ui.predict.shown import Shown, arrived, view
from viral.ui.running import Runner
from viral.ui.sessions import Sessions, Title
from viral.ui.uploads import Demo, clip_path, delete_upload, demos


@pytest.fixture
def uploads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Point Gradio's upload folder at an empty one."""
    folder = tmp_path / "uploads"
    folder.mkdir()
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(folder))
    return folder


def uploaded(uploads: Path, content: bytes = b"not a clip") -> Path:
    path = uploads / "0123abcd" / "clip.mp4"
    path.parent.mkdir()
    path.write_bytes(content)
    return path


def seen(path: Path, details: PostDetails, on_stage: Callable[[str], None]) -> Analysis:
    assert path.is_file()
    for stage in STAGES:
        on_stage(stage)
    return analysis(details=details)


def fields(clip: Any, **typed: Any) -> tuple[Any, ...]:
    values: dict[str, Any] = {
        "caption": "",
        "recent": "",
        "followers": "",
        "time": None,
        "zone": "UTC",
        "sound": "unknown",
        "name": "",
        "likes": "",
        "platform": "unknown",
        "account": None,
        "lang": "en",
    }
    values.update(typed)
    return (clip, *values.values())


def shown(handlers: Handlers, *typed: Any, **named: Any) -> list[Shown]:
    return list(handlers.predict(fields(*typed, **named)))


def test_the_stages_go_by_and_a_result_stays(uploads: Path) -> None:
    handlers = Handlers(Runner(seen), Sessions(60))
    path = uploaded(uploads)
    steps = shown(handlers, {"path": str(path), "name": "clip.mp4"}, caption="hello")
    assert [step.stage for step in steps[1:-1]] == list(STAGES)
    assert steps[-1].kind == "result"
    assert handlers.sessions.get(steps[-1].key).details.caption == "hello"


def test_the_upload_is_gone_after_it_was_looked_at(uploads: Path) -> None:
    path = uploaded(uploads)
    shown(Handlers(Runner(seen), Sessions(60)), {"path": str(path)})
    assert list(uploads.iterdir()) == []


def test_another_caption_needs_no_second_look(uploads: Path) -> None:
    handlers = Handlers(Runner(seen), Sessions(60))
    clip = {"path": str(uploaded(uploads))}
    shown(handlers, clip)
    steps = shown(handlers, clip, caption="another")
    assert [step.kind for step in steps] == ["result"]
    assert handlers.sessions.get(steps[0].key).details.caption == "another"


def test_a_clip_that_is_sent_again_is_deleted_again(uploads: Path) -> None:
    handlers = Handlers(Runner(seen), Sessions(60))
    shown(handlers, {"path": str(uploaded(uploads))})
    steps = shown(handlers, {"path": str(uploaded(uploads))})
    assert steps[-1].kind == "result"
    assert list(uploads.iterdir()) == []


def test_a_slip_in_a_field_keeps_the_clip(uploads: Path) -> None:
    path = uploaded(uploads)
    steps = shown(Handlers(Runner(seen), Sessions(60)), {"path": str(path)}, followers="-3")
    assert [step.kind for step in steps] == ["error"]
    assert "Followers must lie between 0" in steps[0].problem
    assert path.is_file()


def test_a_broken_clip_is_a_sentence_and_is_deleted(uploads: Path) -> None:
    path = uploaded(uploads)
    steps = shown(Handlers(Runner(), Sessions(60)), {"path": str(path)})
    assert steps[-1].kind == "error"
    assert steps[-1].problem.endswith(".")
    assert str(uploads) not in steps[-1].problem
    assert list(uploads.iterdir()) == []


def test_a_bug_is_a_sentence_without_its_traceback(
    uploads: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(path: Path, details: PostDetails, on_stage: Callable[[str], None]) -> Analysis:
        raise RuntimeError("secret of the house")

    steps = shown(Handlers(Runner(broken), Sessions(60)), {"path": str(uploaded(uploads))})
    assert steps[-1].kind == "error"
    assert "went wrong on our side" in steps[-1].problem
    assert "secret" not in steps[-1].problem
    assert "secret of the house" in caplog.text
    assert list(uploads.iterdir()) == []


@pytest.mark.parametrize("clip", [None, {}, {"path": ""}, "clip.mp4"])
def test_without_a_clip_the_page_asks_for_one(clip: Any) -> None:
    steps = shown(Handlers(Runner(seen), Sessions(60)), clip)
    assert steps[-1].problem.startswith("Add a video first")


@pytest.mark.parametrize(
    "place",
    ["/etc/passwd", "../../etc/passwd", "gone.mp4", "a\x00b.mp4", "x" * 5000, ""],
)
def test_only_uploads_are_opened(uploads: Path, place: str) -> None:
    path = uploaded(uploads)
    clip = {"path": str(path.parent / place) if place else "/"}
    with pytest.raises(MediaError):
        clip_path(clip)


def test_a_link_out_of_the_upload_folder_is_not_followed(uploads: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(b"secret")
    link = uploads / "link.mp4"
    link.symlink_to(secret)
    with pytest.raises(MediaError):
        clip_path({"path": str(link)})


def test_an_unknown_demo_is_refused() -> None:
    with pytest.raises(MediaError):
        clip_path({"demo": "../secret"})


def test_only_uploads_are_deleted(uploads: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.mp4"
    other.write_bytes(b"mine")
    delete_upload(other)
    delete_upload(uploads / "never" / "there.mp4")
    assert other.is_file()


def test_a_demo_is_looked_at_once() -> None:
    looks = []

    def count(path: Path, details: PostDetails, on_stage: Callable[[str], None]) -> Analysis:
        looks.append(path)
        return analysis(details=details)

    runner = Runner(count)
    demo = Demo("demo_tutorial", "", "", "", "original")
    assert not runner.warm
    runner.run(demo.path, PostDetails(), demo)
    again = runner.run(demo.path, PostDetails(caption="another"), demo)
    assert len(looks) == 1
    assert again.details.caption == "another"
    assert runner.warm


def test_a_visitor_who_comes_while_the_models_load_goes_before_the_demos() -> None:
    order: list[str] = []
    visitor_waits = threading.Event()

    def look(path: Path, details: PostDetails, on_stage: Callable[[str], None]) -> Analysis:
        order.append(path.stem)
        return analysis(details=details)

    def load() -> None:
        order.append("loading")
        visitor_waits.wait(30)

    runner = Runner(look, load)
    warming = runner.warm_up()
    visitor = threading.Thread(target=runner.run, args=(Path("own.mp4"), PostDetails()))
    while not order:
        time.sleep(0.01)
    assert not runner.warm
    visitor.start()
    while not runner.busy:
        time.sleep(0.01)
    visitor_waits.set()
    visitor.join(30)
    warming.join(30)
    assert order == ["loading", "own", *(demo.path.stem for demo in demos())]
    assert runner.warm


def test_what_cannot_be_loaded_does_not_keep_the_demos_from_being_looked_at() -> None:
    looks = []

    def look(path: Path, details: PostDetails, on_stage: Callable[[str], None]) -> Analysis:
        looks.append(path)
        return analysis(details=details)

    def load() -> None:
        raise MediaError("nothing there")

    Runner(look, load).warm_up().join(30)
    assert looks == [demo.path for demo in demos()]


def test_an_error_reaches_who_waits_for_the_stages(tmp_path: Path) -> None:
    with pytest.raises(MediaError):
        list(Runner().stages(tmp_path / "gone.mp4", PostDetails()))


def test_a_view_is_there_in_any_language_and_state() -> None:
    sessions = Sessions(60)
    key = sessions.keep(analysis())
    assert view(Shown("result", key=key), sessions, "es").moves
    assert "Mejor que lo habitual" in view(Shown("result", key=key), sessions, "es").summary
    assert 'data-state="empty"' in view(Shown(), sessions, "en").summary
    gone = view(Shown("result", key="gone"), sessions, "es")
    assert not gone.moves
    assert "ya no se conserva" in gone.summary


@pytest.mark.slow
def test_a_real_clip_goes_the_whole_way(uploads: Path) -> None:
    path = uploaded(uploads)
    write_clip(path, frames=solid_frames([RED, BLUE], cuts_s=[1.0], duration_s=2.0))
    handlers = Handlers(Runner(), Sessions(60))
    steps = shown(handlers, {"path": str(path)}, followers="12k", recent="900, 1500, 700")
    assert steps[-1].kind == "result"
    prediction = handlers.sessions.get(steps[-1].key).prediction
    assert prediction.views.low <= prediction.views.median <= prediction.views.high
    assert {"audio", "speech", "text"} <= set(prediction.missing)


def demo_box() -> dict[str, str]:
    return {"demo": demos()[0].name, "name": demos()[0].path.name}


def test_a_demo_brings_its_account_and_leaves_none_behind(uploads: Path) -> None:
    handlers = Handlers(Runner(seen), Sessions(60))
    last = shown(handlers, demo_box())[-1]
    details = handlers.sessions.get(last.key).details
    assert details.followers == 12_000
    assert handlers.sessions.title(last.key) == Title(demos()[0].path.name, demo=True, made_up=True)
    # The form is not filled, so the creator's own clip has nobody's account.
    path = uploaded(uploads)
    own = shown(handlers, {"path": str(path), "name": "my clip.mp4"})[-1]
    assert handlers.sessions.get(own.key).details == PostDetails()
    assert handlers.sessions.title(own.key) == Title("my clip.mp4")


ACCOUNT = {"account": {"version": 1, "name": "@mia", "followers": 5, "posts": [{"views": 9}]}}


def test_what_was_typed_counts_for_a_demo_too() -> None:
    assert details_of(fields(demo_box(), followers="777")).followers == 777
    assert not title_of(fields(demo_box(), followers="777")).made_up


def test_the_account_in_use_counts_in_the_place_of_what_was_typed() -> None:
    details = details_of(fields(demo_box(), followers="777", recent="1, 2", account=ACCOUNT))
    assert (details.followers, details.recent_views) == (5, (9,))
    assert not title_of(fields(demo_box(), account=ACCOUNT)).made_up
    assert details_of(fields(None, platform="shorts")).platform == "shorts"


def test_an_account_that_makes_no_sense_is_named() -> None:
    broken = {"account": {"version": 1, "posts": [{"views": "many"}]}}
    slip = Handlers(Runner(seen), Sessions(60)).slip(fields(demo_box(), account=broken))
    assert slip is not None
    assert slip.field == "account"


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"followers": "lots"}, "followers", "is not a number"),
        ({"recent": "900, many"}, "recent", "are not numbers"),
        ({"time": "soon"}, "time", "is not a date"),
        ({"recent": "900", "likes": "1, 2, 3"}, "recent-likes", "same"),
    ],
)
def test_a_slip_names_its_field(typed: dict[str, str], field: str, words: str) -> None:
    slip = Handlers(Runner(seen), Sessions(60)).slip(fields(demo_box(), **typed))
    assert slip is not None
    assert slip.field == field
    assert words in slip.sentence


def test_nothing_is_wrong_with_a_good_form_and_a_missing_clip_is_said() -> None:
    handlers = Handlers(Runner(seen), Sessions(60))
    assert handlers.slip(fields(demo_box(), recent="1,200 3,400", followers="12k")) is None
    slip = handlers.slip(fields(None))
    assert slip is not None
    assert slip.field == "clip"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("12,400, 9,800, 15,200, 11,000, 14,300", "Read as 5 posts: 12.4 K, 9.8 K, 15.2 K"),
        ("1,200 3,400", "Read as 2 posts: 1.2 K, 3.4 K views. Your usual: 2.3 K."),
        ("900", "Read as 1 post: 900 views."),
        ("900, <b>", "are not numbers"),
        (" ", ""),
    ],
)
def test_what_was_read_is_echoed(typed: str, said: str) -> None:
    shown_words = echo(typed, "en")
    assert said in shown_words
    assert "<b>" not in shown_words


def test_a_reload_during_a_run_says_what_happened() -> None:
    sessions = Sessions(60)
    key = sessions.keep(analysis())
    found = arrived("", f"{key} ", sessions, "my <clip>.mp4")
    assert found is not None
    assert "my <clip>.mp4 was being analysed" in found.problem
    html = view(found, sessions, "es").summary
    assert "se recargó mientras se analizaba my &lt;clip&gt;.mp4" in html
