"""Pairs of posts of one creator, as two cuts on one day would be: what a model promises of them.

The later post of a pair is given the past of the earlier one, so that only what belongs to the post
sets the two apart. They are predicted by the regressors of the folds that saw none of the creator's
posts; see `viral.model.pairwise` for what is learnt from it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from viral.model.pairwise import KINDS, PairErrors, fit_pairs, neighbours
from viral.model.regressors import Regressor

OF_POST = frozenset({"sound_original", *(name for names in KINDS.values() for name in names)})
"""Features of the context in which two cuts that go out on one day can differ."""


@dataclass
class Pairs:
    """Neighbouring posts of each creator, with what regressors that saw neither promise."""

    matrix: np.ndarray
    """What is known of each post, float64 `[posts, columns]`."""
    columns: Sequence[str]
    earlier: np.ndarray
    """Rows of the earlier posts, int64 `[pairs]`."""
    later: np.ndarray
    promised: dict[str, np.ndarray] = field(default_factory=dict)
    """`all` and each of `KINDS` -> log10 `[pairs]`, by what accounts usually get alone."""

    @classmethod
    def of(
        cls,
        matrix: np.ndarray,
        columns: Sequence[str],
        creators: np.ndarray,
        posted_days: np.ndarray,
        usable: np.ndarray,
    ) -> Pairs:
        """Pair the posts of each creator in the order of time; see `neighbours`."""
        earlier, later = neighbours(creators, posted_days, usable)
        names = ("all", *KINDS)
        nothing = {name: np.full(len(earlier), np.nan) for name in names}
        return cls(matrix, columns, earlier, later, nothing)

    def ask(self, regressor: Regressor, unseen: np.ndarray) -> None:
        """Note what a regressor promises of the pairs among rows that it did not see."""
        outside = np.zeros(len(self.matrix), dtype=bool)
        outside[unseen[unseen < len(self.matrix)]] = True
        pairs = np.flatnonzero(outside[self.earlier] & outside[self.later])
        if not len(pairs):
            return
        first, second = self.matrix[self.earlier[pairs]], self.matrix[self.later[pairs]]
        before = regressor.predict(first)
        for name in self.promised:
            changed = OF_POST if name == "all" else KINDS[name]
            places = [place for place, column in enumerate(self.columns) if column in changed]
            asked = first.copy()
            asked[:, places] = second[:, places]
            self.promised[name][pairs] = regressor.predict(asked) - before

    def errors(
        self,
        context_weight: np.ndarray,
        content: np.ndarray,
        target: np.ndarray,
        creators: np.ndarray,
    ) -> PairErrors:
        """Learn what comes of what was promised.

        Parameters
        ----------
        context_weight, content : np.ndarray [shape=(posts,)]
            Weight of what accounts usually get in each post's stack, and what the stack adds to it.
        target : np.ndarray [shape=(posts,)]
            What each post got, log10.
        creators : np.ndarray [shape=(posts,)]
            Whose posts they are.
        """
        a, b = self.earlier, self.later
        added = content[b] - content[a]
        promised: Mapping[str, np.ndarray] = {
            name: context_weight[a] * values + (added if name in ("all", "caption") else 0.0)
            for name, values in self.promised.items()
        }
        return fit_pairs(promised, target[b] - target[a], creators[a])
