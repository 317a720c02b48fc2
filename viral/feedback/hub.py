"""A copy of what creators agreed to, in a private dataset on the Hugging Face hub.

The disk of a Space does not survive a restart; the dataset does. huggingface_hub's
`CommitScheduler` pushes a folder every five minutes. In it each run appends to files of its own,
one for each creator, under the scheduler's lock, so that a creator's files can be found by the
key and deleted with the rest. What is in them is what the store keeps: numbers and hashes, no
clip, no name, no key.
"""

from __future__ import annotations

import json
import logging
import secrets
import shutil
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select

from viral.errors import StoreError
from viral.feedback import tables
from viral.feedback.database import Database
from viral.feedback.records import Kept, Outcome, Report, read_reason, secret_hash
from viral.feedback.store import COPIED_CONSENT_VERSION, Store
from viral.messages import Message

LOG = logging.getLogger(__name__)

EVERY_MINUTES = 5.0
"""The shortest that the hub asks for."""
TRY_AGAIN_AFTER_S = 300.0
"""After the hub could not be reached; meanwhile lines wait in the folder."""
ANSWER_S = 60.0
"""How long somebody who deletes waits for the hub."""
ROOT = "feedback"
"""Folder of the dataset; below it one a creator."""
FOLDER_NAME = "hub"
"""In the data folder."""
REPO_TYPE = "dataset"
UNREACHABLE = Message("store.hub")


def _scheduler(**options: Any) -> Any:
    from huggingface_hub import CommitScheduler

    return CommitScheduler(**options)


