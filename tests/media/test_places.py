"""Files come from their carrier's hosts on public addresses, and from nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.media.places import Source, check_url, follow, may_connect, twilio_source

TWILIO = twilio_source("AC1", ("one", "two", ""))
DEMO = twilio_source("AC1", ("one",), "http://127.0.0.1:8001/")
MEDIA = "/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"

REFUSED_URLS = [
    "http://api.twilio.com" + MEDIA, "https://api.twilio.com:8443" + MEDIA, "https://user@api.twilio.com" + MEDIA,
    "https://api.twilio.com@127.0.0.1/", "https://api.twilio.com.evil.example/", "https://eviltwilio.com/", "https://twilio.com/",
    "https://127.0.0.1/", "https://0x7f.1/", "https://0177.0.0.1/", "https://2130706433/", "https://0x7f000001/", "https://127.1/",
    "https://[::1]/", "https://[::ffff:127.0.0.1]/", "https://[::ffff:7f00:1]/", "https://169.254.169.254/latest/meta-data/",
    "https://100.64.0.1/", "https://10.0.0.1/", "https://localhost/", "https://api.twilio.com\\@evil.example/", "file:///etc/passwd",
    "gopher://api.twilio.com/", "ftp://api.twilio.com/", "https://api.twilio.com\r\n.evil.example/", "https://api.twilio.com /", "",
    "https://", "//api.twilio.com/x", "https://api.twilio.com:99999/", "https://api.twilio.com:x/", "https://аpi.twilio.com/",
    "https://api。twilio。com/", "https://api.twilio.com./", "https://.twilio.com/", "https://[", "https://mms.twiliocdn.com:80/",
    "https://s3-external-1.amazonaws.com/x", "javascript:alert(1)", "http://127.0.0.1:8001/x", "https://ⓔxample.com/",
]  # fmt: skip

REFUSED_ADDRESSES = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "100.127.255.255", "192.0.0.8", "192.0.2.1",
    "198.18.0.1", "198.51.100.1", "203.0.113.9", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1",
    "64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "", "x", "0x7f.1", "0177.0.0.1", "2130706433",
]  # fmt: skip


@pytest.mark.parametrize("url", REFUSED_URLS)
def test_an_address_that_is_not_the_carriers_is_refused(url: str) -> None:
    assert check_url(url, TWILIO) is None


def test_the_carriers_own_hosts_are_asked_and_only_its_api_gets_the_login() -> None:
    hosts = ["api.twilio.com", "media.us1.twilio.com", "mms.twiliocdn.com", "media.twiliocdn.com"]
    found = [check_url(f"https://{host}{MEDIA}?x=1", TWILIO) for host in hosts]
    assert [t and (t.host, t.port, t.path, t.local, t.with_login) for t in found] == [
        (host, 443, f"{MEDIA}?x=1", False, host == "api.twilio.com") for host in hosts
    ]
    assert TWILIO.logins == (("AC1", "one"), ("AC1", "two"))
    assert check_url("HTTPS://API.TWILIO.COM:443/x", TWILIO)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8002/x", "http://127.0.0.1/x", "http://localhost:8001/x", "https://127.0.0.1:8001/x",
     "http://127.1:8001/x", "http://127.0.0.1:8001@evil.example/x", "https://api.twilio.com/x"],
)  # fmt: skip
def test_for_trying_out_only_the_simulator_is_asked(url: str) -> None:
    assert check_url(url, DEMO) is None
    assert (known := check_url("http://127.0.0.1:8001" + MEDIA, DEMO))
    assert known.local
    assert known.with_login


def test_a_carrier_nobody_named_has_no_files() -> None:
    assert check_url("https://api.twilio.com/x", Source()) is None


@pytest.mark.parametrize("address", REFUSED_ADDRESSES)
def test_no_connection_into_our_own_network(address: str) -> None:
    assert not may_connect(address, local=False)


@pytest.mark.parametrize("address", ["54.172.60.1", "8.8.8.8", "2600:1f18::1", "::ffff:8.8.8.8", "2a00:1450:4001::1"])
def test_the_open_internet_is_asked_but_not_in_place_of_this_machine(address: str) -> None:
    assert may_connect(address, local=False)
    assert not may_connect(address, local=True)


def test_this_machine_is_asked_only_where_it_was_named() -> None:
    assert may_connect("127.0.0.1", local=True)
    assert not may_connect("10.0.0.1", local=True)
    assert not may_connect("169.254.169.254", local=True)


@given(st.ip_addresses())
def test_no_address_is_public_and_of_this_machine(address: object) -> None:
    assert not (may_connect(str(address), local=True) and may_connect(str(address), local=False))


@given(st.text(max_size=80))
def test_any_text_is_an_address_or_not_but_never_a_bug(text: str) -> None:
    for url in (text, f"https://{text}", f"https://api.twilio.com{text}"):
        target = check_url(url, TWILIO)
        assert (
            target is None or target.host == "api.twilio.com" or target.host.endswith((".twilio.com", ".twiliocdn.com"))
        )


def test_a_redirect_may_be_relative() -> None:
    assert follow("https://api.twilio.com/a/b", "/c") == "https://api.twilio.com/c"
    assert follow("https://api.twilio.com/a/b", "//10.0.0.1/c") == "https://10.0.0.1/c"
