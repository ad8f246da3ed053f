"""tawar up, web, worker, clock, simulator."""

import sys
from pathlib import Path

import click

from handlers.cli.parts import Parts, allowed, plain_errors

HOST = click.option("--host", default="127.0.0.1", show_default=True)


def commands(parts: Parts) -> list[click.Command]:
    @click.command(help="Everything on this machine, with a carrier simulator: for trying out, not for citizens.")
    @click.option("--port", default=8000, show_default=True)
    @click.option("--carrier-port", default=8001, show_default=True)
    @click.option("--var", default=Path("var"), type=click.Path(path_type=Path), show_default=True)
    def up(port: int, carrier_port: int, var: Path) -> None:
        try:
            code = parts.everything(port, carrier_port, var)
        except (OSError, RuntimeError, ValueError) as error:
            raise click.ClickException(str(error)) from error
        sys.exit(code)

    @click.command(help="The web: carriers' webhooks, the desk, the public pages.")
    @HOST
    @click.option("--port", default=8000, show_default=True)
    def web(host: str, port: int) -> None:
        with plain_errors():
            parts.web(allowed(parts.settings(), host), host, port)

    @click.command(help="The carrier simulator and its phone page (demo mode only).")
    @HOST
    @click.option("--port", default=8001, show_default=True)
    def simulator(host: str, port: int) -> None:
        with plain_errors():
            allowed(parts.settings().check(), host)
            parts.simulator(host, port)

    @click.command(help="Sends what is due.")
    def worker() -> None:
        with plain_errors():
            parts.worker(parts.settings())

    @click.command(help="Starts what is due: scheduled broadcasts, tidying up.")
    def clock() -> None:
        with plain_errors():
            parts.clock(parts.settings())

    return [up, web, worker, clock, simulator]
