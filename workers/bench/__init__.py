"""Benchmarks: each beside its limit in the same run. `tawar bench NAME`."""

from collections.abc import Callable
from typing import Any

from workers.bench.clock import bench_clock
from workers.bench.outbox import bench_outbox
from workers.bench.reading import bench_reading
from workers.bench.turns import bench_turns

BENCHES: dict[str, Callable[[], dict[str, Any]]] = {
    "turns": bench_turns,
    "reading": bench_reading,
    "outbox": bench_outbox,
    "clock": bench_clock,
}
