"""Voice notes play in every browser: OGG/Opus as it is, old phones' AMR made into it where ffmpeg is, else to be downloaded."""

import os
import time
from pathlib import Path

import pytest

from bot.media import sounds
from bot.media.kinds import AMR, KINDS, MP4, OGG
from bot.media.prepare import Prepared, Unfit, prepare
from bot.media.sounds import find_ffmpeg, length_of, to_opus, without_tags
from tests.media import samples
from tests.media.servers import says, serving


def test_a_voice_note_stays_as_it_is_and_tells_its_length() -> None:
    data = samples.voice(2.0)
    ready = prepare(data, find_ffmpeg())
    assert isinstance(ready, Prepared)
    assert (ready.kind, ready.data) == (OGG, data)
    assert ready.seconds == pytest.approx(2.0, abs=0.05)


def test_half_a_voice_note_or_one_with_a_page_behind_it_is_broken() -> None:
    data = samples.voice()
    for odd in (
        data[:-10],
        data + samples.HTML,
        data[:60],
        data[:28] + b"OpusHead" + samples.HTML,
        data.replace(b"OggS", b"Oggs"),
    ):
        assert length_of(odd) is None
    assert prepare(data + samples.HTML, "") == Unfit("broken")


@pytest.mark.parametrize(("extension", "words"), [("aac", ()), ("mp3", ()), ("m4a", ())])
def test_other_sound_becomes_opus(extension: str, words: tuple[str, ...]) -> None:
    ready = prepare(samples.sound(extension, *words), samples.need_ffmpeg())
    assert isinstance(ready, Prepared)
    assert ready.kind is OGG
    assert ready.seconds == pytest.approx(2.0, abs=0.2)


def test_an_old_phones_voice_becomes_opus() -> None:
    ready = prepare(samples.amr(100), samples.need_ffmpeg())
    assert isinstance(ready, Prepared)
    assert ready.kind is OGG
    assert ready.seconds == pytest.approx(2.0, abs=0.1)


@pytest.mark.parametrize("ffmpeg", ["", "/nonexistent/ffmpeg", "/bin/false"])
def test_without_ffmpeg_it_is_kept_to_be_downloaded(ffmpeg: str) -> None:
    ready = prepare(samples.amr(), ffmpeg)
    assert ready == Prepared(AMR, samples.amr())


def test_what_is_no_sound_behind_its_first_bytes_is_at_most_a_download() -> None:
    for data in (b"#!AMR\n" + samples.HTML, samples.boxed(b"3gp4", b"soun", samples.HTML), b"ID3" + samples.HTML):
        ready = prepare(data, samples.need_ffmpeg())
        assert isinstance(ready, Prepared)
        assert ready.kind is not OGG or b"script" not in ready.data


def test_ffmpeg_opens_no_address_and_no_other_file(tmp_path: Path) -> None:
    """A play list that names our files is no sound: the format is named, not guessed."""
    secret = tmp_path / "secret.wav"
    secret.write_bytes(b"RIFF")
    listed = f"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1,\nfile://{secret}\n".encode()
    concat = f"ffconcat version 1.0\nfile {secret}\n".encode()
    for data in (listed, concat):
        for kind in (AMR, KINDS["audio/mp4"], KINDS["audio/mpeg"]):
            assert to_opus(samples.need_ffmpeg(), data, kind) is None


def test_a_hanging_ffmpeg_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stuck = tmp_path / "ffmpeg"
    stuck.write_text("#!/bin/sh\nexec sleep 60\n")
    stuck.chmod(0o755)
    monkeypatch.setattr(sounds, "TIME_S", 0.3)
    began = time.monotonic()
    assert to_opus(str(stuck), samples.amr(), AMR) is None
    assert time.monotonic() - began < 5


