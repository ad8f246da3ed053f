"""What a file is, its content says; a name of a download says nothing a file system or a browser would obey."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.kinds import HEAD, INLINE, KINDS, file_name, kind_of, told_apart
from bot.media.prepare import Unfit, prepare
from tests.media import samples

NOTHING = [
    b"", b"GIF89a", samples.GIF_HTML, samples.HTML, b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"PK\x03\x04", b"\x7fELF", b"MZ",
    b"BM" + bytes(60), b"RIFF\x00\x00\x00\x00WAVE", b"OggS" + bytes(24) + b"\x01vorbis", b" \xff\xd8\xff", b"\n%PDF-1.4",
    b"\xff\xff\xff\xff", b"\x00\x00\x00\x18moov", b"II*\x00", b"%!PS",
]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (samples.jpeg(), "image/jpeg"),
        (samples.picture("PNG"), "image/png"),
        (samples.picture("WEBP"), "image/webp"),
        (samples.amr(), "audio/amr"),
        (b"#!AMR-WB\n\x04", "audio/amr"),
        (samples.PDF, "application/pdf"),
        (samples.MP4, "video/mp4"),
        (b"\x00\x00\x00\x18ftyp3gp4", "video/3gpp"),
        (b"\x00\x00\x00\x18ftypM4A ", "audio/mp4"),
        (b"\x00\x00\x00\x18ftypiso6", "video/mp4"),
        (b"\x00\x00\x00\x18ftypmp42", "video/mp4"),
        (b"ID3\x04\x00", "audio/mpeg"),
        (b"\xff\xfb\x90\x00", "audio/mpeg"),
        (b"\xff\xf1\x50\x80", "audio/aac"),
        (b"OggS" + bytes(24) + b"OpusHead", "audio/ogg"),
    ],
)
def test_a_kind_by_its_first_bytes(head: bytes, kind: str) -> None:
    found = kind_of(head[:HEAD])
    assert found is KINDS[kind]


@pytest.mark.parametrize("data", NOTHING)
def test_what_is_not_on_the_list_is_nothing(data: bytes) -> None:
    assert kind_of(data[:HEAD]) is None


@given(st.binary(max_size=HEAD))
def test_any_bytes_do_no_harm(data: bytes) -> None:
    kind = kind_of(data)
    assert kind is None or kind.type in KINDS


def test_sound_in_a_films_box_is_sound() -> None:
    assert told_apart(KINDS["video/3gpp"], samples.boxed(b"3gp4", b"soun")) is KINDS["audio/3gpp"]
    assert told_apart(KINDS["video/mp4"], samples.boxed(b"isom", b"soun")) is KINDS["audio/mp4"]
    assert told_apart(KINDS["video/mp4"], samples.MP4) is KINDS["video/mp4"]
    assert told_apart(KINDS["audio/mp4"], samples.boxed(b"M4A ", b"vide")) is KINDS["video/mp4"]


def test_a_box_with_neither_sound_nor_pictures_is_nothing() -> None:
    for brand in (b"isom", b"mp42", b"M4A ", b"3gp4"):
        for handler in (b"", b"pict", b"text"):
            data = samples.boxed(brand, handler, b"vide soun")
            kind = kind_of(data[:HEAD])
            assert kind is not None
            assert told_apart(kind, data) is None


@pytest.mark.parametrize("form", ["AVIF", "HEIC", "qt", "junk", "zeros"])
def test_what_only_shares_the_box_of_films_is_refused(form: str) -> None:
    brand = {"HEIC": b"heic", "qt": b"qt  ", "junk": b"junk", "zeros": bytes(4)}.get(form)
    data = samples.boxed(brand, b"soun", b"Exif\0\0" + samples.SECRET) if brand else samples.avif()
    assert kind_of(data[:HEAD]) is None
    assert [prepare(data, "", for_phones=phones) for phones in (False, True)] == [Unfit("kind")] * 2


def test_only_what_we_wrote_anew_and_sound_is_shown() -> None:
    assert {"image/jpeg", "image/png", "image/webp", "audio/ogg"} == INLINE


@pytest.mark.parametrize(
    ("stem", "kind", "name"),
    [
        ("notice.pdf", "application/pdf", "notice.pdf"),
        ("../../etc/passwd", "image/jpeg", "passwd.jpg"),
        ("C:\\bills\\May.PDF", "application/pdf", "May.pdf"),
        ("notice.pdf.exe", "application/pdf", "notice.pdf.exe.pdf"),
        ("نوٹس", "application/pdf", "نوٹس.pdf"),
        ("a\u202egpj.exe", "image/png", "agpj.exe.png"),
        ('x"; filename=evil.html\r\n', "audio/ogg", "x filenameevil.html.ogg"),
        ("", "image/jpeg", "file.jpg"),
        (".htaccess", "image/png", "htaccess.png"),
        ("x", "text/html", "x.bin"),
    ],
)
def test_a_name_to_download_by(stem: str, kind: str, name: str) -> None:
    assert file_name(stem, kind) == name


@given(st.text(max_size=300))
def test_no_name_is_a_path_or_breaks_a_header(stem: str) -> None:
    name = file_name(stem, "application/pdf")
    assert name.endswith(".pdf")
    assert len(name) <= 64
    assert not set(name) & set("/\\\r\n\0\"'<>:|?*;")
    assert not name.startswith(".")
