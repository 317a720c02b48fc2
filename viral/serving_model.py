"""Which model is in force: the one that ships, with what feedback and an account have taught it.

Everybody who predicts asks here, a single clip as well as a table, so that the same post gets the
same answer at every door.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from viral.settings import settings

if TYPE_CHECKING:
    from viral.account.model import AccountModel
    from viral.model.model import Model


def model_in_force(account_model: AccountModel | None = None) -> Model:
    """Return the model that predicts now.

    Parameters
    ----------
    account_model : AccountModel, optional
        What was learnt of one account, put on top.

    Raises
    ------
    ModelError
        The model folder is missing or damaged.
    StoreError
        Feedback is to be followed and its store cannot be used.
    """
    if settings().follow_feedback:
        model = _followed()()
    else:
        from viral.model.store import shipped_model

        model = shipped_model()
    if account_model is None:
        return model
    from viral.account.model import on_top_of

    return on_top_of(model, account_model)


def account_model_at(folder: str | Path | None) -> AccountModel | None:
    """Load an account's own model; None where no folder is given.

    Raises
    ------
    ModelError
        The folder holds no account model, or a damaged one.
    """
    if folder is None:
        return None
    from viral.account.store import load

    return load(Path(folder))


@cache
def _followed() -> Callable[[], Model]:
    from viral.feedback.opening import shipped_store
    from viral.feedback.weights import Followed, WeightLog
    from viral.model.store import shipped_model

    return Followed(shipped_model(), WeightLog(shipped_store().database))
