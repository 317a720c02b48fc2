"""How many past posts stand behind a choice."""

import numpy as np
import pandas as pd

from viral.model.evidence import Support, fit_support


def test_posts_are_counted_where_they_belong():
    posts = pd.DataFrame(
        {
            # A Monday at 18:30 UTC, twice, and a Sunday at midnight in Tokyo: 15:00 UTC.
            "posted_at": pd.to_datetime(
                ["2026-01-05T18:30Z", "2026-01-05T18:59Z", "2026-01-12T00:00+09:00", None],
                utc=True,
                format="ISO8601",
            ),
            "duration_s": [14.0, 15.0, 700.0, np.nan],
            "hashtags": [["a"], ["b", "c"], list("x" * 40), None],
            "sound_original": [1.0, 0.0, None, 1.0],
        }
    )
    support = fit_support(posts)
    assert support.of_time(0, 18) == 2
    assert support.of_time(6, 15) == 1
    assert support.weekday_hour.sum() == 3
    assert support.of_duration(13.5) == 1
    assert support.of_duration(16.9) == 1
    assert support.of_duration(10_000) == 1
    assert support.of_hashtags(1) == 1
    assert support.of_hashtags(99) == 1
    assert support.sound_original == (1, 2)
    stored = Support.from_dict(support.to_dict())
    assert np.array_equal(stored.weekday_hour, support.weekday_hour)
    assert stored.of_duration(13.5) == 1
