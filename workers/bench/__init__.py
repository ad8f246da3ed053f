"""Benchmarks: each beside its limit in the same run. `tawar bench NAME`."""

from collections.abc import Callable
from typing import Any

BENCHES: dict[str, Callable[[], dict[str, Any]]] = {}
