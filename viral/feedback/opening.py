"""Opening the store that the settings name, with its copy on the hub."""

from __future__ import annotations

from functools import cache

from viral.feedback.database import Database, database_url
from viral.feedback.hub import FOLDER_NAME, CopiedStore, HubCopy
from viral.feedback.store import Store
from viral.settings import settings


@cache
def shipped_store() -> Store:
    """Return the store of `VIRAL_DATABASE_URL`, with its copy on the hub if one is named.

    Raises
    ------
    StoreError
        It cannot be used.
    """
    chosen = settings()
    database = Database(database_url(chosen.database_url, chosen.data_dir))
    if not chosen.copies_to_hub:
        return Store(database)
    copy = HubCopy(chosen.data_dir / FOLDER_NAME, chosen.hub_dataset, chosen.hub_token)
    return CopiedStore(database, copy)
