"""Emoji as a reader sees them: one flag, one keycap, one family joined of four people.

After Unicode Technical Standard 51 (https://www.unicode.org/reports/tr51/): an emoji is a pair of
regional indicators, a keycap, or a pictograph with its modifiers, joined to more pictographs by
zero-width joiners. Signs that are text unless they say otherwise (©, ❤, ▶) count only with the
variation selector that makes them emoji.
"""

from __future__ import annotations

import re

_VARIATION = "\ufe0f"
_KEYCAP = "\u20e3"
_JOINER = "\u200d"
_SKIN_TONE = "[\U0001f3fb-\U0001f3ff]"
_TAGS = "[\U000e0020-\U000e007e]+\U000e007f"

_DRAWN = (
    "\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa"
    "\u26ab\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b"
    "\u2728\u274c\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55"
    "\U0001f004\U0001f0cf\U0001f18e\U0001f191-\U0001f19a\U0001f201\U0001f21a\U0001f22f"
    "\U0001f232-\U0001f236\U0001f238-\U0001f23a\U0001f250\U0001f251\U0001f300-\U0001f64f"
    "\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7eb\U0001f7f0\U0001f90c-\U0001f9ff\U0001fa70-\U0001faff"
)
"""Drawn in colour without being told to (Emoji_Presentation, with the few text-first signs of the
pictograph blocks, which people type without a selector)."""
_TEXT_FIRST = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u2199\u21a9\u21aa\u2328\u23cf\u23ed-\u23ef\u23f1\u23f2"
    "\u23f8-\u23fa\u24c2\u25aa\u25ab\u25b6\u25c0\u25fb\u25fc\u2600-\u27bf\u2934\u2935\u2b05-\u2b07"
    "\u3030\u303d\u3297\u3299\U0001f170\U0001f171\U0001f17e\U0001f17f\U0001f202\U0001f237"
)
"""Text unless the variation selector follows."""

_SINGLE = (
    f"(?:[{_DRAWN}]{_VARIATION}?|[{_TEXT_FIRST}](?:{_VARIATION}|(?={_SKIN_TONE}|{_JOINER}[{_DRAWN}])))"
    f"(?:{_SKIN_TONE})?(?:{_TAGS})?"
)
_JOINED = f"{_JOINER}(?:{_SINGLE}|[{_TEXT_FIRST}]{_VARIATION}?)"
_EMOJI = re.compile(
    f"[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]{_VARIATION}?{_KEYCAP}|{_SINGLE}(?:{_JOINED})*"
)


def count_emoji(text: str) -> int:
    """Return the number of emoji in a text, each joined sequence counted once."""
    return sum(1 for _ in _EMOJI.finditer(text))


def without_emoji(text: str) -> str:
    """Return a text with a space in the place of each emoji."""
    return _EMOJI.sub(" ", text)
