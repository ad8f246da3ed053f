"""The phone page without a script, and the walls around it."""

from typing import Any

import pytest

from handlers.simulator.words import WORDS

SALAAM = {"channel": "whatsapp", "person": "+923000000101", "lang": "en", "text": "Salaam"}


def get(simulator: Any, path: str = "/", **headers: str) -> Any:
    return simulator.http.get(simulator.url + path, headers=headers, timeout=5)


def post(simulator: Any, path: str, data: dict[str, str], **more: Any) -> Any:
    return simulator.http.post(simulator.url + path, data=data, timeout=5, **more)


def test_the_page_stands_without_a_script(simulator: Any, web: Any) -> None:
    page = get(simulator)
    assert page.status_code == 200
    assert "Tawar" in page.text
    assert "پانی نہیں آ رہا" in page.text
    assert f"{web.url}/desk" in page.text
    assert "<script>" not in page.text
    assert " style=" not in page.text
    assert "unsafe" not in page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("name", ["simulator.css", "simulator.js"])
def test_what_the_page_needs_is_served(simulator: Any, name: str) -> None:
    assert get(simulator, f"/static/{name}").status_code == 200


def test_the_page_speaks_urdu(simulator: Any) -> None:
    page = get(simulator, "/?lang=ur").text
    assert '<html lang="ur" dir="rtl">' in page
    assert "واٹس ایپ" in page
    assert '<html lang="ur" dir="rtl">' in get(simulator, "/", **{"Accept-Language": "ur-PK, en;q=0.5"}).text


def test_both_languages_have_the_same_labels() -> None:
    assert WORDS["en"].keys() == WORDS["ur"].keys()
    assert all(english.count("{}") == WORDS["ur"][name].count("{}") for name, english in WORDS["en"].items())


def test_a_form_sends_and_comes_back(simulator: Any, web: Any) -> None:
    page = post(simulator, "/send", SALAAM)
    assert "channel=whatsapp" in page.url
    assert '<p class="text latn" dir="auto">Salaam</p>' in page.text
    assert web.messages()[0]["ProfileName"] == "Zarina"


def test_a_sample_wins_over_the_text_box(simulator: Any, web: Any) -> None:
    post(simulator, "/send", SALAAM | {"sample": "No water in Gwadar for 3 days"})
    assert web.messages()[0]["Body"] == "No water in Gwadar for 3 days"


def test_a_place_from_the_list(simulator: Any, web: Any) -> None:
    post(simulator, "/send", SALAAM | {"text": "", "place": "turbat"})
    assert web.messages()[0]["Latitude"] == "26.0012"


def test_a_photo_from_the_form(simulator: Any, web: Any) -> None:
    post(simulator, "/send", SALAAM | {"text": ""}, files={"file": ("p.png", b"PNG", "image/png")})
    assert web.messages()[0]["MediaContentType0"] == "image/png"
    assert 'class="photo"' in get(simulator).text


def test_nothing_to_send_just_comes_back(simulator: Any, web: Any) -> None:
    assert post(simulator, "/send", SALAAM | {"text": " "}).status_code == 200
    assert web.posts == []
    answer = post(simulator, "/send", SALAAM | {"text": " "}, headers={"Accept": "application/json"})
    assert answer.status_code == 400


def test_what_is_written_is_never_markup(simulator: Any) -> None:
    simulator.say("<script>alert(1)</script>", name="<b>")
    assert "&lt;script&gt;" in get(simulator).text
    assert "<script>alert" not in get(simulator).text


def test_a_lost_message_says_so_in_words(simulator: Any, web: Any) -> None:
    web.answers = [(503, "no")]
    simulator.say("Salaam")
    assert "not taken by the service: 503" in get(simulator, "/thread").text
    assert "سروس نے نہیں لیا: 503" in get(simulator, "/thread?lang=ur").text


def test_looking_at_the_page_reads(simulator: Any, until: Any) -> None:
    sent = simulator.send()
    until(lambda: sent.fetch().status == "delivered")
    get(simulator)
    until(lambda: sent.fetch().status == "read")


def test_the_counter(simulator: Any) -> None:
    counted = get(simulator, "/segments?text=%D8%A2%D8%A8").json()
    assert counted == {"characters": 2, "segments": 1, "encoding": "UCS-2", "summary": "2 characters · 1 SMS · UCS-2"}


def test_the_faults_panel(simulator: Any) -> None:
    form = {"loss": "30", "error_429": "10", "reorder": "on", "receipt_delay_s": "2", "back": "/?lang=ur"}
    page = post(simulator, "/faults", form)
    turned = get(simulator, "/faults").json()
    assert page.url.endswith("/?lang=ur")
    assert (turned["loss"], turned["error_rate"], turned["reorder"]) == (0.3, {"429": 0.1}, True)
    assert turned["receipt_delay_s"] == 2
    post(simulator, "/faults", {"reset": "1", "back": "https://example.org/"})
    assert get(simulator, "/faults").json()["loss"] == 0
    assert post(simulator, "/faults", {"loss": "x"}).status_code == 400


@pytest.mark.parametrize("host", ["example.org", "127.0.0.1.example.org", "192.168.1.5:8001", "[::2]:80", "[broken"])
def test_other_hosts_are_refused(simulator: Any, host: str) -> None:
    assert get(simulator, "/healthz", Host=host).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8001", "[::1]:8001", "LOCALHOST"])
def test_this_machine_is_let_in(simulator: Any, host: str) -> None:
    assert get(simulator, "/healthz", Host=host).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://example.org"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_other_sites_may_not_send(simulator: Any, web: Any, headers: dict[str, str]) -> None:
    assert post(simulator, "/send", SALAAM, headers=headers).status_code == 403
    assert simulator.http.put(f"{simulator.url}/faults", json={}, headers=headers, timeout=5).status_code == 403
    assert web.posts == []


def test_its_own_page_may_send(simulator: Any, web: Any) -> None:
    own = {"Origin": simulator.url, "Sec-Fetch-Site": "same-origin"}
    assert post(simulator, "/send", SALAAM, headers=own).status_code == 200
    assert len(web.posts) == 1


def test_all_channels_side_by_side(simulator: Any, open_simulator: Any) -> None:
    assert get(simulator, "/?show=channels").text.count('<section class="phone"') == 2
    assert "2-way SMS" not in get(simulator).text
    with open_simulator(kannel_token="t") as with_kannel:
        page = get(with_kannel, "/?show=channels&person=%2B923000000102").text
    assert page.count('<section class="phone"') == 3
    assert "8300" in page
    assert page.count('name="show" value="channels"') >= 3
    assert "show=channels" in post(simulator, "/send", SALAAM | {"show": "channels"}).url


def test_the_panel_turns_a_shutdown_and_the_clock(simulator: Any) -> None:
    post(simulator, "/faults", {"whatsapp_down": "on", "clock_ahead_h": "25", "sms_one_way": "on"})
    turned = get(simulator, "/faults").json()
    assert (turned["whatsapp"], turned["sms"], turned["sms_one_way"]) == ("down", "up", True)
    assert turned["clock_ahead_s"] == 90_000
    assert 'value="25"' in get(simulator).text
    assert 'class="down"' in get(simulator).text
