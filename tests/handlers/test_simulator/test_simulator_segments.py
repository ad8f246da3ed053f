"""SMS parts, against a table checked by hand."""

import pytest

from handlers.simulator.segments import count


@pytest.mark.parametrize(
    ("text", "encoding", "segments"),
    [
        ("", "GSM-7", 1),
        ("a" * 160, "GSM-7", 1),
        ("a" * 161, "GSM-7", 2),
        ("a" * 306, "GSM-7", 2),
        ("a" * 307, "GSM-7", 3),
        ("€" * 80, "GSM-7", 1),
        ("€" * 81, "GSM-7", 2),
        ("a" * 152 + "€" * 77, "GSM-7", 3),  # the 77th pair would straddle the second border
        ("ا" * 70, "UCS-2", 1),
        ("ا" * 71, "UCS-2", 2),
        ("ا" * 134, "UCS-2", 2),
        ("ا" * 135, "UCS-2", 3),
        ("😀" * 35, "UCS-2", 1),
        ("😀" * 36, "UCS-2", 2),
        ("😀" * 67, "UCS-2", 3),  # 33 to a part, never half a one
        ("a" * 1600, "GSM-7", 11),
        ("ا" * 1600, "UCS-2", 24),
        ("No water in Gwadar — 3 days", "UCS-2", 1),
    ],
)
def test_parts(text: str, encoding: str, segments: int) -> None:
    counted = count(text)
    assert (counted.encoding, counted.segments) == (encoding, segments)
