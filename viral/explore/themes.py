"""Captions by theme: groups of words that go together, found by non-negative matrix factorisation.

The words of the captions, weighted by how rare they are (TF-IDF), are factored into a few themes
(Lee and Seung 1999, https://doi.org/10.1038/44565; scikit-learn's `NMF` from a fixed start), and
each caption belongs to the theme that explains most of it. A theme is named by its heaviest words.
Words rather than sentence embeddings: the encoder that the model uses knows sixteen languages, and
put captions of others together by their spelling.
"""

from __future__ import annotations

import re
import unicodedata
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from viral.explore.rules import Rules, without_people
from viral.posts.hashtags import is_reach_tag

POSTS_PER_THEME = 250
"""On average; themes of half as many are too small to say much about."""
MOST_THEMES = 16
FEWEST_CAPTIONS = 60
"""With fewer captions there are no themes."""
COMMONEST_SHARE = 0.03
"""Of the captions of a large collection; words in more of them are grammar, not themes."""
COMMONEST_COUNT = 60
"""A word in no more captions than this is never taken for grammar."""
LEAST_WEIGHT = 0.05
"""A caption that its best theme explains less than this belongs to none."""
WORDS_SHOWN = 4
WORDS_WEIGHED = 12
"""The heaviest words of a theme, among which its name is looked for."""
SHORTEST_WORD = 3
"""Letters; shorter ones mean something only beside another word."""
ROUNDS = 400
SEED = 0

_VIETNAMESE_GRAMMAR = """
bị cho chưa chỉ chúng các cái còn có cũng của cùng do dưới gì hay hoặc hết hơn khi kia không là luôn
làm lên lại lắm mà mình mới mấy một nha nhiều nhé nhưng những nhất như nào này nên nó nếu nữa phải
qua quá ra rất rồi sao sau sẽ thì theo thế trong trên trước từ tôi tới tui và vào vì với vậy về vẫn
ít đang đã đâu đây đi đó được đến để ạ ở ai bởi
"""
_OTHER_GRAMMAR = """
que los las del una con por para como más esto esta este muy pero sus les des une est pas pour avec
dans sur der die das und ist nicht mit ein eine auf von het een van niet dat voor met ang mga yang
dan ini itu reply
"""
"""`Reply to` is what the platform itself writes in front of an answer."""
GRAMMAR = frozenset((*_VIETNAMESE_GRAMMAR.split(), *_OTHER_GRAMMAR.split()))
"""Words without a topic, besides scikit-learn's list of English ones: of the languages that most
captions of the training posts are in, and of some more."""

_WORD = re.compile(r"[^\W\d_]{2,24}")


@dataclass(frozen=True)
class Themes:
    """Which theme each post is about."""

    names: tuple[str, ...]
    """Words joined by middle dots; empty where no word may be shown. The largest theme first."""
    of_post: np.ndarray
    """int `[posts]`: the number of a name, or -1 for no caption or none of the themes."""


def words_of(sentence: str) -> list[str]:
    """Return the different words and pairs of neighbours of a caption, case folded and sorted.

    Pairs, because many a language writes one word as several. Grammar and bids for reach are no
    words here.
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    # The same word in two encodings would be two words.
    plain = unicodedata.normalize("NFC", sentence)
    words = [word.casefold() for word in _WORD.findall(plain)]
    words = [word for word in words if not is_reach_tag(word)]
    empty = GRAMMAR | ENGLISH_STOP_WORDS
    pairs = {
        f"{one} {other}"
        for one, other in pairwise(words)
        if one != other and not empty & {one, other}
    }
    return sorted(pairs | {word for word in words if len(word) >= SHORTEST_WORD} - empty)


def find_themes(
    sentences: Sequence[str], creators: np.ndarray, rules: Rules, people: frozenset[str]
) -> Themes:
    """Find the themes of some captions and name them.

    Parameters
    ----------
    sentences : sequence of str
        The captions' words; empty where there are none.
    creators : np.ndarray [shape=(posts,), dtype=int]
        Who wrote each.
    rules : Rules
        Only words that they allow are looked at.
    people : frozenset of str
        Names that may not be shown, from `viral.explore.rules.names_of_creators`.
    """
    of_post = np.full(len(sentences), -1)
    words = [words_of(sentence) for sentence in sentences]
    worded = np.array([row for row, own in enumerate(words) if own], dtype=np.int64)
    if len(worded) < FEWEST_CAPTIONS:
        return Themes((), of_post)
    vocabulary = _vocabulary([words[row] for row in worded], creators[worded], rules, people)
    count = int(np.clip(len(worded) // POSTS_PER_THEME, 2, MOST_THEMES))
    if len(vocabulary) < 2 * count:
        return Themes((), of_post)
    found, heaviest = _factored([words[row] for row in worded], vocabulary, count)
    # The largest theme first, whatever the order in which they were found.
    sizes = np.bincount(found[found >= 0], minlength=count)
    order = np.argsort(-sizes, kind="stable")
    rank = np.empty(count + 1, dtype=np.int64)
    rank[order], rank[count] = np.arange(count), -1
    of_post[worded] = rank[found]
    return Themes(tuple(" · ".join(_name(heaviest[theme])) for theme in order), of_post)


def _vocabulary(
    words: list[list[str]], creators: np.ndarray, rules: Rules, people: frozenset[str]
) -> list[str]:
    """Return the words that may be looked at: not too rare, not too common, nobody's name."""
    users: dict[str, list[int]] = {}
    for own, creator in zip(words, creators.tolist(), strict=True):
        for word in own:
            users.setdefault(word, []).append(creator)
    most = max(COMMONEST_SHARE * len(words), COMMONEST_COUNT)
    frequent = {
        word
        for word, own in users.items()
        if rules.posts <= len(own) <= most and rules.allow(np.unique(own, return_counts=True)[1])
    }
    return sorted(without_people(frequent, people))


def _factored(
    words: list[list[str]], vocabulary: list[str], count: int
) -> tuple[np.ndarray, list[list[str]]]:
    """Return the theme of each caption, -1 for none, and the heaviest words of each theme."""
    from sklearn.decomposition import NMF
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.feature_extraction.text import TfidfVectorizer

    weights = TfidfVectorizer(analyzer=list, vocabulary=vocabulary).fit_transform(words)
    model = NMF(count, init="nndsvd", random_state=SEED, max_iter=ROUNDS, tol=1e-3)
    with warnings.catch_warnings():
        # Where it has not settled after so many rounds, the themes are as good as they get.
        warnings.simplefilter("ignore", ConvergenceWarning)
        shares = model.fit_transform(weights) * np.linalg.norm(model.components_, axis=1)
    found = np.where(shares.max(axis=1) >= LEAST_WEIGHT, shares.argmax(axis=1), -1)
    heaviest = [
        [vocabulary[at] for at in np.argsort(-row, kind="stable")[:WORDS_WEIGHED] if row[at] > 0]
        for row in model.components_
    ]
    return found, heaviest


def _name(words: Sequence[str]) -> list[str]:
    """Return the words that name a theme; a pair stands for the two words that it is made of."""
    pairs = [word for word in words if " " in word and set(word.split()) <= set(words)]
    shown: list[str] = []
    for word in words:
        whole = next((pair for pair in pairs if word in pair.split()), word)
        parts = {part for one in shown for part in one.split()}
        if not parts & set(whole.split()):
            shown.append(whole)
    return shown[:WORDS_SHOWN]
