"""How a phone was held, the one thing worth knowing of a photo's EXIF; what else stands there may be as odd as it likes."""

import struct

ORIENTATION = 274
_UPRIGHT, _MOST = 1, 8
_ORDERS = {b"II": "<", b"MM": ">"}
_FORMS = {1: "B", 3: "H", 4: "I"}
"""Types of a value: byte, short, long (TIFF 6.0, section 2)."""
_ENTRY = 12


def orientation(exif: bytes) -> int:
    """1 to 8 (EXIF 2.3, tag Orientation); 1, upright, where nothing sensible is said."""
    tiff = exif.removeprefix(b"Exif\0\0")
    order = _ORDERS.get(tiff[:2], "")
    try:
        return _found(tiff, order) if order else _UPRIGHT
    except struct.error:  # it ends before what it names
        return _UPRIGHT


def _found(tiff: bytes, order: str) -> int:
    (first,) = struct.unpack_from(order + "I", tiff, 4)
    (count,) = struct.unpack_from(order + "H", tiff, first)
    for place in range(first + 2, first + 2 + count * _ENTRY, _ENTRY):
        tag, form = struct.unpack_from(order + "HH", tiff, place)
        if tag == ORIENTATION:
            (value,) = struct.unpack_from(order + _FORMS.get(form, "H"), tiff, place + 8)
            return int(value) if _UPRIGHT <= value <= _MOST else _UPRIGHT
    return _UPRIGHT
