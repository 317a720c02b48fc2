"""An account's own model: what it learns of made-up posts, what it refuses, and that it adds up."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from synthesis import BLUE, RED, solid_frames, write_clip

import viral
from viral import ViralError
from viral.account.model import NOTHING_SHOWN, OTHER_BASE, AccountModel, OwnModel, on_top_of
from viral.account.store import load, save
from viral.commands.cli import main
from viral.model import explained
from viral.model.attribution import explain
from viral.model.inputs import inputs_from_features
from viral.model.store import shipped_model
from viral.posts.details import PostDetails, post_details
from viral.settings import Settings
from viral.training.account import learnt
from viral.training.account_posts import FEWEST_POSTS, account_posts

LONG_S, SHORT_S = 40.0, 8.0
EFFECT = 0.6
"""log10 that a long post gets more than a short one: a factor of 4."""


def past(count: int, effect: float = EFFECT, seed: int = 0) -> pd.DataFrame:
    """Return the posts of an account whose long posts do better, as a spreadsheet has them."""
    rng = np.random.default_rng(seed)
    long = rng.random(count) < 0.5
    level = 3.5 + np.where(long, effect / 2, -effect / 2) + rng.normal(0.0, 0.15, count)
    start = datetime(2024, 1, 1, 12, tzinfo=UTC)
    return pd.DataFrame(
        {
            "id": [f"post{number}" for number in range(count)],
            "posted_at": [(start + timedelta(days=2 * n)).isoformat() for n in range(count)],
            "view_count": (10.0**level).round(),
            "duration": np.where(long, LONG_S, SHORT_S),
            "followers": 12_000,
            "uploader": "somebody",
        }
    )


def table(folder: Path, posts: pd.DataFrame) -> Path:
    path = folder / "posts.csv"
    posts.to_csv(path, index=False)
    return path


def as_downloaded(row: dict[str, Any]) -> dict[str, Any]:
    """Return what a downloader writes of a post beside its clip."""
    posted_at = row["posted_at"]
    return {
        "id": row["id"],
        "extractor_key": "TikTok",
        "title": "",
        "timestamp": datetime.fromisoformat(posted_at).timestamp() if posted_at else None,
        "view_count": row["view_count"],
        "duration": row["duration"],
        "channel_follower_count": row["followers"],
        "uploader": row["uploader"],
    }


@pytest.fixture(scope="module")
def taught(tmp_path_factory: pytest.TempPathFactory) -> AccountModel:
    """Return what was learnt of an account whose long posts do better."""
    folder = tmp_path_factory.mktemp("account")
    found = account_posts(table(folder, past(70, seed=2)), folder / "cache")
    return learnt(shipped_model(), found)[0]


def details_of(duration_s: float) -> tuple[dict[str, viral.model.inputs.Features], PostDetails]:
    from viral.modalities import context

    details = post_details(recent_views=[3000, 1500, 7000, 2500, 3500], followers=12_000)
    found = context.extract(details, duration_s=duration_s, width=576, height=1024)
    return {"context": found}, details


def test_what_lifts_the_accounts_posts_is_learnt_and_shown(taught: AccountModel) -> None:
    content = taught.figures["content"]
    assert content["shown"]
    assert content["interval"][1] < 0
    assert content["mae_with"] < 0.8 * content["mae_without"]
    assert taught.used() == ["context"]
    own = on_top_of(shipped_model(), taught)
    added = {
        seconds: float(own.own.added(inputs_from_features(*details_of(seconds)))[0])
        for seconds in (LONG_S, SHORT_S)
    }
    # The shipped model has its own opinion of lengths; what is added makes up most of the rest.
    assert EFFECT / 3 < added[LONG_S] - added[SHORT_S] < 1.5 * EFFECT


def test_contributions_add_up_and_the_length_gets_the_credit(taught: AccountModel) -> None:
    shipped = shipped_model()
    own = on_top_of(shipped, taught)
    features, details = details_of(LONG_S)
    inputs = inputs_from_features(features, details)
    below, why = explain(shipped, inputs), explain(own, inputs)
    for parts in (why.modalities, why.features):
        total = why.base + sum(part.value for part in parts)
        assert total == pytest.approx(why.prediction, abs=1e-6)
    assert why.prediction == pytest.approx(below.prediction + taught.added(inputs)[0], abs=1e-9)
    before = {part.name: part.value for part in below.features}
    change = {part.name: part.value - before[part.name] for part in why.features}
    assert max(change, key=lambda name: change[name]) == "context.duration"

    prediction = explained.predict(own, features, details)
    assert prediction.explanation.from_average == why
    # What is shown begins at the account's usual; the length keeps its credit.
    shown = prediction.explanation
    assert shown.base_is == "usual"
    assert shown.base + sum(part.value for part in shown.features) == pytest.approx(
        why.prediction, abs=1e-6
    )
    credit = {part.name: part.value for part in shown.features}["context.duration"]
    assert credit == pytest.approx(before["context.duration"] + change["context.duration"])
    assert prediction.views.low <= prediction.views.median <= prediction.views.high
    factor = (
        prediction.virality.median / explained.predict(shipped, features, details).virality.median
    )
    assert np.log10(factor) == pytest.approx(taught.added(inputs)[0], abs=1e-6)
    assert prediction.model_version.startswith(f"{shipped.version}+a")


def test_a_table_is_predicted_as_its_rows_are(taught: AccountModel) -> None:
    from viral.posts.schema import in_schema

    rows = [
        {"video_id": str(seconds), "duration_s": seconds, "recent_views": (3000.0, 1500.0)}
        for seconds in (LONG_S, SHORT_S)
    ]
    posts = in_schema(pd.DataFrame(rows))[0]
    shipped = shipped_model()
    own = on_top_of(shipped, replace(taught, level=0.1))
    inputs = own.inputs_of(posts, None)
    change = np.log10(own.predict_table(posts)["views_median"].to_numpy()) - np.log10(
        shipped.predict_table(posts)["views_median"].to_numpy()
    )
    assert change == pytest.approx(taught.added(inputs) + 0.1, abs=1e-3)


def test_where_nothing_lifts_nothing_is_added_and_that_is_said(tmp_path: Path) -> None:
    found = account_posts(table(tmp_path, past(50, effect=0.0)), tmp_path / "cache")
    own, _ = learnt(shipped_model(), found)
    assert own.figures["judged"] == 20
    assert own.changes_nothing
    assert set(own.weights.values()) == {0.0}
    features, details = details_of(LONG_S)
    shipped = explained.predict(shipped_model(), features, details)
    prediction = explained.predict(on_top_of(shipped_model(), own), features, details)
    assert prediction.views == shipped.views
    assert prediction.warnings[-1] == NOTHING_SHOWN


def test_a_post_is_judged_by_earlier_posts_alone(tmp_path: Path) -> None:
    posts = past(36)
    other = posts.copy()
    other.loc[35, "view_count"] *= 50
    orders = []
    for number, one in enumerate((posts, other)):
        folder = tmp_path / str(number)
        folder.mkdir()
        found = account_posts(table(folder, one), tmp_path / "cache")
        orders.append(learnt(shipped_model(), found)[1])
    first, second = orders
    assert first.residual[35] != second.residual[35]
    for name in ("level", "content"):
        assert np.array_equal(getattr(first, name), getattr(second, name), equal_nan=True)


def test_too_few_posts_are_refused_with_how_many_are_needed(tmp_path: Path) -> None:
    posts = past(FEWEST_POSTS)
    posts.loc[0, "view_count"] = np.nan
    with pytest.raises(ViralError, match=r"at least 20 posts .* but there are 19"):
        account_posts(table(tmp_path, posts), tmp_path)


def test_from_twenty_posts_on_it_says_from_when_it_can_judge(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as ended:
        main(["train", "--account", str(table(tmp_path, past(24))), "-o", "mine"])
    assert ended.value.code == 0
    said = capsys.readouterr().out
    assert "can be shown from 40 posts on; until then its weight is 0" in said
    assert load(tmp_path / "mine").changes_nothing
    # What is stored says nothing of whose posts they were.
    assert "somebody" not in (tmp_path / "mine" / "account.json").read_text(encoding="utf-8")


def test_posts_of_two_accounts_are_refused(tmp_path: Path) -> None:
    posts = past(30)
    posts.loc[:10, "uploader"] = "somebody else"
    with pytest.raises(ViralError, match="posts of 2 accounts"):
        account_posts(table(tmp_path, posts), tmp_path)


def test_a_folder_of_clips_is_read_with_its_labels_or_with_its_infos(tmp_path: Path) -> None:
    posts = past(FEWEST_POSTS + 2)
    posts.loc[1, "posted_at"] = ""
    labelled, downloaded = tmp_path / "labelled", tmp_path / "downloaded"
    for folder in (labelled, downloaded):
        folder.mkdir()
        write_clip(
            folder / "post3.mp4", frames=solid_frames([RED, BLUE], cuts_s=[0.5], duration_s=1.0)
        )
        (folder / "post4.mp4").write_bytes(b"no clip")
    posts.to_csv(labelled / "labels.csv", index=False)
    for row in posts.to_dict("records"):
        info = as_downloaded(row)
        (downloaded / f"{row['id']}.info.json").write_text(json.dumps(info), encoding="utf-8")
    for folder in (labelled, downloaded):
        found = account_posts(folder, tmp_path / "cache")
        assert len(found.posts) == FEWEST_POSTS + 1
        assert any("post1 was left out" in sentence for sentence in found.left_out)
        row = found.posts.index[found.posts["video_id"] == "post3"][0]
        assert list(found.clips) == [row]
        assert found.clips[row]["visual"].values["cut_count"] == 1
        assert "post4 is learnt from without its clip" in found.without_clip[0]


@pytest.mark.parametrize("tables", [(), ("a.csv", "b.csv")])
def test_a_folder_without_its_counts_is_refused(tables: tuple[str, ...], tmp_path: Path) -> None:
    folder = tmp_path / "clips"
    folder.mkdir()
    for name in tables:
        (folder / name).write_text("id\n", encoding="utf-8")
    with pytest.raises(
        ViralError, match=r"labels\.csv with the columns id, posted_at and view_count"
    ):
        account_posts(folder, tmp_path)


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


def _other_weight(path: Path) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace('"level":0', '"level":9', 1))


def _gone(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (_cut, "is not the file that was written"),
        (_other_weight, "is not the file that was written"),
        (_gone, "is missing"),
    ],
)
def test_a_changed_folder_is_refused(
    damage: Callable[[Path], None], why: str, taught: AccountModel, tmp_path: Path
) -> None:
    folder = tmp_path / "mine"
    save(taught, folder)
    damage(folder / "account.json")
    with pytest.raises(ViralError, match=why) as caught:
        viral.predict("clip.mp4", account_model=folder)
    assert str(caught.value).endswith("learn it again with `viral train --account`.")
    assert str(tmp_path) not in str(caught.value)


def test_features_of_another_version_are_refused(taught: AccountModel, tmp_path: Path) -> None:
    lift = taught.lifts["context"]
    strange = replace(lift, columns=("luck", *lift.columns[1:]))
    save(replace(taught, lifts={"context": strange}), tmp_path)
    with pytest.raises(ViralError, match="context features are not those of this version"):
        load(tmp_path)


def test_what_is_stored_predicts_alike_and_has_the_same_bytes(
    taught: AccountModel, tmp_path: Path
) -> None:
    save(taught, tmp_path / "one")
    again = load(tmp_path / "one")
    save(again, tmp_path / "two")
    for name in ("account.json", "account.sha256"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    inputs = inputs_from_features(*details_of(LONG_S))
    assert again.added(inputs) == pytest.approx(taught.added(inputs), abs=1e-9)


def test_a_model_learnt_on_another_base_says_so(taught: AccountModel) -> None:
    features, details = details_of(LONG_S)
    own: OwnModel = on_top_of(shipped_model(), replace(taught, learnt_on="2.0"))
    assert explained.predict(own, features, details).warnings[-1] == OTHER_BASE


def test_another_folder_is_not_written_into(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(["train", "--account", "posts.csv", "-o", str(tmp_path)])
    assert ended.value.code == 2
    assert "is no account's model" in capsys.readouterr().err


def test_the_commands_take_the_folder(
    taught: AccountModel, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = tmp_path / "mine"
    save(replace(taught, level=0.3), own)
    rows = pd.DataFrame({"video_id": ["a"], "recent_views": [[3000.0, 2000.0]]})
    rows.to_parquet(tmp_path / "posts.parquet")
    medians = []
    for more in ((), ("--account-model", str(own))):
        out = tmp_path / f"out{len(more)}.csv"
        with pytest.raises(SystemExit) as ended:
            main(["predict-table", str(tmp_path / "posts.parquet"), "-o", str(out), *more])
        assert ended.value.code == 0, capsys.readouterr().err
        medians.append(float(pd.read_csv(out)["views_median"][0]))
    assert medians[1] > 1.2 * medians[0]


def test_an_app_for_one_account_predicts_with_its_model(
    taught: AccountModel, tmp_path: Path
) -> None:
    from viral.pipeline import model_of
    from viral.ui.running import Runner, pipeline_for

    save(taught, tmp_path / "own")
    chosen = replace(Settings(), account_model=str(tmp_path / "own"))
    clip = write_clip(tmp_path / "c.mp4", frames=solid_frames([RED], cuts_s=[], duration_s=1.0))
    own = load(tmp_path / "own")
    seen = Runner(pipeline_for(chosen)).run(clip, post_details(followers=12_000))
    assert seen.prediction.model_version == f"{shipped_model().version}+a{own.version}"
    # What goes deeper asks the same model as the result.
    assert model_of(seen).version == seen.prediction.model_version
    changed = seen.again(details=post_details(followers=900))
    assert model_of(changed).version == changed.prediction.model_version
    with pytest.raises(ViralError, match="nowhere"):
        pipeline_for(replace(Settings(), account_model=str(tmp_path / "nowhere")))
