"""Files lie where only we read them, whole or not at all; in a folder as in a bucket."""

import os
import re
import resource
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from bot.config import Settings
from bot.media.bucket import Bucket
from bot.media.shelf import Folder, MissingFileError, Shelf
from tests.street import free_port
from wsgi import build_media

KEYS = ("key", "secret")


@pytest.fixture(scope="module")
def s3() -> Iterator[str]:
    """A bucket named files behind a real HTTP server that speaks S3."""
    port = free_port()
    server = ThreadedMotoServer("127.0.0.1", port, verbose=False)
    server.start()
    url = f"http://127.0.0.1:{port}"
    names = {"aws_access_key_id": KEYS[0], "aws_secret_access_key": KEYS[1], "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=url, **names).create_bucket(Bucket="files")
    yield url
    server.stop()


@pytest.fixture(params=["folder", "bucket", "bucket with prefix"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    if request.param == "folder":
        return Folder(tmp_path / "media")
    return Bucket(
        "s3://files" + ("/tawar/media" if "prefix" in request.param else ""), request.getfixturevalue("s3"), *KEYS
    )


def test_a_file_comes_back_whole_and_in_parts(shelf: Shelf) -> None:
    data = os.urandom(300_000)
    key = shelf.put(data)
    assert re.fullmatch(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{32}", key)
    assert b"".join(shelf.read(key)) == data
    assert b"".join(shelf.read(key, 100)) == data[100:]
    assert b"".join(shelf.read(key, 100, 70_000)) == data[100:70_100]
    assert b"".join(shelf.read(key, 299_999, 1)) == data[-1:]


def test_the_same_file_twice_is_two_files(shelf: Shelf) -> None:
    assert shelf.put(b"x") != shelf.put(b"x")


def test_a_file_that_was_dropped_is_gone_and_dropping_it_again_is_no_trouble(shelf: Shelf) -> None:
    key = shelf.put(b"x")
    shelf.drop(key)
    shelf.drop(key)
    with pytest.raises(MissingFileError):
        next(shelf.read(key))


def test_what_is_older_is_listed_part_by_part(shelf: Shelf) -> None:
    keys = [shelf.put(b"x") for _ in range(5)]
    for key in keys:
        found = set(shelf.older(int(key[:2], 16), datetime.now(UTC) + timedelta(minutes=1)))
        assert found >= {key}
        assert {one[:2] for one in found} == {key[:2]}
        assert list(shelf.older(int(key[:2], 16), datetime.now(UTC) - timedelta(minutes=1))) == []
    for key in keys:
        shelf.drop(key)
    assert all(not set(keys) & set(shelf.older(part, datetime.now(UTC))) for part in {int(key[:2], 16) for key in keys})


def test_what_is_not_ours_is_not_listed(s3: str, tmp_path: Path) -> None:
    key, later = Folder(tmp_path).put(b"x"), datetime.now(UTC) + timedelta(minutes=1)
    part = int(key[:2], 16)
    half = (tmp_path / key).with_name(".half.new")
    others = [half, half.with_name("notes.txt"), tmp_path / key[:2] / "zz" / ("a" * 32)]
    others[-1].parent.mkdir()
    for path in others:
        path.write_bytes(b"x")
    assert list(Folder(tmp_path).older(part, later - timedelta(days=1))) == []
    assert half.exists()
    assert list(Folder(tmp_path).older(part, later)) == [key]
    assert [path.exists() for path in others] == [False, True, True], "what was left half-written is cleared away"
    names = {"aws_access_key_id": KEYS[0], "aws_secret_access_key": KEYS[1], "region_name": "us-east-1"}
    for name in (f"{key[:2]}/report.csv", f"backup/{key}"):
        boto3.client("s3", endpoint_url=s3, **names).put_object(Bucket="files", Key=name, Body=b"x")
    assert f"{key[:2]}/report.csv" not in list(Bucket("s3://files", s3, *KEYS).older(part, later))
    with pytest.raises(OSError, match="bucket"):
        list(Bucket("s3://nobodys", s3, *KEYS).older(part, later))


@pytest.mark.parametrize(
    "key", ["", "../../etc/passwd", "ab/cd/../../x", "/etc/passwd", "AB/CD/" + "A" * 32, "ab/cd/" + "a" * 31]
)
def test_only_our_own_keys_are_looked_up(shelf: Shelf, key: str) -> None:
    with pytest.raises(MissingFileError):
        next(shelf.read(key))
    with pytest.raises(MissingFileError):
        shelf.drop(key)


def test_only_we_may_read_the_folder(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        path = tmp_path / "media" / Folder(tmp_path / "media").put(b"x")
    finally:
        os.umask(before)
    assert path.stat().st_mode & 0o777 == 0o600
    assert [folder.stat().st_mode & 0o777 for folder in path.parents[:3]] == [0o700] * 3
    assert [p for p in (tmp_path / "media").rglob("*") if p.is_file()] == [path]


def test_a_full_disk_leaves_nothing_half(tmp_path: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))  # Python ignores SIGXFSZ: a write fails as on a full disk
    try:
        with pytest.raises(OSError, match="large"):
            Folder(tmp_path / "media").put(bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert [p for p in (tmp_path / "media").rglob("*") if p.is_file()] == []


def test_a_bucket_that_is_away_or_not_there_is_an_error_one_can_try_again(s3: str) -> None:
    for away in (Bucket("s3://files", f"http://127.0.0.1:{free_port()}", *KEYS), Bucket("s3://nobodys", s3, *KEYS)):
        with pytest.raises(OSError, match="bucket"):
            away.put(b"x")


def test_the_settings_say_where_files_lie(s3: str, tmp_path: Path) -> None:
    bucket = {"media_url": "s3://files/live", "media_endpoint": s3, "media_access_key": "a", "media_secret_key": "b"}
    for settings in (Settings(var=tmp_path), Settings(**bucket)):  # type: ignore[arg-type]
        shelf = build_media(settings).shelf
        assert b"".join(shelf.read(shelf.put(b"x"))) == b"x"
    assert len(list((tmp_path / "media").rglob("*/*/*"))) == 1
