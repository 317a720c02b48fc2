"""A sentence that knows what it says: its code and its values."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from viral.messages.catalogue import DEFAULT_LANGUAGE
from viral.messages.sentences import text


class Message(str):
    """A sentence in English that can be said in every other language of the app.

    It is a string, so that whoever only wants the sentence has it, and keeps `code` and `values`
    for whoever wants to branch on it or say it in another language.

    Parameters
    ----------
    code : str
        Its key in the catalogues.
    values
        What its places are filled with: numbers, strings, lists of them, or other messages.

    Raises
    ------
    KeyError
        No catalogue has the code, or a place has no value.
    """

    code: str
    values: Mapping[str, Any]

    def __new__(cls, code: str, /, **values: Any) -> Message:
        """Render the English sentence."""
        message = super().__new__(cls, text(code, DEFAULT_LANGUAGE, **values))
        object.__setattr__(message, "code", code)
        object.__setattr__(message, "values", MappingProxyType(values))
        return message

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"a message does not change, so {name} cannot be set")

    def __reduce__(self) -> tuple[Any, ...]:
        # Errors cross processes; the sentence is rendered again on the other side.
        return _again, (self.code, dict(self.values))

    def said(self, lang: str) -> str:
        """Return the sentence in a language."""
        return text(self.code, lang, **self.values)

    def to_dict(self) -> dict[str, Any]:
        """Return `{"code": ..., "values": {...}}` in plain types, for another process or a file."""
        return {"code": self.code, "values": {k: _plain(v) for k, v in self.values.items()}}

    @classmethod
    def from_dict(cls, stored: Mapping[str, Any]) -> Message:
        """Return what `to_dict` described.

        Raises
        ------
        KeyError
            The code is not known, or a value is missing.
        """
        return cls(stored["code"], **{k: _of_plain(v) for k, v in stored["values"].items()})


def _again(code: str, values: dict[str, Any]) -> Message:
    return Message(code, **values)


def _plain(value: Any) -> Any:
    if isinstance(value, Message):
        return value.to_dict()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value


def _of_plain(value: Any) -> Any:
    if isinstance(value, Mapping) and set(value) == {"code", "values"}:
        return Message.from_dict(value)
    if isinstance(value, list):
        return [_of_plain(item) for item in value]
    return value
