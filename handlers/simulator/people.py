"""The demo people whose phones the page shows, the places they stand, and what they might say."""

from typing import NamedTuple


class Person(NamedTuple):
    """A name and a number in E.164."""

    name: str
    number: str


class Place(NamedTuple):
    """A pin: degrees north and east."""

    key: str
    latitude: float
    longitude: float


PEOPLE = (
    Person("Zarina", "+923000000101"),
    Person("Ahmed", "+923000000102"),
    Person("Bakht", "+923000000103"),
)
PLACES = (
    Place("quetta", 30.1798, 66.9750),
    Place("turbat", 26.0012, 63.0485),
    Place("gwadar", 25.1264, 62.3225),
    Place("khuzdar", 27.8119, 66.6110),
    Place("zhob", 31.3417, 69.4486),
)
SAMPLES = (
    "پانی نہیں آ رہا، تربت میں تین دن سے",
    "Bijli nahi hai Quetta Satellite Town mein",
    "No water in Gwadar for 3 days",
    "مئے میتگ ءَ آپ نیست، تربت",
)


def name_of(number: str) -> str:
    """The name that goes with a number; nothing for strangers."""
    return next((person.name for person in PEOPLE if person.number == number), "")
