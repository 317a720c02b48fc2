"""The caption: counted as a reader would, in any script, alone or in a table."""

from __future__ import annotations

import math
import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viral.modalities.emoji import count_emoji, without_emoji
from viral.modalities.features import Features
from viral.modalities.text import (
    EMBEDDING_NAME,
    FEATURES,
    extract,
    extract_table,
    language_of,
    measure,
)
from viral.posts.details import PostDetails, post_details
from viral.posts.hashtags import hashtags_in, is_reach_tag, listed, without_hashtags

NAMES = [feature.name for feature in FEATURES]


def features_of(caption: str | None) -> Features:
    return extract(post_details(caption=caption))


def test_counts_what_a_reader_counts():
    caption = (
        "WAIT for it!! 3 tries, 2.5 hours 😂👍🏽 why? @some.one https://example.com #Cooking #fyp"
    )
    values = features_of(caption).values
    assert list(values) == NAMES
    assert values["caption_words"] == 8
    assert values["hashtag_count"] == 2
    assert values["reach_tag_count"] == 1
    assert values["hashtag_characters"] == 5
    assert values["mention_count"] == 1
    assert values["emoji_count"] == 2
    assert values["question_count"] == 1
    assert values["exclamation_count"] == 2
    assert values["number_count"] == 2
    assert values["link_count"] == 1
    assert values["uppercase_share"] == pytest.approx(4 / 22)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("no emoji: (c) 1 # * ❤ ▶ ©", 0),
        ("😂😂😂", 3),
        ("👨‍👩‍👧‍👦", 1),
        ("👩🏽‍🚀 and 👍🏿", 2),
        ("🇻🇳🇳🇱🇯🇵", 3),
        ("🏴󠁧󠁢󠁥󠁮󠁧󠁿", 1),
        ("#️⃣ 1️⃣ *️⃣", 3),
        ("❤️ ❤️‍🔥 ❤‍🔥", 3),
        ("🏳️‍🌈🤷‍♀️", 2),
        ("☝🏽☺️✨", 3),
    ],
)
def test_emoji_are_counted_as_seen(text: str, count: int):
    assert count_emoji(text) == count
    assert count_emoji(without_emoji(text)) == 0


@pytest.mark.parametrize(
    ("caption", "tags"),
    [
        ("#One #one #TWO", ("one", "two")),
        ("xem #xuhướng nhé", ("xuhướng",)),
        ("смотри #Рекомендации!", ("рекомендации",)),
        ("#おすすめ#料理", ("おすすめ", "料理")),
        ("#สวัสดี #नमस्ते #فيديو", ("สวัสดี", "नमस्ते", "فيديو")),
        ("#❤️❤️ #a_b2", ("❤️❤️", "a_b2")),
        ("nothing: # ## #️⃣ C# #,", ()),
        ("", ()),
    ],
)
def test_hashtags_in_several_scripts(caption: str, tags: tuple[str, ...]):
    assert hashtags_in(caption) == tags
    assert hashtags_in(without_hashtags(caption)) == ()


def test_composed_and_decomposed_letters_are_one_hashtag():
    decomposed = unicodedata.normalize("NFD", "#xuhướng")
    assert decomposed != "#xuhướng"
    assert hashtags_in(f"#xuhướng {decomposed}") == ("xuhướng",)


@pytest.mark.parametrize("tag", ["fyp", "fyppppp", "fypシ", "xhhhhhh", "viral", "рек", "parati"])
def test_reach_tags_name_no_topic(tag: str):
    assert is_reach_tag(tag)


@pytest.mark.parametrize("tag", ["cooking", "fitness", "футбол", "forest", "viralmarketing2"])
def test_topics_are_not_reach_tags(tag: str):
    assert not is_reach_tag(tag)


@pytest.mark.parametrize(
    ("language", "caption"),
    [
        ("en", "Wait for the end, you will not believe it"),
        ("es", "Espera hasta el final, no lo vas a creer"),
        ("vi", "Chờ đến cuối cùng bạn sẽ không tin đâu"),
        ("ja", "ここまで見てくれてありがとうございます"),
        ("ko", "이 영상 끝까지 보세요 정말 놀라워요"),
        ("ru", "Подожди до конца, ты не поверишь"),
        ("nl", "Wacht tot het einde, je gelooft het niet"),
        ("ar", "مرحبا بكم في قناتي الجديدة"),
    ],
)
def test_languages(language: str, caption: str):
    features = features_of(f"{caption} 😂 #fyp")
    assert features.details["language"] == language
    assert features.values["english"] == float(language == "en")


@pytest.mark.parametrize("caption", ["", "omg", "😂😂😂😂😂😂😂😂😂", "12345678901234567890"])
def test_a_language_that_cannot_be_told_is_not_told(caption: str):
    assert language_of(caption) is None


SAME_CAPTION = {
    "en": "How to bake bread at home",
    "es": "Cómo hacer pan en casa",
    "fr": "Comment faire du pain à la maison",
    "de": "Wie man zu Hause Brot backt",
    "ru": "Как испечь хлеб дома",
    "ja": "家でパンを焼く方法",
}


def test_one_caption_in_several_languages_is_closer_than_another_caption():
    vectors = [features_of(caption).embedding for caption in SAME_CAPTION.values()]
    other = features_of("My dog is afraid of the vacuum cleaner").embedding
    alike = [a @ b for i, a in enumerate(vectors) for b in vectors[:i]]
    apart = [vector @ other for vector in vectors]
    assert min(alike) > max(apart) + 0.2


