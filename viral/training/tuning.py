"""Searching for LightGBM parameters inside grouped folds of training creators: `viral tune`.

A fifth of the creators is held out first. On the others, each set of parameters predicts every
post from folds without its creator; Optuna's tree-structured Parzen estimator (Bergstra et al.
2011) proposes the next. The best set then meets the parameters chosen by hand on the creators that
were held out, and is used in training only if it comes closer there beyond chance.

The sampler is seeded anew for each trial, with the seed and the number of trials done. A study that
was stopped and goes on therefore proposes what it would have proposed without the stop.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from viral.errors import TableError
from viral.messages import Message
from viral.posts.schema import log_counts
from viral.posts.splits import creator_keys, held_out
from viral.training.baseline import Fit, account_fit, columns_of, out_of_fold
from viral.training.baseline_parameters import CHOSEN_ACCOUNT_PARAMETERS, CHOSEN_HISTORY_PARAMETERS
from viral.training.masking import as_pattern, masked
from viral.training.metrics import RESAMPLES, mae

CHOSEN: Mapping[str, Mapping[str, Any]] = {
    "history": CHOSEN_HISTORY_PARAMETERS,
    "account": CHOSEN_ACCOUNT_PARAMETERS,
}
"""Pattern -> what was chosen by hand: the first trial, and what has to be beaten."""
FOLDS = 3
FEWEST_ROWS = 200
"""Posts of training creators below which folds differ more than parameters do."""
FEWEST_CREATORS = 10
HELD_OUT_SHARE = 0.2
COMPARISON_SEEDS = (0, 1)
"""Boosters that are averaged in the final comparison, as in training."""

OnTrial = Callable[[int, int], None]
"""Called with the trials done and how many there will be."""


@dataclass(frozen=True)
class Found:
    """What a search has found for one pattern."""

    pattern: str
    parameters: Mapping[str, Any]
    trials: int
    folds_mae: Mapping[str, float]
    """`found` and `by hand` -> mean absolute error over the folds, log10 views."""
    held_out_mae: Mapping[str, float]
    """The same on the held-out creators."""
    difference: float
    """Of the errors on them, found less by hand: below 0 is better."""
    interval: tuple[float, float]
    """Its 95 % interval over resampled creators."""
    posts: int
    """That folds were made of."""
    creators: int
    held_out_posts: int
    held_out_creators: int

    @property
    def better(self) -> bool:
        """Whether it came closer on held-out creators, beyond chance."""
        return self.interval[1] < 0.0

    def to_dict(self, seed: int) -> dict[str, Any]:
        """Return the finding as JSON's types."""
        return {
            "better": self.better,
            "parameters": dict(self.parameters),
            "trials": self.trials,
            "seed": seed,
            "folds_mae": {k: round(v, 5) for k, v in self.folds_mae.items()},
            "held_out_mae": {k: round(v, 5) for k, v in self.held_out_mae.items()},
            "difference": round(self.difference, 5),
            "interval": [round(end, 5) for end in self.interval],
            "posts": self.posts,
            "creators": self.creators,
            "held_out_posts": self.held_out_posts,
            "held_out_creators": self.held_out_creators,
        }


