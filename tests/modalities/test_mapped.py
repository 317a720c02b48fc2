"""Encoders that are mapped into memory say, bit for bit, what their own packages say."""

from __future__ import annotations

import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from viral.modalities import language
from viral.modalities.networks import converted, sentences
from viral.modalities.networks.mapped import mapped, packed
from viral.modalities.networks.pretrained import find

TEXTS = st.one_of(st.text(max_size=60), st.text("etaoin ккかに語#!🌱 é\u0301", max_size=60))


@pytest.fixture(scope="module")
def published() -> Any:
    return sentences._published()


@pytest.fixture(scope="module")
def quick() -> Any:
    assert converted.kept("sentence_encoder") is not None
    return sentences._multilingual()


@settings(max_examples=300)
@given(TEXTS)
@example("")
@example("Cómo cuidar tus plantas 🌱🌱 #fyp")
@example("кккк かか 👩‍👩‍👧‍👦 \u200b\x00 ﬀ①②")
def test_a_text_is_cut_and_embedded_as_by_the_package(
    published: Any, quick: Any, text: str
) -> None:
    text = text.encode("utf-8", "replace").decode()
    cut = [
        each.sp.encode(text, out_type=int, add_bos=True, add_eos=True)
        for each in (quick, published)
    ]
    assert cut[0] == cut[1]
    np.testing.assert_array_equal(quick.encode([text]), published.encode([text]))


def test_several_texts_at_once_are_embedded_as_by_the_package(published: Any, quick: Any) -> None:
    texts = ["one", "two and three", "", "4 " * 500, "cinco 🌱"]
    np.testing.assert_array_equal(quick.encode(texts), published.encode(texts))


@pytest.fixture(scope="module")
def identifiers() -> tuple[Any, Any]:
    from py3langid.langid import LanguageIdentifier

    model = find("language_of_captions")
    return language._identifier(), LanguageIdentifier.from_modelpath(model, norm_probs=True)


@settings(max_examples=300)
@given(TEXTS)
@example("Wie man Frühlingszwiebeln wochenlang frisch hält")
def test_a_language_is_told_as_by_the_package(identifiers: tuple[Any, Any], text: str) -> None:
    quick, published = identifiers
    assert quick.classify(text) == published.classify(text)


def test_without_the_copies_the_packages_are_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    words = "How to keep spring onions fresh for weeks"
    expected = sentences.embed([words]), language.language_of(words)
    monkeypatch.setattr(converted, "kept", lambda _: None)
    for loaded in (sentences._multilingual, language._identifier):
        loaded.cache_clear()
    try:
        found = sentences.embed([words]), language.language_of(words)
    finally:
        for loaded in (sentences._multilingual, language._identifier):
            loaded.cache_clear()
    np.testing.assert_array_equal(found[0], expected[0])
    assert found[1] == expected[1] == "en"


def test_arrays_of_every_kind_come_back_and_take_no_memory(tmp_path: Path) -> None:
    random = np.random.default_rng(0)
    arrays = {
        "large": random.integers(0, 256, (1000, 5000), np.uint8),
        "none": np.empty((0, 3), np.float32),
        "one": np.array(7.5),
        "half": random.normal(size=11).astype(np.float16),
        "turned": np.arange(12, dtype=np.uint32).reshape(3, 4).T,
        "wörter": np.array([-1, 2], np.int32),
    }
    path = tmp_path / "arrays.safetensors"
    path.write_bytes(packed(arrays))
    assert packed(arrays) == packed(dict(reversed(arrays.items())))
    tracemalloc.start()
    found = mapped(path)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert most < 100_000
    assert found.keys() == arrays.keys()
    for name, array in arrays.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)
        assert not found[name].flags.writeable


def test_many_texts_are_embedded_each_as_alone() -> None:
    texts = [
        f"{word} {number} 🌱" * (number % 7) for number in range(70) for word in ("uno", "два")
    ]
    together = sentences.embed(texts)
    alone = np.concatenate([sentences.embed([text]) for text in texts])
    np.testing.assert_array_equal(together, alone)
    assert not together[0].any()
    assert sentences.embed([]).shape == (0, 512)
