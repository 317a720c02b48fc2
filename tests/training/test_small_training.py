"""Training on a small set: the same bytes each time, and a set that is too small is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from feeds import feeds

from viral import ViralError
from viral.model.inputs import inputs_from_posts
from viral.model.store import load, save
from viral.training.options import TrainingOptions
from viral.training.trainer import FEWEST_POSTS, Trainer

QUICK = {"num_iterations": 8, "num_leaves": 4, "min_data_in_leaf": 10}
OPTIONS = TrainingOptions(
    context_parameters=QUICK,
    history_parameters={**QUICK, "bagging_fraction": 0.8, "bagging_freq": 1},
    error_parameters=QUICK,
    fold_count=2,
    seeds=(0, 1),
    modalities=(),
)


def _written(folder: Path) -> dict[str, bytes]:
    """Train from the posts on and return every file of the model."""
    posts = feeds(creators=20, posts=15)
    inputs = inputs_from_posts(posts, with_embeddings=False)
    save(Trainer(posts, inputs, OPTIONS).model(), folder)
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_training_twice_gives_the_same_bytes(tmp_path: Path) -> None:
    first, second = _written(tmp_path / "first"), _written(tmp_path / "second")
    assert "manifest.json" in first
    assert sum(name.endswith(".txt") for name in first) > 10
    assert first == second
    # Reading and writing changes nothing either.
    save(load(tmp_path / "first"), tmp_path / "again")
    again = (tmp_path / "again" / "manifest.json").read_bytes()
    assert again == first["manifest.json"]


def test_a_set_that_is_too_small_says_how_many_rows_it_needs() -> None:
    posts = feeds(creators=10, posts=12)
    with pytest.raises(ViralError, match=f"at least {FEWEST_POSTS} posts .* there are 120"):
        Trainer(posts, inputs_from_posts(posts, with_embeddings=False), OPTIONS)


def test_too_few_creators_for_the_folds_are_said() -> None:
    posts = feeds(creators=1, posts=250)
    trainer = Trainer(posts, inputs_from_posts(posts, with_embeddings=False), OPTIONS)
    with pytest.raises(ViralError, match=r"2 folds need posts of at least 2 creators"):
        trainer.model()
