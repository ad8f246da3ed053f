"""Pictures are written anew: turned as they were held, without EXIF and place, and with a small one for slow lines."""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.media.kinds import JPEG, PNG, WEBP, Kind

MAX_PIXELS = 40_000_000
"""A picture that claims more is not opened: 40 million pixels need 160 MB to look at. Phones send 12 million."""
LONGEST, SMALL = 2560, 320
"""Pixels of the longer side, of the picture and of the small one."""
SMALL_BYTES = 8 * 1024
QUALITY = 85
_FORMATS = {JPEG: "JPEG", PNG: "PNG", WEBP: "WEBP"}
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

    Raises BrokenPictureError.
    """
    try:
        with Image.open(io.BytesIO(data), formats=(_FORMATS[kind],)) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise BrokenPictureError
            if kind is JPEG:  # decodes at a half or a quarter where that is enough
                opened.draft("RGB", (LONGEST, LONGEST))
            opened.load()
            image = ImageOps.exif_transpose(opened)
            image.thumbnail((LONGEST, LONGEST))
            is_clear = image.has_transparency_data
            image = image.convert("RGBA" if is_clear else "RGB")
            return _written(image, PNG if kind is PNG or (for_phones and is_clear) else JPEG if for_phones else kind)
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, IndexError, MemoryError) as error:
        # all that the decoders of odd files are known to raise
        raise BrokenPictureError from error


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
