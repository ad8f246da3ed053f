"""When a dead part is started again, and when that is hopeless."""

from workers.restarts import Deaths, Pace


def test_patience_returns_after_a_long_life_and_ends_within_the_window():
    deaths = Deaths(Pace())
    lives = [(0, 1), (2, 3), (4, 5), (6, 40)]
    assert [deaths.wait_after(*life) for life in lives] == [0.5, 1, 2, 0.5]
    assert deaths.wait_after(41, 42) is None  # the fifth within 60 s
    slow = Deaths(Pace())
    assert [slow.wait_after(20 * n, 20 * n + 1) for n in range(8)] == [0.5, 1, 2, 4, 8, 15, 15, 15]
