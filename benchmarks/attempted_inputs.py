"""What `benchmarks.further_attempts` tries beside the shipped features and regressors.

Levels of recent views, what hashtags and sounds did for others, networks on sequences, lines and
kernels on captions. Views are log10 throughout; arrays are float64.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

SHRINKAGE = 20.0
"""Posts with the usual views that a hashtag or sound is mixed with."""
HALF_LIVES = (1.0, 2.0, 4.0, 8.0, 16.0)
"""Posts after which a recent view counts half."""
FREEDOM = 3.0
"""Degrees of freedom of Student's t: far fewer outliers are believed than by a mean."""
BAGS = 3
EPOCHS = 8


def lifts_of_others(
    posts: pd.DataFrame, values: list[tuple[str, ...]], lift: np.ndarray, learnt: np.ndarray
) -> pd.DataFrame:
    """Return what earlier posts by other creators with the same value got beyond their usual.

    Parameters
    ----------
    values : list of tuple of str
        The hashtags, or the sound, of each post.
    lift : np.ndarray [shape=(posts,)]
        log10; NaN where the creator's usual views are unknown.
    learnt : np.ndarray [shape=(posts,), dtype=bool]
        Which posts may be counted: the training rows.
    """
    counted = learnt & np.isfinite(lift)
    used = pd.DataFrame(
        [(row, value) for row, own in enumerate(values) for value in own], columns=["row", "value"]
    )
    used["creator"] = posts["creator"].to_numpy()[used["row"]]
    used["at"] = posts["posted_at"].to_numpy()[used["row"]]
    used["one"] = counted[used["row"]].astype(np.float64)
    centred = np.where(counted, lift - lift[counted].mean(), 0.0)
    used["lift"] = centred[used["row"]]
    used = used.sort_values("at", kind="stable")
    others = {}
    for name in ("one", "lift"):
        # A post's own row is in both running sums, so it drops out with the creator's others.
        everyone = used.groupby("value")[name].cumsum()
        others[name] = everyone - used.groupby(["value", "creator"])[name].cumsum()
    used["shrunk"] = others["lift"] / (others["one"] + SHRINKAGE)
    used["count"] = others["one"]
    by_row = used.groupby("row")
    result = pd.DataFrame(
        {
            "mean": by_row["shrunk"].mean(),
            "highest": by_row["shrunk"].max(),
            "lowest": by_row["shrunk"].min(),
            "count": np.log1p(by_row["count"].max()),
        }
    )
    return result.reindex(range(len(posts)))


