"""The search for parameters: it goes on after a stop, and the same seed finds the same."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from feeds import feeds

import viral.training.tuned_parameters as tuned_module
from viral import ViralError
from viral.commands.cli import main
from viral.training.tuned_parameters import findings, tuned
from viral.training.tuning import CHOSEN, Found, Search, searched, write_findings

SMALL = {"num_iterations": 10, "num_leaves": 4, "min_data_in_leaf": 5}


@pytest.fixture(scope="module")
def search() -> Search:
    return Search(feeds(creators=25, posts=15), "history")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten trees, however many are proposed: what is tested is what is proposed."""
    fit = Search._fit
    monkeypatch.setattr(
        Search, "_fit", lambda self, parameters, seeds: fit(self, {**parameters, **SMALL}, seeds)
    )


def test_a_search_that_was_stopped_proposes_what_it_would_have_proposed(
    search: Search, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[dict[str, float]] = []
    stop_at = 11

    def told(_: Search, parameters: dict[str, float]) -> float:
        asked.append(dict(parameters))
        return abs(parameters["learning_rate"] - 0.05) + abs(parameters["num_leaves"] - 9)

    def stopped(search: Search, parameters: dict[str, float]) -> float:
        if len(asked) == stop_at:
            raise KeyboardInterrupt
        return told(search, parameters)

    monkeypatch.setattr(Search, "error", told)
    whole = searched(search, tmp_path / "whole.journal", trials=13)
    at_once, asked = asked, []

    monkeypatch.setattr(Search, "error", stopped)
    with pytest.raises(KeyboardInterrupt):
        searched(search, tmp_path / "halves.journal", trials=13)
    with (tmp_path / "halves.journal").open("a", encoding="utf-8") as journal:
        journal.write('{"op_code":5,"work')  # killed while writing
    monkeypatch.setattr(Search, "error", told)
    halves = searched(search, tmp_path / "halves.journal", trials=13)

    assert len(at_once) == 13
    assert asked == at_once
    assert halves == whole
    # Nothing is tried again once the trials are there.
    assert searched(search, tmp_path / "whole.journal", trials=13) == whole
    assert len(asked) == 13
    assert whole.folds_mae["found"] < whole.folds_mae["by hand"]


def test_the_first_trial_is_what_was_chosen_by_hand(search: Search, tmp_path: Path) -> None:
    found = searched(search, tmp_path / "one.journal", trials=1)
    assert {name: found.parameters[name] for name in CHOSEN["history"]} == CHOSEN["history"]
    assert found.folds_mae["found"] == found.folds_mae["by hand"]
    assert found.difference == 0.0
    assert not found.better


def test_the_time_is_kept_and_the_trials_are_told(search: Search, tmp_path: Path) -> None:
    seconds = iter(range(0, 1000, 10))
    told: list[tuple[int, int]] = []
    found = searched(
        search,
        tmp_path / "timed.journal",
        trials=50,
        timeout_s=25.0,
        on_trial=lambda done, total: told.append((done, total)),
        clock=lambda: float(next(seconds)),
    )
    assert found.trials == 3
    assert told[0] == (0, 50)
    assert told[-1] == (3, 50)


def test_other_posts_or_another_seed_are_another_study(search: Search) -> None:
    names = {
        search.name,
        Search(feeds(creators=25, posts=15), "history", seed=1).name,
        Search(feeds(creators=25, posts=16), "history").name,
        Search(feeds(creators=25, posts=15), "account").name,
    }
    assert len(names) == 4
    assert Search(feeds(creators=25, posts=15), "history").name == search.name


def test_no_creator_is_on_both_sides(search: Search) -> None:
    assert not set(search.keys) & set(search.asked_keys)


@pytest.mark.parametrize(("creators", "posts"), [(5, 60), (30, 5)])
def test_too_few_posts_are_refused_with_how_many_are_needed(creators: int, posts: int) -> None:
    with pytest.raises(ViralError, match=r"needs about 250 posts .* at least 20 creators"):
        Search(feeds(creators=creators, posts=posts), "history")


def test_a_file_that_holds_no_trials_is_refused(search: Search, tmp_path: Path) -> None:
    path = tmp_path / "notes.journal"
    path.write_text("to do: tune\n", encoding="utf-8")
    with pytest.raises(ViralError, match=r"notes\.journal is no file of trials"):
        searched(search, path, trials=1)
    assert path.read_text(encoding="utf-8") == "to do: tune\n"


def _found(high: float) -> Found:
    return Found(
        pattern="history",
        parameters={"num_leaves": 9},
        trials=5,
        folds_mae={"found": 0.2, "by hand": 0.3},
        held_out_mae={"found": 0.2, "by hand": 0.3},
        difference=-0.1,
        interval=(-0.2, high),
        posts=100,
        creators=10,
        held_out_posts=20,
        held_out_creators=2,
    )


@pytest.mark.parametrize(("high", "leaves"), [(-0.01, 9), (0.01, 4)])
def test_training_uses_only_what_is_better_beyond_chance(
    high: float, leaves: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "tuned.json"
    path.write_text(json.dumps({"account": {"better": False, "parameters": {}}}), encoding="utf-8")
    write_findings([_found(high)], path, seed=3)
    monkeypatch.setattr(tuned_module, "TUNED_FILE", path)
    findings.cache_clear()
    try:
        assert tuned("history", {"num_leaves": 4, "alpha": 1.0}) == {
            "num_leaves": leaves,
            "alpha": 1.0,
        }
        assert set(findings()) == {"account", "history"}
    finally:
        findings.cache_clear()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--pattern", "seconds"), "“seconds” is no tier to tune; use history or account."),
        (("--data", "nowhere"), "creators_2020.parquet is missing"),
    ],
)
def test_the_command_refuses_in_one_sentence(
    words: tuple[str, ...], sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["tune", *words])
    assert ended.value.code == 2
    assert sentence in capsys.readouterr().err
