"""Measuring many clips: what to look at, one row a clip, shards that survive, one table at the
end."""

from viral.batch.extract import Extraction, OnProgress, extract

__all__ = ["Extraction", "OnProgress", "extract"]
