"""Voice notes: OGG/Opus as it is, its length read from its pages; AMR, AAC, MP3 and 3GP made into it where ffmpeg is there."""

import os
import resource
import shutil
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from bot.media.kinds import GPP, LARGEST, MP4, OGG, Kind

OPUS_RATE = 48_000
"""An Ogg Opus granule is a 48th of a millisecond whatever was recorded (RFC 7845, section 4)."""
TIME_S, CPU_S, MEMORY = 30, 25, 1 << 30
_FIXED, _SEGMENTS = 27, 26
_FORMATS = {"audio/amr": "amr", "audio/aac": "aac", "audio/mpeg": "mp3"}
_QUIET = ("-nostdin", "-hide_banner", "-loglevel", "error", "-protocol_whitelist", "file")
_OPUS = (
    "-map",
    "0:a:0",
    "-map_metadata",
    "-1",
    "-c:a",
    "libopus",
    "-b:a",
    "24k",
    "-ac",
    "1",
    "-ar",
    "48000",
    "-f",
    "ogg",
)
_COPY = ("-map", "0:v:0", "-map", "0:a:0?", "-map_metadata", "-1", "-c", "copy", "-f")


def find_ffmpeg() -> str:
    """Where ffmpeg is; empty where it is not."""
    return shutil.which("ffmpeg") or ""


def length_of(data: bytes) -> float | None:
    """Seconds of an Ogg Opus file, None if its pages are not whole (RFC 3533: a page tells its own size)."""
    at, granule = 0, -1
    while at < len(data):
        if data[at : at + 4] != b"OggS" or at + _FIXED > len(data):
            return None
        told = int.from_bytes(data[at + 6 : at + 14], "little", signed=True)
        granule = told if told >= 0 else granule
        sizes = data[at + _FIXED : at + _FIXED + data[at + _SEGMENTS]]
        at += _FIXED + len(sizes) + sum(sizes)
    start = data.find(b"OpusHead")
    if at != len(data) or start < 0 or granule < 0:
        return None
    skip = int.from_bytes(data[start + 10 : start + 12], "little")
    return max(0, granule - skip) / OPUS_RATE


def to_opus(ffmpeg: str, data: bytes, kind: Kind) -> bytes | None:
    """The sound as OGG/Opus; None if it cannot be made."""
    made = _run(ffmpeg, data, kind, OGG, _OPUS)
    return made if made and length_of(made) is not None else None


def without_tags(ffmpeg: str, data: bytes, kind: Kind) -> bytes | None:
    """A video without what it tells of itself, its place among it; None if it cannot be made."""
    return _run(ffmpeg, data, kind, kind, (*_COPY, "3gp" if kind is GPP else "mp4")) if kind in (MP4, GPP) else None


def _run(ffmpeg: str, data: bytes, kind: Kind, into: Kind, words: tuple[str, ...]) -> bytes | None:
    """Runs ffmpeg in a folder of its own on one file and one format, with no network, bounded in time, memory and size."""
    with tempfile.TemporaryDirectory(prefix="tawar-") as folder:
        given, made = Path(folder) / f"in.{kind.extension}", Path(folder) / f"out.{into.extension}"
        given.write_bytes(data)
        form = ("-f", _FORMATS.get(kind.type, "mov"))
        command = [ffmpeg, *_QUIET, *form, "-i", f"file:{given}", *words, "-fs", str(LARGEST), f"file:{made}"]
        try:
            with subprocess.Popen(  # noqa: S603 no shell, our own words and paths
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                env={"PATH": os.defpath, "LC_ALL": "C"},
            ) as process:  # fmt: skip
                _limit(process.pid)
                return made.read_bytes() or None if _ends_well(process) else None
        except OSError:
            return None


def _ends_well(process: "subprocess.Popen[bytes]") -> bool:
    try:
        return process.wait(TIME_S) == 0
    except subprocess.TimeoutExpired:
        process.kill()
        return False


def _limit(pid: int) -> None:
    """From outside, because code between fork and exec is not safe where threads run; only Linux knows how."""
    if not hasattr(resource, "prlimit"):
        return
    limits = {resource.RLIMIT_CPU: CPU_S, resource.RLIMIT_AS: MEMORY, resource.RLIMIT_FSIZE: 2 * LARGEST}
    for limit, value in limits.items():
        with suppress(ProcessLookupError, PermissionError):
            resource.prlimit(pid, limit, (value, value))
