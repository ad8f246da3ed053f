"""A file is fetched from its carrier and from nobody else, within its time and its size, whatever the other side does."""

import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.media import fetch
from bot.media.fetch import Fetched, Fetcher, Never, NotNow, Result
from bot.media.kinds import LARGEST
from bot.media.places import Source
from tests.conftest import missing
from tests.media import samples
from tests.media.servers import Server, drips, moves, says, serving

LOGIN = ("AC1", "token")
BASIC = "Authorization: Basic QUMxOnRva2Vu"
JPEG = samples.jpeg()
OGG_HEAD = b"OggS" + bytes(24) + b"OpusHead" + bytes(64)


@pytest.fixture
def carrier() -> Iterator[Server]:
    with serving() as server:
        yield server


@pytest.fixture
def other() -> Iterator[Server]:
    with serving() as server:
        yield server


def fetches(server: Server, path: str = "/file", total_s: float = 2.0, attempt: int = 0) -> Result:
    """What comes of a path of a server that is named as the carrier's origin."""
    fetcher = Fetcher({"twilio": Source(logins=(LOGIN, ("AC1", "next")), origin=server.url)}, total_s)
    return fetcher.fetch("twilio", server.url + path, attempt)


def test_a_file_comes_whole_and_the_login_goes_with_the_question(carrier: Server) -> None:
    carrier.talks["/file?x=1"] = says(JPEG)
    found = fetches(carrier, "/file?x=1")
    assert isinstance(found, Fetched)
    assert found.data == JPEG
    assert BASIC in carrier.asked[0]
    assert "Accept-Encoding: identity" in carrier.asked[0]


def test_chunks_make_a_file_too(carrier: Server) -> None:
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (JPEG[:10], JPEG[10:]))
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    carrier.talks["/file"] = lambda wire, _: wire.sendall(head + chunks + b"0\r\n\r\n")
    found = fetches(carrier)
    assert isinstance(found, Fetched)
    assert found.data == JPEG


def test_during_a_change_of_tokens_the_next_try_uses_the_other(carrier: Server) -> None:
    carrier.talks["/file"] = says(b"", "401 Unauthorized")
    assert fetches(carrier, attempt=0) == fetches(carrier, attempt=1) == NotNow("denied")
    assert [BASIC in head for head in carrier.asked] == [True, False]


@pytest.mark.parametrize(
    ("status", "result"),
    [
        ("404 Not Found", NotNow("missing")),
        ("410 Gone", NotNow("missing")),
        ("500 Oops", NotNow("away")),
        ("503 Away", NotNow("away")),
        ("429 Slowly", NotNow("away")),
        ("206 Partial Content", NotNow("away")),
        ("403 Forbidden", NotNow("denied")),
    ],
)
def test_what_is_no_file_is_tried_again(carrier: Server, status: str, result: Result) -> None:
    carrier.talks["/file"] = says(JPEG, status)
    assert fetches(carrier) == result


def test_a_redirect_within_the_carrier_is_followed(carrier: Server) -> None:
    carrier.talks |= {"/file": moves("/there"), "/there": says(JPEG)}
    assert isinstance(fetches(carrier), Fetched)


@pytest.mark.parametrize(
    "place",
    ["http://169.254.169.254/latest/meta-data/", "http://localhost:{port}/file", "http://127.1:{port}/x", "http://[::1]:{port}/x",
     "http://0177.0.0.1:{port}/x", "http://0x7f.1:{port}/x", "http://10.0.0.1/", "file:///etc/passwd", "https://evil.example/x",
     "http://127.0.0.1:{other}/x", "//127.0.0.1:{other}/x", "http://user@127.0.0.1:{port}/x"],
)  # fmt: skip
def test_a_redirect_elsewhere_is_not_followed_and_learns_no_login(carrier: Server, other: Server, place: str) -> None:
    carrier.talks["/file"] = moves(place.format(port=carrier.port, other=other.port))
    assert fetches(carrier) == Never("address")
    assert len(carrier.asked) == 1
    assert other.asked == []


