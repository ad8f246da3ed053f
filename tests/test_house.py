"""The house's floors and doors, read from the imports: who may know whom, and which library has which door."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "handlers", "workers")
PURE = ("bot.text", "bot.dialogue", "bot.tickets", "bot.clock", "bot.calendar", "bot.timetable", "bot.limits",
        "bot.deadlines", "bot.rules", "bot.ladder", "bot.campaigns", "bot.outbox", "bot.sms", "bot.phone", "bot.names",
        "bot.directory", "bot.learning", "bot.media.kinds", "bot.media.places", "bot.media.links",
        "bot.media.exif", "bot.permissions", "bot.devices", "bot.chain", "bot.views", "bot.vault", "bot.sealing")  # fmt: skip
HANDS = ("bot.store", "bot.carriers", "bot.lookups", "bot.catalog", "bot.lexicon", "bot.review", "bot.config",
         "bot.media.fetch", "bot.media.shelf", "bot.media.bucket", "bot.media.pictures", "bot.media.sounds",
         "bot.media.prepare")  # fmt: skip

# library -> the only places that may import it
DOORS = {
    "flask": ("handlers", "wsgi", "workers.bench.peers"),
    "werkzeug": ("handlers", "wsgi"),
    "jinja2": ("handlers",),
    "markupsafe": ("handlers",),
    "click": ("handlers.cli",),
    "prometheus_client": ("handlers",),
    "rq": ("workers",),
    "redis": ("workers",),
    "twilio": ("bot.carriers.twilio", "handlers.simulator", "workers.bench"),
    "requests": ("bot.carriers.twilio",),
    "urllib3": ("bot.carriers.twilio", "bot.carriers.kannel"),
    "sqlalchemy": ("bot.store", "bot.services", "handlers.cli.people", "workers.bench"),
    "alembic": ("bot.store",),
    "babel": ("bot.catalog", "translations.build_hook"),
    "pydantic_settings": ("bot.config",),
    "pydantic": ("bot.config",),
    "phonenumbers": ("bot.phone",),
    "rapidfuzz": ("bot.text",),
    "stdnum": ("bot.tickets",),
    "PIL": ("bot.media.pictures",),
    "boto3": ("bot.media.bucket",),
    "botocore": ("bot.media.bucket",),
    "certifi": ("bot.media.fetch",),
    "argon2": ("bot.services.passwords",),
    "pyotp": ("bot.services.second_step",),
    "webauthn": ("bot.services.passkeys",),
    "segno": ("handlers.second_step",),
    "cryptography": ("bot.vault",),
    "langdetect": ("bot.text", "workers.bench.reading"),
}
PURE_MAY_NOT = ("flask", "rq", "redis", "sqlalchemy", "twilio", "requests", "babel", "os", "socket", "subprocess",
                "threading", "logging", "random", "secrets", "pathlib")  # fmt: skip


def modules() -> Iterator[tuple[str, Path]]:
    for path in [ROOT / "wsgi.py", *(p for room in ROOMS for p in sorted((ROOT / room).rglob("*.py")))]:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        yield name, path


def imports_of(path: Path, name: str) -> list[tuple[str, bool]]:
    """(module imported, whether at the top of the file); names under TYPE_CHECKING are no imports at run time."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(child)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for child in ast.walk(node)
    }
    found = []
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        top = node in tree.body
        if isinstance(node, ast.Import):
            found += [(alias.name, top) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are written in full, so that a reader finds the file"
            found += [(node.module or "", top)] + [(f"{node.module}.{alias.name}", top) for alias in node.names]
    return found


ALL = {name: (path, imports_of(path, name)) for name, path in modules()}


def inside(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or name.startswith(place + ".") for place in places)


@pytest.mark.parametrize("name", ALL)
def test_floors(name: str) -> None:
    path, imported = ALL[name]
    for target, _ in imported:
        room, target_room = name.split(".", maxsplit=1)[0], target.split(".")[0]
        sentence = f"{path.relative_to(ROOT)} imports {target}"
        if room == "bot":
            assert target_room not in ("handlers", "workers", "wsgi"), f"{sentence}: bot knows no door and no worker"
        if room == "handlers":
            assert target_room not in ("workers", "wsgi"), f"{sentence}: a door is handed what wakes a worker"
        if room == "workers":
            assert target_room not in ("handlers", "wsgi"), f"{sentence}: a worker knows no door"
        if inside(name, PURE):
            assert not inside(target, (*HANDS, "bot.services", *PURE_MAY_NOT)), f"{sentence}: pure code returns values"
        if inside(name, HANDS):
            assert not inside(target, ("bot.services",)), f"{sentence}: hands do not know use cases"


@pytest.mark.parametrize("name", ALL)
def test_doors(name: str) -> None:
    path, imported = ALL[name]
    for target, _ in imported:
        library = target.split(".")[0]
        places = DOORS.get(library)
        allowed = places is None or inside(name, places)
        assert allowed, f"{path.relative_to(ROOT)} imports {library}: its door is {', '.join(places or ())}"


@pytest.mark.parametrize("name", ALL)
def test_no_import_hides_in_a_function(name: str) -> None:
    path, imported = ALL[name]
    hidden = [target for target, top in imported if not top]
    assert not hidden, f"{path.relative_to(ROOT)} hides the import of {hidden} in a function or a condition"


def test_no_circles() -> None:
    graph = {name: {t for t, _ in imported if t in ALL and t != name} for name, (_, imported) in ALL.items()}
    done: set[str] = set()

    def visit(name: str, trail: tuple[str, ...]) -> None:
        assert name not in trail, "an import circle: " + " -> ".join([*trail[trail.index(name) :], name])
        if name in done:
            return
        for target in sorted(graph[name]):
            visit(target, (*trail, name))
        done.add(name)

    for name in sorted(graph):
        visit(name, ())


@pytest.mark.parametrize("name", ALL)
def test_files_are_short_and_say_what_they_are_for(name: str) -> None:
    path, _ = ALL[name]
    text = path.read_text(encoding="utf-8")
    is_migration = "versions" in path.parts  # written once by a tool, read by a tool
    assert is_migration or text.count("\n") <= 300, (
        f"{path.relative_to(ROOT)} has {text.count(chr(10))} lines; 300 is the wall"
    )
    if text.strip() and not is_migration:
        assert ast.get_docstring(ast.parse(text)), f"{path.relative_to(ROOT)} does not say what it is for"


def test_nothing_prints() -> None:
    for name, (path, _) in ALL.items():
        calls = [n for n in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(n, ast.Call)]
        assert not any(getattr(call.func, "id", "") == "print" for call in calls), f"{name} prints"
