"""A folder of drafts: ranked for one account, the broken ones named."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest
from synthesis import BLUE, GREEN, RED, sine, solid_frames, write_clip
from typer.testing import CliRunner

from viral.batch.drafts import clips_of, compare_drafts
from viral.commands.cli import commands
from viral.errors import DetailsError, TableError
from viral.posts.accounts.account import Account, AccountPost
from viral.posts.accounts.posting import details_with
from viral.posts.details import post_details
from viral.posts.writing import write_table


@pytest.fixture(scope="module")
def drafts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drafts")
    for name, second, length_s in (("a", BLUE, 1.5), ("b", GREEN, 4.0)):
        write_clip(
            folder / f"{name}.mp4",
            frames=solid_frames([RED, second], cuts_s=[1.0], duration_s=length_s),
            waveform=sine(length_s),
        )
    (folder / "broken.mp4").write_text("no clip", encoding="utf-8")
    (folder / "notes.txt").write_text("no clip either", encoding="utf-8")
    return folder


def test_drafts_are_ranked_and_a_broken_one_is_named(drafts: Path, tmp_path: Path) -> None:
    told: list[tuple[str, int, int]] = []
    compared = compare_drafts(
        clips_of(drafts),
        post_details(recent_views=[900, 1500, 700]),
        on_progress=lambda *step: told.append(step),
    )
    assert [draft.rank for draft in compared.ranked] == [1, 2]
    assert {draft.name for draft in compared.ranked} == {"a.mp4", "b.mp4"}
    first, second = compared.ranked
    assert first.prediction.views.median >= second.prediction.views.median
    assert first.best is not None
    assert second.best is not None
    assert first.best + second.best == pytest.approx(1.0)
    ((name, why),) = compared.problems
    assert name == "broken.mp4"
    assert why.endswith(".")
    assert told[-1] == ("Clips", 3, 3)
    write_table(compared.table(), tmp_path / "ranked.csv")
    rows = pd.read_csv(tmp_path / "ranked.csv")
    assert rows["clip"].tolist() == [first.name, second.name, "broken.mp4"]
    assert rows["problem"].notna().tolist() == [False, False, True]


def test_the_command_prints_it(drafts: Path, tmp_path: Path) -> None:
    account = tmp_path / "posts.csv"
    account.write_text("video_id,date,views\n1,2026-01-01,900\n2,2026-01-03,1500\n", "utf-8")
    run = CliRunner().invoke(commands, ["compare", str(drafts), "--account", str(account)])
    assert run.exit_code == 0, run.output
    assert run.stdout.splitlines()[0].startswith(" 1  ")
    assert "% to be the best" in run.stdout
    assert "broken.mp4 was left out: " in run.stderr
    said = CliRunner().invoke(
        commands, ["compare", str(drafts), "--followers", "12K", "--json"], catch_exceptions=False
    )
    answer = json.loads(said.stdout)
    assert [draft["rank"] for draft in answer["drafts"]] == [1, 2]
    assert answer["problems"][0]["name"] == "broken.mp4"


def test_drafts_of_other_lengths_are_still_of_one_account(drafts: Path) -> None:
    posts = tuple(
        AccountPost(900.0 + 90 * day, posted_at=datetime(2026, 1, day, tzinfo=UTC), duration_s=day)
        for day in range(1, 9)
    )
    details = details_with(Account(followers=500.0, posts=posts), caption="#leeks")
    compared = compare_drafts(clips_of(drafts), details)
    assert len(compared.ranked) == 2
    assert compared.ranked[0].prediction.usual_views == compared.ranked[1].prediction.usual_views


def test_what_cannot_be_ranked_is_said_before_any_work(drafts: Path, tmp_path: Path) -> None:
    with pytest.raises(DetailsError, match="Your account is needed"):
        compare_drafts(clips_of(drafts), post_details(caption="leeks"))
    with pytest.raises(TableError, match="There is no folder"):
        clips_of(tmp_path / "nowhere")
    for number in range(21):
        (tmp_path / f"{number}.mp4").touch()
    with pytest.raises(TableError, match="put 2 to 20 drafts"):
        clips_of(tmp_path)
    broken = {"x.mp4": drafts / "broken.mp4"}
    with pytest.raises(TableError, match="None of the 1 clips"):
        compare_drafts(broken, post_details(followers=500))
