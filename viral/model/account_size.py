"""How large an account is: buckets of followers, and the account sizes that a person is told."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from viral.messages import Message

FOLLOWER_EDGES = (1e4, 1e5, 1e6, 3e6, 1e7)
"""Followers at which a bucket ends; above the last the large accounts of the training posts."""


def follower_bucket(followers: np.ndarray) -> np.ndarray:
    """Return the bucket of each account: 0 to `len(FOLLOWER_EDGES)`, or -1 where unknown."""
    known = np.isfinite(followers)
    bucket = np.searchsorted(FOLLOWER_EDGES, np.where(known, followers, 0.0), side="right")
    return np.where(known, bucket, -1)


@dataclass(frozen=True)
class AccountSize:
    """Which accounts a post is compared with."""

    bucket: int | None = None
    """0 to `len(FOLLOWER_EDGES)`; None for accounts of all sizes."""

    @classmethod
    def of(cls, followers: float | None) -> AccountSize:
        """Return the size of an account; that of all where its followers are unknown."""
        if followers is None or not np.isfinite(followers):
            return cls()
        return cls(int(follower_bucket(np.array([followers]))[0]))

    @property
    def message(self) -> Message:
        """The accounts in words: `accounts with 10,000 to 100,000 followers`."""
        if self.bucket is None:
            return Message("among.all")
        if self.bucket == 0:
            return Message("among.under", high=FOLLOWER_EDGES[0])
        if self.bucket == len(FOLLOWER_EDGES):
            return Message("among.over", low=FOLLOWER_EDGES[-1])
        low, high = FOLLOWER_EDGES[self.bucket - 1 : self.bucket + 1]
        return Message("among.between", low=low, high=high)


ALL_SIZES = AccountSize()
