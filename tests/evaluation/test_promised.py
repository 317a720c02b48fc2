"""What is promised beside what happened: on made-up feeds whose effects are known."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from feeds import feeds

from viral.evaluation.changes import changes_in
from viral.evaluation.changes_report import changes_section
from viral.evaluation.combinations import told_in
from viral.evaluation.evaluate import _rounded
from viral.evaluation.protocols import Split, creator_split, trained
from viral.evaluation.told_report import SET_APART, _set_apart
from viral.model.inputs import inputs_from_posts
from viral.model.model import Model
from viral.training.options import TrainingOptions

QUICK = {"num_iterations": 60, "learning_rate": 0.15, "num_leaves": 6, "min_data_in_leaf": 20}
OPTIONS = TrainingOptions(
    context_parameters=QUICK,
    unknown_parameters=QUICK,
    history_parameters=QUICK,
    error_parameters={**QUICK, "num_iterations": 10},
    fold_count=2,
    seeds=(0,),
    modalities=(),
    strange_posts=0,
)
NIGHT_OWLS = 0.5
"""By how much accounts that always post at night get more, log10: no effect of the hour."""
LONG = 0.4
"""What a clip of a minute gets more than one of ten seconds, in every account, log10."""


@pytest.fixture(scope="module")
def learnt() -> tuple[Split, Model]:
    posts = feeds(creators=70, posts=26)
    rng = np.random.default_rng(8)
    night = (posts["creator"].str[1:].astype(int) % 2 == 0).to_numpy()
    hours = np.where(night, 2, 14) + rng.integers(-2, 3, len(posts))
    posts["posted_at"] = posts["posted_at"].dt.normalize() + hours.astype("timedelta64[h]")
    long = rng.random(len(posts)) < 0.5
    posts["duration_s"] = np.where(long, 60.0, 10.0)
    posts["views"] *= 10 ** (NIGHT_OWLS * night + LONG * long)
    posts["creator_total_likes"] = 1000.0
    posts["creator_total_videos"] = 50.0
    split = creator_split(posts, inputs_from_posts(posts, with_embeddings=False), 0)
    return split, trained(split, OPTIONS)


@pytest.fixture(scope="module")
def changes(learnt: tuple[Split, Model]) -> dict[str, Any]:
    return changes_in(*learnt)


def test_what_accounts_differ_by_is_no_effect_of_the_hour(changes: dict[str, Any]) -> None:
    hour = changes["account"]["kinds"]["time"]
    assert abs(hour["slope"]) < 0.4
    assert not hour["offered"]


def test_what_every_account_gets_more_by_is_one(changes: dict[str, Any]) -> None:
    length = changes["account"]["kinds"]["length"]
    assert length["slope"] == pytest.approx(1.0, abs=0.35)
    assert length["offered"]
    assert length["promised"] == pytest.approx(10**LONG, rel=0.15)
    assert length["came"] == pytest.approx(10**LONG, rel=0.15)


def test_the_better_of_two_wins_as_often_as_said(changes: dict[str, Any]) -> None:
    wins = [one for known in ("account", "history") for one in changes[known]["wins"]]
    assert max(one["said"] for one in wins) > 0.7
    for one in wins:
        assert one["interval"][0] - 0.04 < one["said"] < one["interval"][1] + 0.04


def test_the_report_has_every_figure(changes: dict[str, Any], learnt: tuple[Split, Model]) -> None:
    told = _rounded(told_in(*learnt))
    json.dumps(told, allow_nan=False)
    text = "\n".join([*changes_section(_rounded({"changes": changes})), *_set_apart(told)])
    assert "| followers, no recent views | length |" in text
    assert all(f"| {name} |" in text for name in SET_APART)
    # Nobody's real posts are set apart; a million times as much is.
    assert told["5 views"]["source"]["creators_2020"]["set apart"] == 0.0
    assert told["5 views"]["made up"]["+6"] == 1.0
