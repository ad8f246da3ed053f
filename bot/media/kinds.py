"""What a file is, by its first bytes and never by what anybody says it is; how large it may be, and what may be done with it."""

import re
import unicodedata
from dataclasses import dataclass

MB = 1024 * 1024
HEAD = 64
"""Bytes that decide."""
MAX_NAME = 60


@dataclass(frozen=True, slots=True)
class Kind:
    """`sort`: photo, voice, video or file; `max_bytes`: WhatsApp's limits for a message (images 5 MB, all else 16 MB)."""

    type: str
    sort: str
    extension: str
    max_bytes: int = 16 * MB


JPEG = Kind("image/jpeg", "photo", "jpg", 5 * MB)
PNG = Kind("image/png", "photo", "png", 5 * MB)
WEBP = Kind("image/webp", "photo", "webp", 5 * MB)
OGG = Kind("audio/ogg", "voice", "ogg")
AMR = Kind("audio/amr", "voice", "amr")
AAC = Kind("audio/aac", "voice", "aac")
MP3 = Kind("audio/mpeg", "voice", "mp3")
M4A = Kind("audio/mp4", "voice", "m4a")
GPP_VOICE = Kind("audio/3gpp", "voice", "3gp")
MP4 = Kind("video/mp4", "video", "mp4")
GPP = Kind("video/3gpp", "video", "3gp")
PDF = Kind("application/pdf", "file", "pdf")
KINDS = {kind.type: kind for kind in (JPEG, PNG, WEBP, OGG, AMR, AAC, MP3, M4A, GPP_VOICE, MP4, GPP, PDF)}
LARGEST = max(kind.max_bytes for kind in KINDS.values())
INLINE = frozenset({JPEG.type, PNG.type, WEBP.type, OGG.type})
"""What a browser may show inside a page: images that were written anew by us, and sound. All else is only downloaded."""

# (where, what, kind). A later line is asked only if no earlier one fits.
_MAGIC = (
    (0, b"\xff\xd8\xff", JPEG),
    (0, b"\x89PNG\r\n\x1a\n", PNG),
    (0, b"#!AMR\n", AMR),
    (0, b"#!AMR-WB\n", AMR),
    (0, b"%PDF-", PDF),
    (0, b"ID3", MP3),
)
_BOXED = (MP4, GPP, M4A)
_MP4_BRANDS = frozenset((b"mp41", b"mp42", b"avc1", b"M4V ", b"MSNV", *(b"iso" + bytes([n]) for n in b"m23456789")))
"""What phones, cameras and WhatsApp write (registered at mp4ra.org)."""
_VIDEO, _SOUND = re.compile(rb"hdlr.{8}vide", re.DOTALL), re.compile(rb"hdlr.{8}soun", re.DOTALL)
_ODD = re.compile(r"[^\w\-. ]+")
_DOTS = re.compile(r"[.\s]{2,}")


def kind_of(head: bytes) -> Kind | None:
    """The kind by the first HEAD bytes; None for everything that is not on the list, SVG, HTML and GIF among it."""
    for place, magic, kind in _MAGIC:
        if head[place : place + len(magic)] == magic:
            return kind
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return WEBP
    if head[:4] == b"OggS" and b"OpusHead" in head[:HEAD]:
        return OGG
    if head[4:8] == b"ftyp":
        return _boxed(head[8:12])
    return _frames(head)


def told_apart(kind: Kind, data: bytes) -> Kind | None:
    """MP4 and 3GP hold sound or pictures, by the handlers of their tracks (ISO 14496-12); one with neither is nothing we know."""
    if kind not in _BOXED:
        return kind
    if _VIDEO.search(data):
        return GPP if kind is GPP else MP4
    if not _SOUND.search(data):
        return None
    return GPP_VOICE if kind is GPP else M4A


def file_name(stem: str, kind: str) -> str:
    """A name to download by: letters and digits of any script, the extension that belongs to the content."""
    known = KINDS.get(kind)
    extension = known.extension if known else "bin"
    plain = unicodedata.normalize("NFC", stem).replace("\\", "/").rpartition("/")[2]
    plain = plain.removesuffix(f".{extension}").removesuffix(f".{extension.upper()}")
    plain = _DOTS.sub(" ", _ODD.sub("", plain)).strip(". -_")
    return f"{plain[:MAX_NAME].strip() or 'file'}.{extension}"


def _boxed(brand: bytes) -> Kind | None:
    """An ISO base media file by its major brand: HEIC, AVIF, QuickTime and many others share the box."""
    if brand[:3] in (b"3gp", b"3g2"):
        return GPP
    return M4A if brand in (b"M4A ", b"M4B ") else MP4 if brand in _MP4_BRANDS else None


def _frames(head: bytes) -> Kind | None:
    """MPEG sound without a header: eleven bits of sync, then a layer and a rate that exist (ISO 11172-3; ADTS: 13818-7)."""
    if len(head) < 4 or head[0] != 0xFF:  # noqa: PLR2004
        return None
    if head[1] & 0xF6 == 0xF0:  # noqa: PLR2004 ADTS: layer 0
        return AAC
    is_layer_3 = head[1] & 0xE6 == 0xE2  # noqa: PLR2004
    return MP3 if is_layer_3 and head[2] >> 4 not in (0, 15) else None