def test_a_chain_of_redirects_ends_and_its_last_link_is_looked_at_too(carrier: Server) -> None:
    carrier.talks |= {f"/{n}": moves(f"/{n + 1}") for n in range(9)}
    carrier.talks |= {"/file": moves("/7"), "/short": moves("/8"), "/9": moves("http://10.0.0.1/")}
    assert fetches(carrier, "/0") == NotNow("away")
    assert len(carrier.asked) == fetch.HOPS + 1
    assert fetches(carrier, "/short") == Never("address")


def test_a_name_that_leads_into_our_network_is_not_connected_to(other: Server) -> None:
    """The name is the carrier's; who answers for it says this machine (DNS rebinding)."""
    source = Source(hosts=("api.twilio.com",), logins=(LOGIN,), login_hosts=("api.twilio.com",))
    for addresses in (["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:127.0.0.1"], ["169.254.169.254"], []):
        fetcher = replace(Fetcher({"twilio": source}, 1.0), resolve=lambda _host, _port, a=addresses: a)  # type: ignore[misc]
        assert fetcher.fetch("twilio", "https://api.twilio.com/x", 0) == Never("address")
    assert other.asked == []


def test_the_address_that_was_checked_is_the_one_connected_to(carrier: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second answer of the name would be another: it is never asked for."""
    asked: list[str] = []
    made = socket.create_connection

    def connect(address: tuple[str, int], **options: float) -> socket.socket:
        assert address[0] == "93.184.216.34"
        return made(("127.0.0.1", carrier.port), **options)  # type: ignore[arg-type]

    def resolve(host: str, _: int) -> list[str]:
        asked.append(host)
        return ["93.184.216.34"] if len(asked) == 1 else ["127.0.0.1"]

    monkeypatch.setattr(socket, "create_connection", connect)
    source = Source(hosts=("api.twilio.com",), logins=(LOGIN,), login_hosts=("api.twilio.com",))
    result = replace(Fetcher({"twilio": source}, 1.0), resolve=resolve).fetch("twilio", "https://api.twilio.com/x", 0)
    assert isinstance(result, NotNow)  # no TLS there
    assert asked == ["api.twilio.com"]
    assert not any(BASIC in head for head in carrier.asked)


def test_a_name_nobody_knows_is_tried_again() -> None:
    source = Source(hosts=("api.twilio.com",))

    def resolve(_host: str, _port: int) -> list[str]:
        raise socket.gaierror(-3, "temporary failure")

    fetcher = replace(Fetcher({"twilio": source}, 1.0), resolve=resolve)
    assert fetcher.fetch("twilio", "https://api.twilio.com/x", 0) == NotNow("away")


def test_ten_gigabytes_are_not_begun(carrier: Server) -> None:
    carrier.talks["/file"] = says(b"", Content_Length=str(10 * 1024**3))
    assert fetches(carrier) == Never("big")


def test_an_endless_stream_is_cut_off_at_the_limit_of_its_kind(carrier: Server) -> None:
    endless = b"HTTP/1.1 200 OK\r\n\r\n"
    carrier.talks["/voice"] = drips(endless + OGG_HEAD, bytes(1 << 20), 0)
    carrier.talks["/photo"] = drips(endless + JPEG, bytes(1 << 18), 0)
    carrier.talks["/chunks"] = drips(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"40\r\n" + OGG_HEAD[:64] + b"\r\n", 0
    )
    assert fetches(carrier, "/voice", 20) == Never("big")
    assert fetches(carrier, "/photo", 20) == Never("big")
    assert fetches(carrier, "/chunks", 1) in (Never("big"), NotNow("slow"))
    assert LARGEST == 16 * 1024 * 1024


def test_what_is_no_file_of_ours_is_cut_off_at_once(carrier: Server) -> None:
    carrier.talks["/file"] = drips(b"HTTP/1.1 200 OK\r\n\r\n" + samples.HTML * 9, bytes(1000), 0.01)
    assert fetches(carrier, total_s=20) == Never("kind")


@pytest.mark.parametrize(
    ("head", "piece"),
    [
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + OGG_HEAD, b"x"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", b"0"),
        (b"HTTP/1.1 200 OK\r\n", b"X-Slow: yes\r\n"),
        (b"HTTP/1.1 200 O", b"K"),
        (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
def test_a_slow_drip_ends_with_its_time_wherever_it_drips(carrier: Server, head: bytes, piece: bytes) -> None:
    carrier.talks["/file"] = drips(head, piece, 0.02)
    began = time.monotonic()
    assert isinstance(fetches(carrier, total_s=0.6), NotNow)
    assert time.monotonic() - began < 2


def test_who_takes_the_call_and_says_nothing_is_given_up(carrier: Server) -> None:
    carrier.talks["/file"] = lambda _wire, _path: time.sleep(1.5)
    began = time.monotonic()
    assert fetches(carrier, total_s=0.5) == NotNow("slow")
    assert time.monotonic() - began < 1.4


@pytest.mark.parametrize(
    "talk",
    [says(JPEG, Content_Length=str(len(JPEG) + 1)), lambda wire, _: wire.sendall(b"nonsense\r\n\r\n"), lambda *_: None],
)
def test_half_a_file_or_nonsense_is_tried_again(carrier: Server, talk: object) -> None:
    carrier.talks["/file"] = talk  # type: ignore[assignment]
    assert fetches(carrier) == NotNow("away")


def test_a_carrier_that_is_not_there_is_tried_again() -> None:
    with serving() as gone:
        pass
    assert fetches(gone) == NotNow("away")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate of 127.0.0.1 in one file."""
    folder = tmp_path_factory.mktemp("tls")
    openssl = shutil.which("openssl") or missing("openssl", "install the system's openssl package")  # type: ignore[func-returns-value]
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=carrier", "-addext",
               "subjectAltName=IP:127.0.0.1", "-keyout", "key.pem", "-out", "cert.pem"]  # fmt: skip
    subprocess.run(command, cwd=folder, check=True, capture_output=True)
    both = folder / "both.pem"
    both.write_text((folder / "key.pem").read_text() + (folder / "cert.pem").read_text())
    return both