@pytest.mark.parametrize("caption", [None, "", " \n\t "])
def test_no_caption_is_a_state_with_a_reason(caption: str | None):
    features = features_of(caption)
    assert features.missing
    assert features.reason is not None
    assert list(features.values) == NAMES
    assert all(math.isnan(value) for value in features.values.values())
    assert features.embedding is None


def test_a_caption_of_hashtags_alone():
    features = features_of("#cooking #fyp")
    assert not features.missing
    assert features.values["caption_characters"] == 0
    assert math.isnan(features.values["uppercase_share"])
    assert features.embedding is not None
    assert features.embedding_name == EMBEDDING_NAME


def test_emoji_alone_have_no_language_and_are_still_embedded():
    features = features_of("😂😂")
    assert features.values["emoji_count"] == 2
    assert features.values["caption_words"] == 0
    assert features.details["language"] is None
    assert np.isfinite(features.embedding).all()


@pytest.mark.parametrize("unit", ["word #tag 😂 ", "a", "#", "@", "👩‍", "ก", "\u0301", "https://"])
def test_ten_thousand_characters(unit: str):
    caption = (unit * 10_000)[:10_000]
    values = measure(PostDetails(caption=caption)).values
    assert list(values) == NAMES
    assert not any(map(math.isinf, values.values()))


@settings(deadline=None, max_examples=300)
@given(st.text(alphabet=st.characters(), max_size=300))
def test_any_unicode(caption: str):
    read = measure(PostDetails(caption=caption))
    for name, value in read.values.items():
        assert math.isnan(value) or value >= 0, name
    assert read.missing == (not caption.strip())
    assert not (read.values["uppercase_share"] > 1)
    assert not (read.values["reach_tag_count"] > read.values["hashtag_count"])
    assert not (read.values["caption_characters"] > len(caption))


@settings(deadline=None, max_examples=100)
@given(
    body=st.text(alphabet="abc XYZ?!😂1é", max_size=40),
    tags=st.lists(st.text(alphabet="abcfypтвศ", min_size=1, max_size=6), unique=True, max_size=5),
)
def test_hashtags_in_the_caption_or_in_their_own_column_are_the_same(body: str, tags: list[str]):
    inside = body + "".join(f" #{tag}" for tag in tags)
    posts = pd.DataFrame({"caption": [inside, body, inside], "hashtags": [None, tags, tags]})
    values, _ = extract_table(posts, embed=False)
    if body.strip():
        pd.testing.assert_series_equal(values.loc[0], values.loc[1], check_names=False)
        pd.testing.assert_series_equal(values.loc[0], values.loc[2], check_names=False)


def test_a_post_alone_equals_the_same_post_in_a_table():
    captions = [
        "Wait for it!! 😂 #cooking #fyp",
        None,
        "Chờ đến cuối cùng bạn sẽ không tin đâu @ai",
        "",
        "#料理 #おすすめ",
        "???",
        "Wait for it!! 😂 #cooking #fyp",
    ]
    values, embeddings = extract_table(pd.DataFrame({"caption": captions}, index=range(10, 17)))
    assert list(values.columns) == NAMES
    assert list(values.index) == list(range(10, 17))
    for caption, (_, row), vector in zip(captions, values.iterrows(), embeddings, strict=True):
        alone = features_of(caption)
        np.testing.assert_array_equal(row.to_numpy(), list(alone.values.values()))
        if alone.embedding is None:
            assert np.isnan(vector).all()
        else:
            np.testing.assert_array_equal(vector, alone.embedding)


def test_hashtags_without_captions_and_nothing_at_all():
    posts = pd.DataFrame(
        {"caption": [None] * 4, "hashtags": [["cooking", "FYP"], [], None, "#a,b"]}
    )
    values, embeddings = extract_table(posts)
    np.testing.assert_array_equal(values["hashtag_count"], [2, 0, math.nan, 2])
    np.testing.assert_array_equal(values["reach_tag_count"], [1, 0, math.nan, 0])
    assert values["caption_characters"].isna().all()
    np.testing.assert_array_equal(np.isnan(embeddings[:, 0]), [False, True, True, False])


def test_an_empty_table_and_one_without_the_columns():
    values, embeddings = extract_table(pd.DataFrame({"caption": []}))
    assert values.shape == (0, len(FEATURES))
    assert embeddings.shape == (0, 512)
    values, embeddings = extract_table(pd.DataFrame({"views": [1, 2]}), embed=False)
    assert values.isna().all(axis=None)
    assert embeddings.shape == (2, 0)


def test_a_cell_of_hashtags_is_read_in_every_form():
    assert listed(np.array(["A", "#b", "a"], dtype=object)) == ("a", "b")
    assert listed("#A, b  c") == ("a", "b", "c")
    assert listed([]) == ()
    assert listed(None) is None
    assert listed(math.nan) is None


@pytest.mark.slow
def test_a_hundred_thousand_posts_are_counted_in_seconds():
    import time

    posts = pd.DataFrame(
        {
            "caption": [
                f"Day {n} of learning to cook something new 😂 #day{n}" for n in range(10**5)
            ],
            "hashtags": [["cooking", "fyp", f"day{n % 997}"] for n in range(10**5)],
        }
    )
    start_s = time.perf_counter()
    values, _ = extract_table(posts, embed=False)
    assert time.perf_counter() - start_s < 50  # 25 s on a quiet machine, and others may be at work
    assert values["hashtag_count"].between(3, 4).all()
