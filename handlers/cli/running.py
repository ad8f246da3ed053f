"""tawar up, web, worker, clock, simulator."""

import sys
from datetime import timedelta
from pathlib import Path

import click

from bot.clock import KARACHI
from bot.services.watch import foresee
from handlers.cli.parts import Parts, allowed, plain_errors

MONTH_H = 31 * 24
STEPS = {
    "Warn": "its desk is warned that the deadline is near",
    "NudgeUnassigned": "somebody is told that nobody has taken it",
    "InterimNote": "the citizen is told that it will be late",
    "Escalate": "goes up one level",
    "RemindVerdict": "the citizen is reminded to say whether it is solved",
    "LapseVerdict": "closes without a verdict",
    "RemindQuestion": "the citizen is reminded of the question",
    "StopWaiting": "is not waited for any longer; its time runs again",
}
"""What the clock does (bot/ladder.py), as an operator reads it."""
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

    @click.command(help="Starts what is due: deadlines, reminders, scheduled broadcasts, tidying up.")
    @click.option("--dry-run", is_flag=True, help="Only says what would happen to tickets, and changes nothing.")
    @click.option(
        "--hours", default=24, show_default=True, type=click.IntRange(1, MONTH_H), help="How far --dry-run looks."
    )
    def clock(dry_run: bool, hours: int) -> None:
        with plain_errors():
            settings = parts.settings()
            if not dry_run:
                parts.clock(settings)
                return
            settings.check()
            seen = foresee(parts.hands(settings), timedelta(hours=hours))
        for one in seen:
            click.echo(
                f"{one.at.astimezone(KARACHI):%Y-%m-%d %H:%M}\t{one.number}\t{STEPS[one.step]}\t{one.to}".rstrip()
            )
        click.echo(f"{len(seen)} steps within {hours} hours, if nobody does anything.")

    return [up, web, worker, clock, simulator]
