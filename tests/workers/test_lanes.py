"""Many calls at once: in order, each once, with as many threads as waiting is worth."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from workers.lanes import Lanes


@pytest.fixture
def pool() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(8)


def test_each_is_called_once_and_answers_keep_their_order(pool: ThreadPoolExecutor) -> None:
    lanes, called = Lanes(pool, 8), []

    def call(n: int) -> int:
        called.append(n)
        return n * n

    assert lanes.map(call, range(100)) == [n * n for n in range(100)]
    assert sorted(called) == list(range(100))
    assert lanes.map(call, []) == []


def test_who_waits_gets_more_threads_and_who_works_fewer(pool: ThreadPoolExecutor) -> None:
    lanes = Lanes(pool, 8)
    for _ in range(4):
        lanes.map(lambda n: n, range(50))
    assert lanes.now == 1
    for _ in range(4):
        lanes.map(lambda _: time.sleep(0.03), range(8))
    assert lanes.now == 8


def test_one_slow_call_holds_up_nobody(pool: ThreadPoolExecutor) -> None:
    lanes, done, release = Lanes(pool, 2), [], threading.Event()

    def call(n: int) -> None:
        if n == 0:
            release.wait(5)
        done.append(n)
        if len(done) == 19:
            release.set()

    lanes.map(call, range(20))
    assert done[-1] == 0, "the others went by it"


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_what_a_call_raises_comes_out_after_all_have_ended(pool: ThreadPoolExecutor, threads: int) -> None:
    ended = []

    def call(n: int) -> None:
        if n % 3 == 0:
            raise ZeroDivisionError(n)
        time.sleep(0.05)
        ended.append(n)

    with pytest.raises(ZeroDivisionError):
        Lanes(pool, threads).map(call, range(9))
    assert sorted(ended) == [1, 2, 4, 5, 7, 8]