def test_tls_is_checked_and_a_drip_within_it_ends_too(certificate: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    with serving(tls) as server:
        server.talks |= {"/file": says(JPEG), "/slow": drips(b"HTTP/1.1 200 OK\r\n\r\n" + OGG_HEAD, b"x", 0.02)}
        assert fetches(server) == NotNow("away"), "a certificate nobody vouches for"
        assert server.asked == []
        known = ssl.create_default_context(cafile=str(certificate))
        fetcher = Fetcher({"twilio": Source(logins=(LOGIN,), origin=server.url)}, 0.8, tls=known)
        assert isinstance(fetcher.fetch("twilio", f"{server.url}/file", 0), Fetched)
        began = time.monotonic()
        assert fetcher.fetch("twilio", f"{server.url}/slow", 0) == NotNow("slow")
        assert time.monotonic() - began < 2


def test_over_tls_the_host_is_named_without_its_usual_port(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tls, known = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.create_default_context(cafile=str(certificate))
    tls.load_cert_chain(certificate)
    known.check_hostname = False  # it is a certificate of 127.0.0.1
    made = socket.create_connection
    with serving(tls) as server:
        server.talks["/file"] = says(JPEG)
        monkeypatch.setattr(
            socket, "create_connection", lambda _address, **options: made(("127.0.0.1", server.port), **options)
        )
        fetcher = Fetcher(
            {"twilio": Source(hosts=("api.twilio.com",))}, 2.0, lambda _host, _port: ["93.184.216.34"], known
        )
        assert isinstance(fetcher.fetch("twilio", "https://api.twilio.com/file", 0), Fetched)
    assert "Host: api.twilio.com\r\n" in server.asked[0]
