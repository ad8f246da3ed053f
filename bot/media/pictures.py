"""Pictures are written anew: turned as they were held, without EXIF and place, and with a small one for slow lines."""

import io
import math
import threading
from dataclasses import dataclass

from PIL import Image

from bot.media.exif import orientation
from bot.media.kinds import JPEG, PNG, WEBP, Kind

MAX_PIXELS = {JPEG: 40_000_000, PNG: 40_000_000, WEBP: 16_000_000}
"""A picture that claims more is not opened: 40 million pixels need 160 MB to look at, and WebP's decoder holds each three
times. Phones send 12 million."""
STRIP = 64
LONGEST, SMALL = 2560, 320
"""Pixels of the longer side, of the picture and of the small one."""
SMALL_BYTES = 8 * 1024
QUALITY = 85
_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
_ONE = threading.Lock()
_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_QUALITIES = (60, 45, 30, 20, 10)

Image.MAX_IMAGE_PIXELS = None  # we look at the size ourselves, before anything is decoded


class BrokenPictureError(Exception):
    """It cannot be opened whole, or claims to be too large."""


@dataclass(frozen=True, slots=True)
class Picture:
    """`small`: WebP of at most SMALL_BYTES; `width`, `height`: of the picture, in pixels."""

    kind: Kind
    data: bytes
    small: bytes
    width: int
    height: int


def clean(data: bytes, kind: Kind, *, for_phones: bool = False) -> Picture:
    """The picture in `data`, decoded whole and written anew. `for_phones`: never WebP, which WhatsApp takes for stickers only.

    One picture at a time in a process, or four large ones at once need four times the memory. Raises BrokenPictureError.
    """
    try:
        with _ONE:
            image = _decoded(data, kind)
            is_clear = image.mode == "RGBA"
            return _written(image, PNG if kind is PNG or (for_phones and is_clear) else JPEG if for_phones else kind)
    except Exception as error:  # decoders of odd files raise more than anybody listed
        raise BrokenPictureError from error


def _decoded(data: bytes, kind: Kind) -> Image.Image:
    """Upright and at most LONGEST; what it was made from is forgotten on return."""
    with Image.open(io.BytesIO(data), formats=(_FORMATS[kind],)) as opened:
        width, height = opened.size
        if width * height > MAX_PIXELS[kind]:
            raise BrokenPictureError
        if kind is JPEG:  # decodes at a half or a quarter where that is enough
            share = LONGEST / max(LONGEST, width, height)
            opened.draft("RGB", (math.ceil(width * share), math.ceil(height * share)))
        opened.load()
        image = _shrunk(opened)
        image.thumbnail((LONGEST, LONGEST))
        turn = _TURNS.get(orientation(opened.info.get("exif", b"")))
        return image if turn is None else image.transpose(turn)


def _shrunk(opened: Image.Image) -> Image.Image:
    """To some whole part of its size, a strip at a time: at once it would be in memory a second and a third time."""
    mode = "RGBA" if opened.has_transparency_data else "RGB"
    (width, height), part = opened.size, max(opened.size) // LONGEST
    if part <= 1:
        return opened if opened.mode == mode else opened.convert(mode)
    image = Image.new(mode, (math.ceil(width / part), math.ceil(height / part)))
    for top in range(0, height, STRIP * part):
        strip = opened.crop((0, top, width, min(height, top + STRIP * part)))
        image.paste(strip.convert(mode).reduce(part), (0, top // part))
    return image


def _written(image: Image.Image, kind: Kind) -> Picture:
    bare = Image.frombytes(image.mode, image.size, image.tobytes())  # nothing but pixels: no EXIF, XMP, ICC or remark
    if kind is JPEG:
        data = _as(bare.convert("RGB"), "JPEG", quality=QUALITY, optimize=True)
    elif kind is WEBP:
        data = _as(bare, "WEBP", quality=QUALITY, method=2)
    else:
        data = _as(bare, "PNG")
    return Picture(kind, data, _small(bare), *bare.size)


def _small(image: Image.Image) -> bytes:
    """The best WebP that fits."""
    side = SMALL
    while True:
        small = image.copy()
        small.thumbnail((side, side))
        for quality in _QUALITIES:
            data = _as(small, "WEBP", quality=quality, method=4)
            if len(data) <= SMALL_BYTES:
                return data
        side //= 2


def _as(image: Image.Image, form: str, **options: int | bool) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()
