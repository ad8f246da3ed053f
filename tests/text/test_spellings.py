"""Other spellings of places that people really type, and everyday words that only sound like a place."""

import pytest

from bot.text.fold import fold
from bot.text.places import find_places, narrowest
from bot.text.spellings import skeleton, variants
from tests.support import directory


def found(text: str) -> list[str]:
    return [place.code for place in narrowest(find_places(fold(text), directory().place_index))]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("gwadaray ap sharr naent", "GWD"),
        ("Gwádará bejli nest", "GWD"),
        ("تربتءَ آپ نیست", "KCH-01"),
        ("جعفراباد میں پانی نہیں", "JFB"),
        ("نصیر اباد کا ہسپتال", "NSB"),
        ("shops of nushkee", "NSK"),
        ("feeder band hai qila saifulla", "KSF"),
        ("no gas for three days ziarat", "ZRT"),
        ("پولیو والے ہمارے گھر نہیں آئے چمن", "CHM"),
        ("بیلہ کے قریب کوچ الٹ گئی", "LSB-01"),
        ("Heavy snow on Ziarat road", "ZRT"),
        ("quetta gas nahi", "QTA"),
        ("ضلع مستونگ کی تحصیل دشت میں پانی نہیں", "MST-02"),
    ],
)
def test_a_place_is_known_however_it_is_typed(text: str, code: str) -> None:
    assert found(text) == [code]


@pytest.mark.parametrize(
    "text",
    [
        "zehrila pani pee ke do bakriyan mar gai",
        "wakeel fees le k peshi pe nahi aata",
        "school ki building main wadera ki gandum rakhi hai",
        "ہزار روپے مانگتے ہیں",
        "sui gas nahi aa rahi",
        "no water whole city",
        "nal mein pani nahi",
        "chaman ke phool",
    ],
)
def test_an_everyday_word_is_no_place(text: str) -> None:
    assert found(text) == []


def test_spellings_by_themselves() -> None:
    assert set(variants("gwadar")) == {"gwadara", "gwadaray", "gwadare", "gwadarey"}
    assert "جعفراباد" in set(variants("جعفر آباد"))
    assert list(variants("dera bugti")) == []
    assert skeleton("nushkee") == skeleton("noshki")
    assert skeleton("چمن") == ""
