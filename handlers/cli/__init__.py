"""The operator's door: the `tawar` command."""

import click

from handlers.cli import benching, evaluating, keys, learning, operating, people, running, talking, templates, words
from handlers.cli.parts import Parts


def build_cli(parts: Parts) -> click.Group:
    """The command with all its sub-commands."""
    tawar = click.Group("tawar", help="Tawar: citizens' complaints and questions by WhatsApp and SMS.")
    for chapter in (running, operating, keys, people, talking, words, templates, evaluating, learning, benching):
        for command in chapter.commands(parts):
            tawar.add_command(command)
    return tawar


__all__ = ["Parts", "build_cli"]