def proposed(trial: Any, by_hand: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a trial proposes, laid over what was chosen by hand: the loss stays."""
    return {
        **by_hand,
        "num_iterations": trial.suggest_int("num_iterations", 100, 1000, step=10),
        "learning_rate": trial.suggest_float("learning_rate", 0.01, 0.1, log=True),
        "num_leaves": trial.suggest_int("num_leaves", 4, 63, log=True),
        "min_data_in_leaf": trial.suggest_int("min_data_in_leaf", 10, 200, log=True),
        "feature_fraction": trial.suggest_float("feature_fraction", 0.1, 1.0),
        "bagging_fraction": trial.suggest_float("bagging_fraction", 0.5, 1.0),
        "lambda_l2": trial.suggest_float("lambda_l2", 0.01, 30.0, log=True),
    }


class Search:
    """One pattern's posts, measured once, and what parameters make of them."""

    def __init__(self, posts: pd.DataFrame, pattern: str, seed: int = 0) -> None:
        """Take posts of whole feeds, with their past.

        Raises
        ------
        TableError
            There are too few; the sentence says how many are needed.
        """
        from viral.modalities import context

        self.pattern, self.seed = pattern, seed
        known = posts["recent_views"].map(len) > 0
        usable = known if pattern == "history" else posts["followers"].notna()
        posts = posts[usable & posts["views"].notna()].reset_index(drop=True)
        creators = creator_keys(posts)
        out = held_out(creators, share=HELD_OUT_SHARE, seed=seed)
        kept = ~out
        if kept.sum() < FEWEST_ROWS or creators[kept].nunique() < FEWEST_CREATORS or not out.any():
            needed = round(FEWEST_ROWS / (1.0 - HELD_OUT_SHARE))
            raise TableError(
                Message(
                    "tune.few_posts",
                    tier=pattern,
                    needed=int(needed),
                    creators=2 * FEWEST_CREATORS,
                    count=len(posts),
                    found=int(creators.nunique()),
                )
            )
        self.keys = creators[kept].reset_index(drop=True)
        self.asked_keys = creators[out].to_numpy()
        asked = as_pattern(posts[out], pattern).reset_index(drop=True)
        learnt = posts[kept].reset_index(drop=True)
        # As in training: posts as they are, and again with parts left out.
        both = pd.concat(
            [as_pattern(learnt, pattern), masked(learnt, pattern, seed)], ignore_index=True
        )
        table = context.extract_table(both)
        self.columns = columns_of([str(name) for name in table.columns], pattern)
        self.matrix = table[list(self.columns)].to_numpy(dtype=np.float64)
        self.asked = context.extract_table(asked)[list(self.columns)].to_numpy(dtype=np.float64)
        self.truth = log_counts(learnt["views"])
        self.asked_truth = log_counts(asked["views"])

    @cached_property
    def name(self) -> str:
        """What the study is called: another set of posts, or another seed, is another study."""
        content = hashlib.sha256(np.nan_to_num(self.matrix, nan=-9.0).tobytes())
        content.update(self.truth.tobytes())
        return f"{self.pattern}-{self.seed}-{content.hexdigest()[:12]}"

    def _fit(self, parameters: Mapping[str, Any], seeds: tuple[int, ...]) -> Fit:
        return account_fit(
            self.pattern,
            self.columns,
            parameters=parameters,
            history_parameters=parameters,
            seeds=seeds,
        )

    def error(self, parameters: Mapping[str, Any]) -> float:
        """Return the mean absolute error over the folds, of posts as they are, log10 views."""
        twice = pd.concat([self.keys, self.keys], ignore_index=True)
        target = np.concatenate([self.truth, self.truth])
        fit = self._fit(parameters, (self.seed,))
        predicted = out_of_fold(self.matrix, target, twice, fit, FOLDS)
        return mae(self.truth, predicted[: len(self.truth)])

    def errors_put_aside(self, parameters: Mapping[str, Any]) -> np.ndarray:
        """Return the absolute errors on the held-out creators, `[shape=(posts,)]`."""
        target = np.concatenate([self.truth, self.truth])
        fitted = self._fit(parameters, COMPARISON_SEEDS)(self.matrix, target)
        return np.abs(fitted.predict(self.asked) - self.asked_truth)

    def compared(
        self, parameters: Mapping[str, Any], folds_mae: Mapping[str, float], trials: int
    ) -> Found:
        """Set what was found against what was chosen by hand on the held-out creators."""
        found = self.errors_put_aside(parameters)
        by_hand = self.errors_put_aside(CHOSEN[self.pattern])
        names, codes = np.unique(self.asked_keys.astype(str), return_inverse=True)
        sums = np.bincount(codes, weights=found - by_hand)
        counts = np.bincount(codes)
        rng = np.random.default_rng(self.seed)
        drawn = rng.integers(0, len(names), (RESAMPLES, len(names)))
        means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
        low, high = np.quantile(means, [0.025, 0.975])
        return Found(
            pattern=self.pattern,
            parameters=parameters,
            trials=trials,
            folds_mae=folds_mae,
            held_out_mae={"found": float(found.mean()), "by hand": float(by_hand.mean())},
            difference=float((found - by_hand).mean()),
            interval=(float(low), float(high)),
            posts=len(self.truth),
            creators=int(self.keys.nunique()),
            held_out_posts=len(found),
            held_out_creators=len(names),
        )


def _is_journal(path: Path) -> bool:
    """Whether a file is one of Optuna's journals, or is still to be written.

    A last line that was cut short, because its process was killed, is taken away.
    """
    if not path.exists():
        return True
    try:
        content = path.read_bytes()
        whole = content[: content.rfind(b"\n") + 1]
        known = all("op_code" in json.loads(line) for line in whole.splitlines())
        if not known or not content.startswith(b'{"op_code"'):
            return not content
        if len(whole) < len(content):
            path.write_bytes(whole)
    except (OSError, ValueError, TypeError):
        return False
    return True


def opened_study(name: str, storage: Path) -> Any:
    """Return the study of that name in a journal file, with trials that were cut short ended.

    Raises
    ------
    TableError
        The file is not one of Optuna's journals.
    """
    import optuna
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    if not _is_journal(storage):
        raise TableError(Message("tune.no_study", file=storage.name))
    storage.parent.mkdir(parents=True, exist_ok=True)
    backend = JournalFileBackend(str(storage))
    study = optuna.create_study(
        storage=JournalStorage(backend),
        study_name=name,
        direction="minimize",
        load_if_exists=True,
    )
    for trial in study.get_trials(deepcopy=False):
        if trial.state == optuna.trial.TrialState.RUNNING:
            study.tell(trial.number, state=optuna.trial.TrialState.FAIL)
    return study


def searched(
    search: Search,
    storage: Path,
    *,
    trials: int,
    timeout_s: float | None = None,
    on_trial: OnTrial = lambda done, total: None,
    clock: Callable[[], float] = time.monotonic,
) -> Found:
    """Try parameters until there are `trials` of them, or the time is up; then compare the best.

    Parameters
    ----------
    search : Search
        The posts of one pattern.
    storage : Path
        The file that trials are kept in; those already there for the same posts and seed count.
    trials : int
        In all, the one chosen by hand among them.
    timeout_s : float, optional
        No trial is begun later than this.
    on_trial : callable
        Told before each trial, and in the end.
    clock : callable
        Seconds from any moment on.
    """
    from optuna.samplers import TPESampler
    from optuna.trial import TrialState

    study = opened_study(search.name, storage)
    by_hand = CHOSEN[search.pattern]
    started = clock()

    def complete() -> list[Any]:
        return [t for t in study.get_trials(deepcopy=False) if t.state == TrialState.COMPLETE]

    while (done := len(complete())) < trials:
        on_trial(done, trials)
        if done and timeout_s is not None and clock() - started > timeout_s:
            break
        if done == 0:
            study.enqueue_trial(_searched_part(by_hand), skip_if_exists=True)
        study.sampler = TPESampler(seed=(search.seed + 1) * 100_003 + done)
        trial = study.ask()
        study.tell(trial, search.error(proposed(trial, by_hand)))
    finished = complete()
    on_trial(len(finished), trials)
    best = min(finished, key=lambda trial: (trial.value, trial.number))
    errors = {"found": float(best.value), "by hand": float(finished[0].value)}
    return search.compared({**by_hand, **best.params}, errors, len(finished))


_SEARCHED = (
    "num_iterations",
    "learning_rate",
    "num_leaves",
    "min_data_in_leaf",
    "feature_fraction",
    "bagging_fraction",
    "lambda_l2",
)


def _searched_part(parameters: Mapping[str, Any]) -> dict[str, Any]:
    from viral.model.regressors import DEFAULT_PARAMETERS

    return {name: {**DEFAULT_PARAMETERS, **parameters}[name] for name in _SEARCHED}


def write_findings(found: list[Found], path: Path, seed: int) -> None:
    """Write what was found; patterns that were not searched keep what stands for them."""
    before = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    both = {**before, **{one.pattern: one.to_dict(seed) for one in found}}
    text = json.dumps(both, indent=1, sort_keys=True, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8")