def test_a_greedy_ffmpeg_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The limits come from outside, a moment after it has begun."""
    greedy, told = tmp_path / "ffmpeg", tmp_path / "told"
    greedy.write_text(
        "#!/bin/sh\n"
        'for last; do :; done; out="${last#file:}"; n=0\n'
        'while [ "$(ulimit -f)" = unlimited ] && [ $n -lt 50 ]; do sleep 0.1; n=$((n + 1)); done\n'
        'dd if=/dev/zero of="$out" bs=64k count=99\n'
        f'wc -c < "$out" > {told}; ulimit -v >> {told}; ulimit -t >> {told}\n'
    )
    greedy.chmod(0o755)
    monkeypatch.setattr(sounds, "LARGEST", 1 << 20)
    assert to_opus(str(greedy), samples.amr(), AMR) is None
    written, memory, seconds = map(int, told.read_text().split())
    assert written == 2 << 20
    assert memory == sounds.MEMORY // 1024
    assert seconds == sounds.CPU_S


def test_what_becomes_too_large_is_cut_where_it_still_plays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else the limit of all it writes would end it with nothing made."""
    monkeypatch.setattr(sounds, "LARGEST", 20_000)
    made = to_opus(samples.need_ffmpeg(), samples.sound("aac", seconds=20.0), KINDS["audio/aac"])
    assert made is not None
    assert 10_000 < len(made) < 30_000
    assert 3 < (length_of(made) or 0) < 19


def test_ffmpeg_opens_no_address_even_if_it_is_given_one(tmp_path: Path) -> None:
    wrong, real = tmp_path / "ffmpeg", samples.need_ffmpeg()
    with serving() as server:
        server.talks["/x.amr"] = says(samples.amr())
        wrong.write_text(
            "#!/bin/sh\nfor word; do\n  shift\n"
            f'  case "$word" in file:*/in.amr) word={server.url}/x.amr;; esac\n'
            f'  set -- "$@" "$word"\ndone\nexec {real} "$@"\n'
        )
        wrong.chmod(0o755)
        assert to_opus(str(wrong), samples.amr(), AMR) is None
        assert server.asked == []


def test_ffmpeg_is_told_nothing_of_our_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TAWAR_SECRET_KEY", "canary")
    spy, told = tmp_path / "ffmpeg", tmp_path / "told"
    spy.write_text(f"#!/bin/sh\nenv > {told}\npwd >> {told}\n")
    spy.chmod(0o755)
    to_opus(str(spy), samples.amr(), AMR)
    assert "canary" not in told.read_text()
    assert os.getcwd() not in told.read_text().splitlines()


def film() -> bytes:
    """A film that tells where it was taken."""
    more = ("-f", "lavfi", "-i", "testsrc=d=1:s=64x64", "-map", "1:v", "-map", "0:a")
    data = samples.sound("mp4", *more, "-metadata", "location=+25.12+062.32/")
    assert b"loci" in data, "the sample has a place (3GPP TS 26.244)"
    return data


def test_a_film_loses_its_place() -> None:
    for phones in (False, True):
        ready = prepare(film(), samples.need_ffmpeg(), for_phones=phones)
        assert isinstance(ready, Prepared)
        assert ready.kind is MP4
        assert b"loci" not in ready.data
        assert len(ready.data) > 1000
    assert without_tags(samples.need_ffmpeg(), samples.MP4, MP4) is None


@pytest.mark.parametrize(
    ("ffmpeg", "reason"), [("", "kind"), ("/nonexistent/ffmpeg", "broken"), ("/bin/false", "broken")]
)
def test_what_may_tell_its_place_still_is_seen_by_officials_and_sent_to_nobody(ffmpeg: str, reason: str) -> None:
    for data, kind in [
        (film(), MP4),
        (samples.MP4, MP4),
        (samples.sound("m4a", "-metadata", "location=+25.12+062.32/"), KINDS["audio/mp4"]),
        (samples.boxed(b"3gp4", b"soun"), KINDS["audio/3gpp"]),
        (samples.boxed(b"3gp4", b"vide"), KINDS["video/3gpp"]),
    ]:
        assert prepare(data, ffmpeg) == Prepared(kind, data)
        assert prepare(data, ffmpeg, for_phones=True) == Unfit(reason)
    for plain in (samples.PDF, samples.amr(), samples.voice()):
        assert isinstance(prepare(plain, ffmpeg, for_phones=True), Prepared)
