"""Rates: how much a client may ask, and who a client is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from viral.hosting import rates
from viral.hosting.rates import Buckets, client_of


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


def test_a_bucket_fills_steadily() -> None:
    clock = Clock()
    buckets = Buckets(per_minute=60, burst=3, clock=clock)
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 1.0]
    clock.now_s = 1.0
    assert [buckets.take("a") for _ in range(2)] == [0, 1.0]
    clock.now_s = 1000.0
    assert [buckets.take("a") for _ in range(4)] == [0, 0, 0, 1.0]


def test_more_than_a_bucket_is_given_once_and_paid_for_later() -> None:
    clock = Clock()
    buckets = Buckets(per_minute=60, burst=3, clock=clock)
    assert buckets.take("a", 10) == 0
    assert buckets.take("a") == pytest.approx(8.0)
    clock.now_s = 8.0
    assert buckets.take("a") == 0


def test_a_clock_that_goes_back_neither_fills_nor_empties() -> None:
    clock = Clock()
    buckets = Buckets(per_minute=60, burst=2, clock=clock)
    clock.now_s = 100.0
    assert buckets.take("a") == 0
    clock.now_s = 50.0
    assert [buckets.take("a") for _ in range(2)] == [0, 1.0]


def test_many_clients_do_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "MAX_CLIENTS", 10)
    buckets = Buckets(per_minute=60, burst=1, clock=Clock())
    for number in range(1000):
        buckets.take(str(number))
    assert len(buckets._levels) == 10


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 50)), max_size=30))
def test_nobody_gets_more_than_the_burst_and_the_rate(asked: list[tuple[float, float]]) -> None:
    clock = Clock()
    buckets = Buckets(per_minute=60, burst=10, clock=clock)
    given_, largest = 0.0, 0.0
    for pause_s, amount in asked:
        clock.now_s += pause_s
        if buckets.take("a", amount) == 0:
            given_ += amount
            largest = max(largest, amount)
    assert given_ <= 10 + clock.now_s + largest + 1e-6


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "client"),
    [
        ("192.0.2.1", "", 0, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", 0, "192.0.2.1"),
        ("192.0.2.1", "198.51.100.7", 1, "198.51.100.7"),
        # What stands further left was written by the client itself.
        ("192.0.2.1", "1.1.1.1, 198.51.100.7", 1, "198.51.100.7"),
        ("192.0.2.1", "1.1.1.1, 198.51.100.7, 10.0.0.1", 2, "198.51.100.7"),
        ("192.0.2.1", "198.51.100.7", 3, "198.51.100.7"),
        ("192.0.2.1", "not an address", 1, "192.0.2.1"),
        ("192.0.2.1", "", 1, "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "", 0, "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "", 0, "192.0.2.1"),
        ("", "", 0, "unknown"),
    ],
)
def test_who_a_client_is(peer: str, forwarded: str, proxies: int, client: str) -> None:
    assert client_of(peer, forwarded, proxies) == client


@given(st.text(max_size=80), st.text(max_size=80), st.integers(0, 4))
def test_no_header_breaks_it(peer: str, forwarded: str, proxies: int) -> None:
    assert client_of(peer, forwarded, proxies)
