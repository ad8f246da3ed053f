"""What goes over the wire to Kannel, and what its status page says in plain words."""

import pytest

from bot.carriers.kannel import Kannel, KannelSettings
from bot.carriers.kannel_status import trouble_in
from bot.carriers.port import Outgoing
from tests.carriers.kannel_table import LISTS, MEDIA, PASSWORD, PIN, SMS, TOKEN, URDU, make, mo
from tests.mill import Answer, saying
from tests.support import PHONE

TAKEN = Answer(202, b"0: Accepted for delivery")


def wire(message: Outgoing) -> tuple[str, dict[str, str], str]:
    """The request line, the headers and the body of the one call."""
    with saying(TAKEN) as server:
        make(f"http://127.0.0.1:{server.port}").send(message)
    (request,) = server.heard
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    return first, dict(line.split(": ", 1) for line in lines), body.decode()


def test_password_and_text_stay_out_of_the_address() -> None:
    first, headers, body = wire(SMS)
    assert first == "POST /cgi-bin/sendsms HTTP/1.1"
    assert body == URDU
    sent = {name: value for name, value in headers.items() if name.startswith(("X-", "Content-Type"))}
    assert sent == {
        "Content-Type": "text/plain; charset=UTF-8",
        "X-Kannel-Username": "tawar",
        "X-Kannel-Password": PASSWORD,
        "X-Kannel-From": "8300",
        "X-Kannel-To": PHONE,
        "X-Kannel-Coding": "2",
        "X-Kannel-DLR-Mask": "19",
        "X-Kannel-DLR-Url": f"http://kannel:{TOKEN}@127.0.0.1:8000/carriers/kannel/receipts?ref=our-ref&d=%d&a=%A",
    }


@pytest.mark.parametrize(
    ("message", "coding", "text"),
    [
        (LISTS, "2", LISTS.text),
        (MEDIA, "0", "photo\nhttps://tawar.example.pk/m/1"),
        (PIN, "0", "https://maps.google.com/?q=25.126400,62.322500"),
        (Outgoing("our-ref", "sms", PHONE, "[€] @ ñ Δ"), "0", "[€] @ ñ Δ"),
        (Outgoing("our-ref", "sms", PHONE, "ç"), "2", "ç"),
    ],
)
def test_lists_files_and_places_are_plain_text(message: Outgoing, coding: str, text: str) -> None:
    _, headers, body = wire(message)
    assert (headers["X-Kannel-Coding"], body) == (coding, text)


@pytest.mark.parametrize("proxy", ["http_proxy", "HTTP_PROXY", "ALL_PROXY"])
def test_no_proxy_comes_between(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(proxy, "http://127.0.0.1:1")
    assert wire(SMS)[2] == URDU


def test_without_a_token_nobody_is_let_in() -> None:
    carrier = Kannel(KannelSettings("http://127.0.0.1:1/x", "", "", "8300", "", "http://127.0.0.1:8000"))
    assert not carrier.verify(mo())
    assert not carrier.verify(mo(Authorization="Basic a2FubmVsOg=="))


PAGE = """<?xml version="1.0"?>
<gateway>
<version>Kannel bearerbox version `1.4.5'.
</version>
<status>{gateway}, uptime 0d 0h 0m 9s</status>
<boxes>{box}</boxes>
<smscs><count>1</count>{smsc}
</smscs>
</gateway>
"""
BOX = """
	<box>
		<type>smsbox</type>
		<id></id>
		<IP>127.0.0.1</IP>
		<queue>0</queue>
		<status>on-line 0d 0h 0m 9s</status>
		<ssl>no</ssl>
	</box>"""
SMSC = """
	<smsc>
		<name>SMPP:127.0.0.1:2775/2775:tests:</name>
		<admin-id>{id}</admin-id>
		<id>{id}</id>
		<status>{status}</status>
		<failed>0</failed>
	</smsc>"""
UP = SMSC.format(id="TELCO", status="online 85s")
DOWN = SMSC.format(id="OTHER", status="re-connecting")
PAGES = {
    "all is well": (PAGE.format(gateway="running", box=BOX, smsc=UP), ""),
    "suspended": (PAGE.format(gateway="suspended", box=BOX, smsc=UP), "bearerbox is suspended"),
    "isolated": (PAGE.format(gateway="isolated", box=BOX, smsc=UP), "bearerbox is isolated"),
    "no smsbox": (PAGE.format(gateway="running", box="", smsc=UP), "smsbox is not connected"),
    "another box only": (
        PAGE.format(gateway="running", box=BOX.replace("smsbox", "wapbox"), smsc=UP),
        "smsbox is not connected",
    ),
    "one line of two down": (PAGE.format(gateway="running", box=BOX, smsc=UP + DOWN), "down (OTHER)"),
    "no line": (PAGE.format(gateway="running", box=BOX, smsc=""), "down (none is set up)"),
    "wrong password": ('<?xml version="1.0"?>\n<gateway>\nDenied</gateway>\n', "refuses the password"),
    "wrong password, as text": ("Denied", "refuses the password"),
    "another program": ("<html>hello</html>", "is not Kannel's"),
    "nothing": ("", "is not Kannel's"),
}


@pytest.mark.parametrize("page", PAGES)
def test_the_status_page_in_plain_words(page: str) -> None:
    text, told = PAGES[page]
    assert told in trouble_in(text)
    assert bool(told) == bool(trouble_in(text))


def test_without_a_status_page_smsbox_itself_is_asked() -> None:
    with saying(Answer(404, b"Unknown request.")) as server:
        assert make(f"http://127.0.0.1:{server.port}").health() == ""
        (asked,) = server.heard
    assert asked.startswith(b"GET / HTTP/1.1\r\n")
