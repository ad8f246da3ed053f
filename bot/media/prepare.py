"""A file as it came becomes a file that may be kept and shown: its kind found, its person's traces taken off, or refused."""

import hashlib
from dataclasses import dataclass

from bot.media.kinds import GPP, GPP_VOICE, HEAD, INLINE, M4A, MP4, OGG, Kind, kind_of, told_apart
from bot.media.pictures import BrokenPictureError, clean
from bot.media.sounds import length_of, to_opus, without_tags

TELLING = (MP4, GPP, M4A, GPP_VOICE)
"""Phones write into these where they were recorded. What could not be written anew is for officials' eyes only."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is kept. `small`: a picture's small one, else empty; `seconds`: of a voice note that plays; pixels, or 0."""

    kind: Kind
    data: bytes
    small: bytes = b""
    seconds: float | None = None
    width: int = 0
    height: int = 0

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True, slots=True)
class Unfit:
    """`reason`: kind, big or broken."""

    reason: str


def prepare(data: bytes, ffmpeg: str, *, for_phones: bool = False) -> Prepared | Unfit:
    """The file ready to be kept. `ffmpeg`: its path, empty where there is none: then what browsers do not play is kept to be
    downloaded. `for_phones`: it goes to a citizen, in a kind WhatsApp takes."""
    looks = kind_of(data[:HEAD])
    if looks is None:
        return Unfit("kind")
    if len(data) > looks.max_bytes:
        return Unfit("big")
    kind = told_apart(looks, data)
    if kind is None:
        return Unfit("kind")
    if kind.sort == "photo":
        return _picture(data, kind, for_phones=for_phones)
    ready = _sound(data, kind, ffmpeg) if kind.sort == "voice" else _other(data, kind, ffmpeg)
    if for_phones and kind in TELLING and isinstance(ready, Prepared) and ready.data is data:
        return Unfit("broken" if ffmpeg else "kind")
    return ready


def _picture(data: bytes, kind: Kind, *, for_phones: bool) -> Prepared | Unfit:
    try:
        picture = clean(data, kind, for_phones=for_phones)
    except BrokenPictureError:
        return Unfit("broken")
    if len(picture.data) > picture.kind.max_bytes:
        return Unfit("big")
    return Prepared(picture.kind, picture.data, picture.small, None, picture.width, picture.height)


def _other(data: bytes, kind: Kind, ffmpeg: str) -> Prepared:
    made = without_tags(ffmpeg, data, kind) if ffmpeg and kind.sort == "video" else None
    return Prepared(kind, made or data)


def _sound(data: bytes, kind: Kind, ffmpeg: str) -> Prepared | Unfit:
    if kind.type not in INLINE:
        made = to_opus(ffmpeg, data, kind) if ffmpeg else None
        return Prepared(OGG, made, seconds=length_of(made)) if made else Prepared(kind, data)
    seconds = length_of(data)
    return Unfit("broken") if seconds is None else Prepared(kind, data, seconds=seconds)
