"""Names that a person found among the labels of the shipped aggregates when reading them through.

No rule knows every public figure, so whoever builds the aggregates again reads the labels first and
adds what names somebody: `viral.explore.reviewed_names.fingerprint(label)`. Fingerprints, because
this list is not to name them either.
"""

from __future__ import annotations

import hashlib

FINGERPRINTS = frozenset(
    (
        "0b8bbafefda974c0",
        "1cc5c6d1cf2917c4",
        "3355e541317c11b0",
        "337b320376eaa78d",
        "37e312b9cddf83d0",
        "4cb72fa2aad39fd5",
        "5cdad94a35be2999",
        "6c1a07b2b9487162",
        "6f834cbb19afade4",
        "7345d3a81442ee3b",
        "768e26a4745bfbb1",
        "9142e77afac34b56",
        "a9c60e47c16fd5e5",
        "b37838e461bb0330",
        "ba230a849ab88f72",
        "c58a59f3fa212fce",
        "cc5754382db5e8f0",
        "d16173481bb79895",
        "e79af87cbd11b22f",
        "eea425fafbeba897",
        "ff86da5704f53f8c",
    )
)


def fingerprint(folded_label: str) -> str:
    """Return what stands for a label, which is to be folded by `viral.explore.rules.folded`."""
    return hashlib.sha256(folded_label.encode()).hexdigest()[:16]