def levels(views: np.ndarray) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return weighted and robust levels, trends and spreads of recent views.

    Parameters
    ----------
    views : np.ndarray [shape=(posts, places)]
        log10, the newest in the last column, NaN before the oldest.
    """
    back = np.arange(views.shape[1])[::-1].astype(np.float64)
    there, filled = np.isfinite(views), np.nan_to_num(views)
    plain, robust = {}, {}
    for half in HALF_LIVES:
        weight = there * 0.5 ** (back / half)
        total = weight.sum(axis=1)
        level = (weight * filled).sum(axis=1) / total
        far = (weight * back).sum(axis=1) / total
        apart = filled - level[:, None]
        away = back - far[:, None]
        spread = (weight * apart**2).sum(axis=1) / total
        steps = (weight * away**2).sum(axis=1)
        plain[f"level {half}"] = level
        plain[f"spread {half}"] = np.sqrt(spread)
        plain[f"slope {half}"] = -(weight * away * apart).sum(axis=1) / (steps + 1.0)
        middle, scale = level, spread + 0.02
        for _ in range(6):
            rest = (filled - middle[:, None]) ** 2
            trust = weight * (FREEDOM + 1.0) / (FREEDOM + rest / scale[:, None])
            middle = (trust * filled).sum(axis=1) / trust.sum(axis=1)
            scale = (trust * (filled - middle[:, None]) ** 2).sum(axis=1) / total + 0.02
        robust[f"robust level {half}"] = middle
        robust[f"robust spread {half}"] = np.sqrt(scale)
    return pd.DataFrame(plain), pd.DataFrame(robust)


def recent_matrix(posts: pd.DataFrame, places: int) -> np.ndarray:
    """Return log10 of the newest recent views, the newest last, NaN before the oldest."""
    matrix = np.full((len(posts), places), np.nan)
    for row, views in enumerate(posts["recent_views"]):
        newest_views = np.asarray(views[-places:], dtype=np.float64)
        matrix[row, places - len(newest_views) :] = np.log10(newest_views + 1.0)
    return matrix


def network_predictions(
    kind: str, sequence: np.ndarray, other: np.ndarray, target: np.ndarray, train: np.ndarray
) -> np.ndarray:
    """Train a network with Huber's loss on some rows, some bags of it, and predict all rows."""
    import torch
    from torch import nn

    class Reader(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.reader = nn.GRU(2, 24, batch_first=True) if kind == "GRU" else None
            width = 24 if kind == "GRU" else sequence[0].size
            self.head = nn.Sequential(
                nn.Linear(width + other.shape[1], 64), nn.ReLU(), nn.Dropout(0.1),
                nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 1),
            )  # fmt: skip

        def forward(self, seen: Any, rest: Any) -> Any:
            read = self.reader(seen)[1][0] if self.reader is not None else seen.flatten(1)
            return self.head(torch.cat([read, rest], dim=1))[:, 0]

    torch.set_num_threads(1)
    whole, rest = (torch.from_numpy(a.astype(np.float32)) for a in (sequence, other))
    wanted = torch.from_numpy(target.astype(np.float32))
    said = []
    for seed in range(BAGS):
        torch.manual_seed(seed)
        model = Reader()
        steps = EPOCHS * (len(train) // 256 + 1)
        optimiser = torch.optim.AdamW(model.parameters(), lr=3e-3, weight_decay=1e-3)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 4e-3, total_steps=steps)
        for _ in range(EPOCHS):
            for batch in torch.from_numpy(train)[torch.randperm(len(train))].split(256):
                optimiser.zero_grad()
                loss = nn.functional.huber_loss(
                    model(whole[batch], rest[batch]), wanted[batch], delta=0.6
                )
                loss.backward()
                optimiser.step()
                schedule.step()
        model.eval()
        with torch.no_grad():
            said.append(model(whole, rest).numpy().astype(np.float64))
    return np.mean(said, axis=0)


def linear_ways(
    words: list[str], letters: list[str], meaning: np.ndarray, target: np.ndarray, train: np.ndarray
) -> dict[str, np.ndarray]:
    """Fit lines and kernels on captions of some rows and predict all of them."""
    from scipy.sparse import hstack
    from sklearn.decomposition import PCA, TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.kernel_ridge import KernelRidge
    from sklearn.linear_model import Ridge
    from sklearn.svm import SVR

    level, said = target[train].mean(), {}
    by_letters = TfidfVectorizer(
        analyzer="char_wb", ngram_range=(2, 4), min_df=3, sublinear_tf=True
    )
    by_words = TfidfVectorizer(token_pattern=r"[^\s#]+", min_df=2, sublinear_tf=True)
    parts = []
    for vectoriser, texts in ((by_letters, letters), (by_words, words)):
        vectoriser.fit([texts[row] for row in train])
        parts.append(vectoriser.transform(texts))
    together = hstack(parts).tocsr()
    for axes in (20, 50):
        reduced = TruncatedSVD(axes, random_state=0).fit(together[train]).transform(together)
        for strength in (1.0, 10.0):
            fitted = Ridge(strength).fit(reduced[train], target[train])
            said[f"TF-IDF, {axes} axes, ridge {strength:g}"] = fitted.predict(reduced)
    for axes in (16, 32):
        pressed = PCA(axes, random_state=0).fit(meaning[train]).transform(meaning)
        pressed /= pressed[train].std()
        kinds = {
            "ridge": Ridge(100.0),
            "kernel ridge": KernelRidge(alpha=3.0, kernel="rbf", gamma=0.3 / axes),
            "SVR": SVR(C=0.2, epsilon=0.2, gamma=0.3 / axes),
        }
        for name, kind in kinds.items():
            fitted = kind.fit(pressed[train], target[train] - level)
            said[f"meaning, {axes} axes, {name}"] = level + fitted.predict(pressed)
    return said
