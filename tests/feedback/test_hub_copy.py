"""The copy on the hub: append-only files under the scheduler's lock, and deletion that reaches it.

The scheduler is huggingface_hub's own; the hub behind it is a fake.
"""

from __future__ import annotations

import dataclasses
import json
import logging
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import CommitScheduler
from kept_posts import kept

from viral.errors import StoreError
from viral.feedback.database import Database, database_url
from viral.feedback.hub import EVERY_MINUTES, CopiedStore, HubCopy, code_of, copied_reports
from viral.feedback.opening import shipped_store
from viral.feedback.records import Outcome, caption_hash
from viral.feedback.store import Store
from viral.messages import Message
from viral.settings import Settings, settings
from viral.ui.after.layout import consent

DATASET, TOKEN = "somebody/feedback", "hf_secret"


class FakeHub:
    """A dataset in memory, asked the way that `HfApi` is."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        self.history: list[dict[str, bytes]] = []
        self.private = True
        self.up = True
        self.created: list[dict[str, Any]] = []
        self._queue = ThreadPoolExecutor(1)

    def _answer(self) -> None:
        if not self.up:
            raise ConnectionError("no hub")

    def create_repo(self, **options: Any) -> Any:
        self._answer()
        self.created.append(options)
        return type("Url", (), {"repo_id": options["repo_id"]})

    def repo_info(self, repo_id: str, *, repo_type: str) -> Any:
        self._answer()
        assert (repo_id, repo_type) == (DATASET, "dataset")
        return type("Info", (), {"private": self.private})

    def create_commit(self, *, repo_id: str, operations: Any, **options: Any) -> None:
        self._answer()
        assert (repo_id, options["repo_type"]) == (DATASET, "dataset")
        for operation in operations:
            with operation.as_file() as file:
                self.files[operation.path_in_repo] = file.read()
        self.history.append(dict(self.files))

    def get_paths_info(self, repo_id: str, paths: list[str], *, repo_type: str) -> list[str]:
        self._answer()
        del repo_id, repo_type
        return [path for path in paths if any(name.startswith(path + "/") for name in self.files)]

    def delete_folder(self, path: str, repo_id: str, *, repo_type: str) -> None:
        self._answer()
        del repo_id, repo_type
        self.files = {n: c for n, c in self.files.items() if not n.startswith(path + "/")}
        self.history.append(dict(self.files))

    def super_squash_history(self, repo_id: str, *, repo_type: str) -> None:
        del repo_id, repo_type
        self.history = self.history[-1:]

    def run_as_future(self, work: Any, *arguments: Any) -> Future[Any]:
        return self._queue.submit(work, *arguments)


@pytest.fixture
def hub() -> FakeHub:
    return FakeHub()


@pytest.fixture
def copied(hub: FakeHub, tmp_path: Path) -> Iterator[tuple[CopiedStore, list[Any]]]:
    """Return a store with its copy, and the schedulers that it has made."""
    made: list[Any] = []
    database = Database(database_url("", tmp_path))
    yield CopiedStore(database, _copy(hub, tmp_path, made)), made
    database.close()
    for scheduler in made:
        scheduler.stop()


def _copy(hub: FakeHub, folder: Path, made: list[Any], **options: Any) -> HubCopy:
    def make(**given: Any) -> CommitScheduler:
        scheduler = CommitScheduler(**given)
        made.append(scheduler)
        return scheduler

    return HubCopy(folder / "hub", DATASET, TOKEN, make_scheduler=make, hf_api=hub, **options)


def _filled(store: Store, number: int = 1) -> str:
    key = store.agree()
    store.keep(key, kept(number, caption_hash=caption_hash(key, "my secret caption")))
    store.report(key, f"ID-{number}", Outcome(views=100, days=3))
    store.report(key, f"ID-{number}", Outcome(views=700, days=30, likes=9))
    return key


def test_what_is_kept_is_pushed(copied: Any, hub: FakeHub) -> None:
    store, (scheduler,) = copied
    assert hub.created[0] == {
        "repo_id": DATASET, "private": True, "repo_type": "dataset", "exist_ok": True,
    }  # fmt: skip
    assert scheduler.every == EVERY_MINUTES >= 5
    key = _filled(store)
    scheduler.trigger().result()
    (name,) = hub.files
    assert name.startswith(f"feedback/{code_of(key)}/")
    lines = [json.loads(line) for line in hub.files[name].splitlines()]
    assert [line["kind"] for line in lines] == ["prediction", "outcome", "outcome"]
    content = hub.files[name].decode()
    assert key not in content
    assert key not in name
    assert "secret" not in content
    assert TOKEN not in content


def test_files_are_only_appended_to_and_each_run_has_its_own(
    copied: Any, hub: FakeHub, tmp_path: Path
) -> None:
    store, made = copied
    key = _filled(store)
    made[0].trigger().result()
    (name,) = hub.files
    before = hub.files[name]
    # A second process on the same folder, as after a restart.
    other = CopiedStore(store.database, _copy(hub, tmp_path, made))
    other.keep(key, kept(2))
    store.keep(key, kept(3))
    made[0].trigger().result()
    assert hub.files[name].startswith(before)
    assert len(hub.files) == 2
    assert len({Path(name).parent for name in hub.files}) == 1


def test_the_schedulers_lock_is_held_while_a_line_is_written(copied: Any) -> None:
    store, (scheduler,) = copied
    key = store.agree()
    with scheduler.lock, ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(store.keep, key, kept(1))
        with pytest.raises(TimeoutError):
            waiting.result(timeout=0.5)
        assert list((Path(scheduler.folder_path)).rglob("*.jsonl")) == []
        scheduler.lock.release()
        waiting.result(timeout=30)
        scheduler.lock.acquire()


def test_deleting_reaches_the_dataset_and_its_history(
    copied: Any, hub: FakeHub, tmp_path: Path
) -> None:
    store, (scheduler,) = copied
    mine, other = _filled(store, 1), _filled(store, 2)
    scheduler.trigger().result()
    assert store.delete(mine) == 1
    scheduler.trigger().result()
    assert [name.split("/")[1] for name in hub.files] == [code_of(other)]
    assert not any(code_of(mine) in name for commit in hub.history for name in commit)
    assert not (tmp_path / "hub" / code_of(mine)).exists()
    with pytest.raises(StoreError, match="know this key"):
        store.keep(mine, kept(3))


def test_nothing_is_deleted_while_the_hub_is_away(copied: Any, hub: FakeHub) -> None:
    store, (scheduler,) = copied
    key = _filled(store)
    scheduler.trigger().result()
    hub.up = False
    with pytest.raises(StoreError, match="nothing was deleted"):
        store.delete(key)
    assert len(store.kept(key)) == 1
    hub.up = True
    assert store.delete(key) == 1
    assert hub.files == {}
    with pytest.raises(StoreError, match="nothing is saved"):
        store.delete(key)


def test_a_hub_that_is_away_stops_nobody_and_is_tried_again(
    hub: FakeHub, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made: list[Any] = []
    now = [0.0]
    hub.up = False
    with caplog.at_level(logging.ERROR):
        copy = _copy(hub, tmp_path, made, clock=lambda: now[0])
    assert "cannot be used" in caplog.text
    assert TOKEN not in caplog.text
    store = CopiedStore(Database(database_url("", tmp_path)), copy)
    key = _filled(store)
    assert made == []
    hub.up = True
    store.keep(key, kept(2))
    assert made == []
    now[0] = 301.0
    store.keep(key, kept(3))
    made[0].trigger().result()
    (content,) = hub.files.values()
    # What waited is there as well.
    assert len(content.splitlines()) == 5
    made[0].stop()
    store.database.close()


def test_a_public_dataset_gets_nothing(
    hub: FakeHub, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    made: list[Any] = []
    hub.private = False
    with caplog.at_level(logging.ERROR):
        store = CopiedStore(Database(database_url("", tmp_path)), _copy(hub, tmp_path, made))
    _filled(store)
    assert made == []
    assert hub.files == {}
    assert "is public" in caplog.text
    store.database.close()


def test_who_agreed_before_there_was_a_copy_is_not_copied(copied: Any, hub: FakeHub) -> None:
    store, (scheduler,) = copied
    key = _filled(Store(store.database))
    store.keep(key, kept(2))
    scheduler.trigger().result()
    assert hub.files == {}
    assert len(store.kept(key)) == 2
    # And whoever agreed to the copy may go on where there is none.
    assert len(Store(store.database).kept(_filled(store, 5))) == 1


FAR = Message("after.reason_above", name=Message("after.count_likes"))


def test_a_downloaded_copy_is_learnt_from_like_the_store(
    copied: Any, hub: FakeHub, tmp_path: Path
) -> None:
    store, (scheduler,) = copied
    for number in (1, 2):
        _filled(store, number)
    third = store.agree()
    store.keep(third, kept(3))
    store.report(third, "ID-3", Outcome(views=9, days=2), standing="quarantined", reason=FAR)
    scheduler.trigger().result()
    for name, content in hub.files.items():
        file = tmp_path / "download" / name
        file.parent.mkdir(parents=True)
        file.write_bytes(content + b"{half a li")
    ours = store.all_reports(None)
    read = copied_reports(tmp_path / "download")

    def plain(reports: list[Any]) -> list[Any]:
        same = {"client": 0, "reported_at": ours[0].reported_at}
        return [dataclasses.replace(report, **same) for report in reports]

    assert plain(read) == plain(ours)
    assert len({report.client for report in read}) == 3
    with pytest.raises(StoreError, match="holds no copy"):
        copied_reports(tmp_path / "nowhere")


def test_the_copy_is_off_unless_both_settings_are_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert not Settings().copies_to_hub
    assert not Settings(hub_dataset=DATASET).copies_to_hub
    assert not Settings(hub_token=TOKEN).copies_to_hub
    assert Settings(hub_dataset=DATASET, hub_token=TOKEN).copies_to_hub
    assert TOKEN not in repr(Settings(hub_token=TOKEN))
    monkeypatch.setenv("VIRAL_DATA_DIR", str(tmp_path))
    for both in (False, True):
        settings.cache_clear()
        shipped_store.cache_clear()
        monkeypatch.setenv("VIRAL_HUB_DATASET", DATASET)
        if both:
            monkeypatch.setenv("VIRAL_HUB_TOKEN", TOKEN)
        # The tests' hub is offline, which is no reason to keep nothing.
        assert isinstance(shipped_store(), CopiedStore) is both
        assert ("Hugging Face" in consent("en")) is both
        shipped_store().database.close()
    settings.cache_clear()
    shipped_store.cache_clear()
