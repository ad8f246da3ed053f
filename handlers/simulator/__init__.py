"""The carrier simulator: a carrier and its phones on this machine, so that the whole service runs without one."""

from pathlib import Path

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from handlers.simulator.content_api import door as content_door
from handlers.simulator.controls import door as controls_door
from handlers.simulator.core import build
from handlers.simulator.guard import guard
from handlers.simulator.kannel import door as kannel_door
from handlers.simulator.looks import FILTERS
from handlers.simulator.media import door as media_door
from handlers.simulator.media import page_door as page_media_door
from handlers.simulator.messages import door as messages_door
from handlers.simulator.page import door as page_door
from handlers.simulator.phone import door as phone_door
from handlers.simulator.settings import SimulatorSettings
from handlers.simulator.typing_api import door as typing_door

__all__ = ["SimulatorSettings", "create_simulator"]

HANDLERS = Path(__file__).parent.parent
MOST_BYTES = 64_000_000
DOORS = (
    messages_door,
    media_door,
    content_door,
    typing_door,
    kannel_door,
    controls_door,
    phone_door,
    page_door,
    page_media_door,
)


def create_simulator(settings: SimulatorSettings) -> Flask:
    """Settings -> the simulator's own app; `app.extensions["simulator"].close()` ends its threads."""
    app = Flask(__name__, static_folder=str(HANDLERS / "static"), template_folder=str(HANDLERS / "templates"))
    app.config["MAX_CONTENT_LENGTH"] = MOST_BYTES
    app.config["MAX_FORM_MEMORY_SIZE"] = None
    if isinstance(app.json, DefaultJSONProvider):  # people read these threads
        app.json.ensure_ascii = app.json.sort_keys = False
    app.jinja_env.filters.update(FILTERS)
    app.extensions["simulator"] = build(settings)
    guard(app)
    for door in DOORS:
        app.register_blueprint(door)
    return app