class HubCopy:
    """The copy of one process; safe to use from several threads."""

    def __init__(
        self,
        folder: Path,
        dataset: str,
        token: str,
        *,
        make_scheduler: Callable[..., Any] = _scheduler,
        hf_api: Any = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Take where lines wait, and where they go; start pushing if the hub answers.

        Lines that a run before this one has not pushed are pushed by this one.
        """
        self._folder = folder
        self._dataset = dataset
        self._token = token
        self._make = make_scheduler
        self._api = hf_api
        self._clock = clock
        self._run = secrets.token_hex(8)
        self._pushing: Any = None
        self._tried_s: float | None = None
        self._starting = threading.Lock()
        self._ready()

    def _ready(self, *, now: bool = False) -> Any:
        """Return the scheduler, started if need be; None while the hub cannot be used."""
        with self._starting:
            waits = self._tried_s is not None and (
                self._clock() - self._tried_s < TRY_AGAIN_AFTER_S
            )
            if self._pushing is not None or (waits and not now):
                return self._pushing
            self._tried_s = self._clock()
            try:
                self._pushing = self._started()
            except Exception as error:
                # Whatever is wrong with the hub, the store goes on by itself.
                LOG.error(
                    "The dataset of VIRAL_HUB_DATASET cannot be used (%s).", type(error).__name__
                )
            return self._pushing

    def _started(self) -> Any:
        from huggingface_hub import HfApi

        api = self._api or HfApi(token=self._token)
        api.create_repo(repo_id=self._dataset, private=True, repo_type=REPO_TYPE, exist_ok=True)
        if not api.repo_info(self._dataset, repo_type=REPO_TYPE).private:
            LOG.error("The dataset of VIRAL_HUB_DATASET is public; nothing is copied to it.")
            return None
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._make(
            repo_id=self._dataset,
            repo_type=REPO_TYPE,
            private=True,
            folder_path=self._folder,
            path_in_repo=ROOT,
            every=EVERY_MINUTES,
            token=self._token,
            hf_api=api,
        )

    def note(self, key: str, kind: str, facts: Mapping[str, Any]) -> None:
        """Append a line about a creator; what goes wrong is for the host's log alone."""
        line = json.dumps(
            {"kind": kind, "at": datetime.now(tz=UTC).isoformat(), **facts}, ensure_ascii=False
        )
        pushing = self._ready()
        folder = self._folder / code_of(key)
        try:
            with pushing.lock if pushing is not None else nullcontext():
                folder.mkdir(parents=True, exist_ok=True)
                with (folder / f"{self._run}.jsonl").open("a", encoding="utf-8") as file:
                    file.write(line + "\n")
        except OSError:
            LOG.exception("A line for the hub could not be written")

    def forget(self, key: str) -> None:
        """Delete a creator's files, in the dataset, in its history and here.

        Raises
        ------
        StoreError
            The hub cannot be reached; nothing was deleted.
        """
        pushing = self._ready(now=True)
        if pushing is None:
            raise StoreError(UNREACHABLE)
        code = code_of(key)

        def work() -> None:
            api = pushing.api
            path = f"{ROOT}/{code}"
            if api.get_paths_info(self._dataset, [path], repo_type=REPO_TYPE):
                api.delete_folder(path, self._dataset, repo_type=REPO_TYPE)
                # A commit that deletes leaves the files in the commits before it.
                api.super_squash_history(self._dataset, repo_type=REPO_TYPE)
            with pushing.lock:
                shutil.rmtree(self._folder / code, ignore_errors=True)

        try:
            # In the queue of the pushes, so that none is under way meanwhile.
            pushing.api.run_as_future(work).result(timeout=ANSWER_S)
        except Exception as error:
            LOG.exception("A creator's copy could not be deleted")
            raise StoreError(UNREACHABLE) from error


def code_of(key: str) -> str:
    """Return what a creator's files are called: only the holder of the key can make it."""
    return secret_hash(key, "copy on the hub")


class CopiedStore(Store):
    """A store that tells a copy of what it has kept of those who agreed to that."""

    def __init__(self, database: Database, copy: HubCopy) -> None:
        """Take a database whose tables are up to date, and the copy."""
        super().__init__(database)
        self._copy = copy

    def agree(self, version: int = COPIED_CONSENT_VERSION) -> str:
        """Note that somebody agreed; see `Store.agree`."""
        return super().agree(version)

    def _note(self, key: str, kind: str, facts: Mapping[str, Any]) -> None:
        with self.database.reading() as connection:
            agreed = connection.execute(
                select(tables.clients.c.consent_version).where(
                    tables.clients.c.id == self._known(connection, key)
                )
            ).scalar_one()
        # Keys that were given out before there was a copy go on without one.
        if agreed >= COPIED_CONSENT_VERSION:
            self._copy.note(key, kind, facts)

    def delete(self, key: str) -> int:
        """Delete everything under a key, in the copy first; see `Store.delete`."""
        with self.database.reading() as connection:
            self._client_of_any_consent(connection, key)
        self._copy.forget(key)
        return super().delete(key)


def copied_reports(folder: Path) -> list[Report]:
    """Return the reports in a downloaded copy, the newest of each prediction, oldest first.

    Parameters
    ----------
    folder : Path
        The dataset, or the folder `feedback` in it.

    Raises
    ------
    StoreError
        There is no such copy in the folder.
    """
    root = folder / ROOT if (folder / ROOT).is_dir() else folder
    files = sorted(root.glob("*/*.jsonl"))
    if not files:
        raise StoreError(Message("store.no_copy", folder=str(folder)))
    kept: dict[tuple[str, str], Kept] = {}
    outcomes: dict[tuple[str, str], tuple[str, Mapping[str, Any]]] = {}
    for file in files:
        for line in file.read_text(encoding="utf-8").splitlines():
            try:
                told = json.loads(line)
                name, at = (file.parent.name, str(told["id"])), str(told["at"])
                if told["kind"] == "prediction":
                    made_at = datetime.fromisoformat(told["made_at"])
                    kept[name] = Kept.of_body(
                        name[1], str(told["model_version"]), made_at, told["body"]
                    )
                elif at > outcomes.get(name, ("", {}))[0]:
                    outcomes[name] = (at, told)
            except (ValueError, KeyError, TypeError, AttributeError):
                LOG.warning("A line of %s was left out: it cannot be read.", file.name)
    clients = {code: number for number, code in enumerate(sorted({code for code, _ in kept}), 1)}
    return [
        Report(
            kept=kept[name],
            outcome=Outcome(**told["outcome"]),
            reported_at=datetime.fromisoformat(at),
            standing=told["standing"],
            reason=read_reason(told["reason"]),
            client=clients[name[0]],
        )
        for name, (at, told) in sorted(outcomes.items(), key=lambda item: item[1][0])
        if name in kept
    ]
