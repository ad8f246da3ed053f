"""Files made on the spot: pictures that tell where they were taken, voice notes, and things that only look like files."""

import io
import math
import shutil
import struct
import subprocess
import wave
import zlib
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from PIL import Image

from tests.conftest import missing

GWADAR = {1: "N", 2: (25.0, 7.0, 17.8), 3: "E", 4: (62.0, 19.0, 31.4)}
"""GPS tags of EXIF: latitude and longitude."""
SECRET = b"Canary of Gwadar"
HTML = b"<html><script>alert(1)</script></html>"


def jpeg(width: int = 640, height: int = 400, *, turned: bool = False) -> bytes:
    """A photo with EXIF: a phone's name, a place, and with `turned` the mark that it was held on its side."""
    image = Image.linear_gradient("L").resize((width, height)).convert("RGB")
    exif = Image.Exif()
    exif[271] = SECRET.decode()
    if turned:
        exif[274] = 6
    exif.get_ifd(34853).update(GWADAR)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=SECRET)
    return out.getvalue()


def picture(form: str, width: int = 64, height: int = 64, mode: str = "RGBA") -> bytes:
    out = io.BytesIO()
    image = Image.effect_noise((width, height), 90).convert(mode)
    if mode == "RGBA":
        image.putalpha(Image.linear_gradient("L").resize((width, height)))
    image.save(out, form)
    return out.getvalue()


def avif() -> bytes:
    """A photo as newer phones keep it, with where it was taken."""
    exif = Image.Exif()
    exif[271] = SECRET.decode()
    exif.get_ifd(34853).update(GWADAR)
    out = io.BytesIO()
    Image.linear_gradient("L").convert("RGB").save(out, "AVIF", exif=exif)
    return out.getvalue()


def bomb(width: int = 50_000, height: int = 50_000, *, whole: bool = False) -> bytes:
    """A PNG of few bytes that claims 2.5 thousand million pixels; with `whole` it has them all, and each is clear."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 6 if whole else 2, 0, 0, 0)
    packed = _rows(width, height) if whole else zlib.compress(bytes(1 << 20), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", packed) + chunk(b"IEND", b"")


def _rows(width: int, height: int) -> bytes:
    packing, row = zlib.compressobj(1), bytes(1 + 4 * width)
    return b"".join(packing.compress(row) for _ in range(height)) + packing.flush()


def need_ffmpeg() -> str:
    return shutil.which("ffmpeg") or missing("ffmpeg", "install the system's ffmpeg package")  # type: ignore[func-returns-value]


@cache
def sound(extension: str, *words: str, seconds: float = 2.0) -> bytes:
    """A tone, as ffmpeg writes it for the extension."""
    with TemporaryDirectory() as folder:
        given, made = Path(folder) / "in.wav", Path(folder) / f"out.{extension}"
        with wave.open(str(given), "wb") as file:
            file.setparams((1, 2, 8000, 0, "NONE", ""))
            steps = range(int(8000 * seconds))
            file.writeframes(b"".join(struct.pack("<h", int(8000 * math.sin(i / 3))) for i in steps))
        run = [need_ffmpeg(), "-loglevel", "error", "-i", str(given), *words, str(made)]
        subprocess.run(run, check=True, stdin=subprocess.DEVNULL)
        return made.read_bytes()


def voice(seconds: float = 2.0) -> bytes:
    """OGG/Opus, as WhatsApp records it."""
    return sound("ogg", "-c:a", "libopus", seconds=seconds)


def amr(frames: int = 100) -> bytes:
    """AMR as an old phone records it: 20 ms a frame, here of silence (3GPP TS 26.101: mode 0 has 12 bytes and a head)."""
    return b"#!AMR\n" + (b"\x04" + bytes(12)) * frames


PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41" + b"\x00\x00\x00\x20moovhdlr........vide" + bytes(40)
GIF_HTML = b"GIF89a/*" + bytes(20) + b"*/=1;" + HTML


def boxed(brand: bytes, handler: bytes = b"", rest: bytes = b"") -> bytes:
    """A file of boxes (ISO 14496-12) with this brand and a track of this handler, and nothing to play."""
    return (
        b"\x00\x00\x00\x18ftyp"
        + brand
        + bytes(4)
        + (b"hdlr" + bytes(8) + handler if handler else b"")
        + bytes(40)
        + rest
    )
