"""Several whole numbers in one, so that one sum adds up all of them at once: what makes weighing fast."""

from collections.abc import Iterable, Iterator

BITS = 24
"""Room for one number; sums over the traits of one message stay far below it."""
_MASK = (1 << BITS) - 1


def pack(numbers: Iterable[int]) -> int:
    """Whole numbers from 0 as one, the first lowest."""
    return sum(number << (BITS * place) for place, number in enumerate(numbers))


def unpack(packed: int, count: int) -> Iterator[int]:
    """The first `count` numbers, in the order they were packed."""
    for _ in range(count):
        yield packed & _MASK
        packed >>= BITS
