"""The After posting page: what was predicted beside what happened."""
