"""Pictures lose what they tell of a person, keep what they show, and a bomb stays shut."""

import io
import struct
import subprocess
import sys
import time
import tracemalloc
from pathlib import Path

import pytest
from PIL import Image, ImageOps

from bot.media.kinds import JPEG, KINDS, PNG, WEBP
from bot.media.pictures import LONGEST, SMALL, SMALL_BYTES, BrokenPictureError, clean
from bot.media.prepare import Prepared, Unfit, prepare
from tests.media import samples


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def test_where_and_by_what_a_photo_was_taken_is_gone() -> None:
    data = samples.jpeg()
    assert opened(data).getexif().get_ifd(34853), "the sample has a place"
    assert samples.SECRET in data
    picture = clean(data, JPEG)
    for kept in (picture.data, picture.small):
        assert samples.SECRET not in kept
        assert not opened(kept).getexif()
        assert not set(opened(kept).info) & {"exif", "xmp", "comment", "icc_profile", "photoshop"}
        assert b"Exif" not in kept
    assert opened(picture.data).size == (picture.width, picture.height) == (640, 400)


def test_a_photo_held_on_its_side_stands_upright() -> None:
    picture = clean(samples.jpeg(turned=True), JPEG)
    assert (picture.width, picture.height) == opened(picture.data).size == (400, 640)
    assert opened(picture.small).height > opened(picture.small).width


@pytest.mark.parametrize("form", ["PNG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGBA", "RGB", "L", "1", "P"])
def test_every_way_of_colours_is_written_anew(form: str, mode: str) -> None:
    if form == "WEBP" and mode in ("1", "P", "L"):
        mode = "RGB"
    picture = clean(samples.picture(form, mode=mode), KINDS[f"image/{form.lower()}"])
    assert opened(picture.data).format == form
    assert opened(picture.small).format == "WEBP"


def test_for_phones_webp_becomes_what_whatsapp_takes() -> None:
    assert clean(samples.picture("WEBP", mode="RGB"), WEBP, for_phones=True).kind is JPEG
    assert clean(samples.picture("WEBP", mode="RGBA"), WEBP, for_phones=True).kind is PNG


@pytest.mark.parametrize(("width", "height"), [(3000, 2000), (1, 1), (2000, 10), (640, 400)])
def test_a_small_one_fits_slow_lines_whatever_it_shows(width: int, height: int) -> None:
    noise = Image.effect_noise((width, height), 200).convert("RGB")  # the hardest to make small
    out = io.BytesIO()
    noise.save(out, "JPEG", quality=70)
    picture = clean(out.getvalue(), JPEG)
    assert len(picture.small) <= SMALL_BYTES
    assert max(opened(picture.small).size) <= SMALL
    assert max(picture.width, picture.height) <= LONGEST


def test_a_bomb_stays_shut() -> None:
    began = time.monotonic()
    tracemalloc.start()
    for size in ((50_000, 50_000), (8_000, 8_000), (65_535, 65_535), (2**31 - 1, 2**31 - 1)):
        assert prepare(samples.bomb(*size), "") == Unfit("broken")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 16 << 20
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "data",
    [
        b"\xff\xd8\xff\xe0" + samples.HTML,
        b"\x89PNG\r\n\x1a\n" + samples.HTML,
        b"RIFF\x00\x10\x00\x00WEBP" + samples.HTML,
        samples.jpeg()[:2000],
        samples.picture("PNG")[:-200],
        samples.bomb(100, 100)[:60],
    ],
)
def test_what_is_a_picture_by_its_first_bytes_only_is_refused(data: bytes) -> None:
    assert prepare(data, "") == Unfit("broken")


def test_a_page_inside_a_photo_does_not_come_out_again() -> None:
    """A JPEG that is HTML as well: behind its end, and in a remark."""
    image = Image.new("RGB", (64, 64))
    out = io.BytesIO()
    image.save(out, "JPEG", comment=samples.HTML)
    ready = prepare(out.getvalue() + samples.HTML, "")
    assert isinstance(ready, Prepared)
    assert b"script" not in ready.data + ready.small


def test_gif_html_and_svg_are_nothing() -> None:
    for data in (samples.GIF_HTML, samples.HTML, b"<svg onload='alert(1)'>", b""):
        assert prepare(data, "") == Unfit("kind")


def test_each_kind_has_its_limit() -> None:
    assert prepare(samples.jpeg() + bytes(JPEG.max_bytes), "") == Unfit("big")
    assert prepare(samples.PDF + bytes(16 << 20), "") == Unfit("big")
    assert isinstance(prepare(samples.PDF, ""), Prepared)


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_a_photo_with_odd_exif_is_kept_and_upright_as_far_as_known() -> None:
    """Every byte of it in turn, from the first that tells of EXIF to the last."""
    whole = samples.jpeg(64, 40, turned=True)
    begin = whole.index(b"Exif\0\0")
    end = begin - 2 + int.from_bytes(whole[begin - 2 : begin], "big")
    sizes = []
    for place in range(begin, end):
        for odd in {0x00, 0xFF, whole[place] ^ 0x01, whole[place] ^ 0x80} - {whole[place]}:
            ready = prepare(whole[:place] + bytes([odd]) + whole[place + 1 :], "")
            assert isinstance(ready, Prepared), (place - begin, odd)
            sizes.append((ready.width, ready.height))
    assert set(sizes) == {(40, 64), (64, 40)}
    assert sizes.count((40, 64)) > len(sizes) / 2, "what is odd elsewhere does not hide how it was held"


@pytest.mark.parametrize("tag", [271, 305, 34665, 34853, 40965])
@pytest.mark.parametrize("form", range(14))
@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_how_it_was_held_is_found_behind_any_other_tag(tag: int, form: int, order: str) -> None:
    image = Image.new("RGB", (64, 40))
    entries = struct.pack(order + "HHII", tag, form, 9, 0xFFFFFF00) + struct.pack(order + "HHIHH", 274, 3, 1, 6, 0)
    mark = b"II*\0" if order == "<" else b"MM\0*"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=b"Exif\0\0" + mark + struct.pack(order + "IH", 8, 2) + entries + bytes(4))
    picture = clean(out.getvalue(), JPEG)
    assert (picture.width, picture.height) == (40, 64)


@pytest.mark.parametrize("value", range(10))
def test_each_way_of_holding_is_turned_as_pillow_turns_it(value: int) -> None:
    corner = Image.new("RGB", (64, 40))
    corner.paste((255, 255, 255), (0, 0, 32, 20))
    exif = Image.Exif()
    exif[274] = value
    out = io.BytesIO()
    corner.save(out, "PNG", exif=exif)
    upright = ImageOps.exif_transpose(opened(out.getvalue()))
    assert opened(clean(out.getvalue(), PNG).data).tobytes() == upright.tobytes()


def test_a_large_picture_needs_little_memory_and_four_at_once_not_four_times_as_much(tmp_path: Path) -> None:
    """The most that is taken: 40 million pixels with transparency, by as many threads as fetch files."""
    (tmp_path / "large.png").write_bytes(samples.bomb(7900, 5000, whole=True))
    code = (
        "import re, sys, threading\n"
        "from bot.media.pictures import PNG, clean\n"
        "data = open(sys.argv[1], 'rb').read()\n"
        "four = [threading.Thread(target=clean, args=(data, PNG)) for _ in range(4)]\n"
        "[one.start() for one in four], [one.join() for one in four]\n"
        # of this process alone: getrusage's peak is at least that of the process it was started from
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) // 1024)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, tmp_path / "large.png"], check=True, capture_output=True, text=True
    )
    assert int(ran.stdout) < 400, "MB; without the strips 530 for one picture, without the lock four times as much"
    assert ran.stderr == ""


@pytest.mark.filterwarnings("ignore::UserWarning:PIL")
def test_many_odd_bytes_break_nothing() -> None:
    whole = samples.jpeg(64, 64)
    for place in range(3, len(whole), 7):
        data = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        assert isinstance(prepare(data, ""), Prepared | Unfit)
    for place in range(8, 400, 5):
        data = samples.picture("PNG", 16, 16)
        assert isinstance(prepare(data[:place] + b"\xff\xff" + data[place:], ""), Prepared | Unfit)


def test_a_broken_picture_is_one_error() -> None:
    with pytest.raises(BrokenPictureError):
        clean(samples.HTML, JPEG)
