"""tawar bench: a benchmark beside its limit, measured in the same run."""

import json

import click

from handlers.cli.parts import Parts


def commands(parts: Parts) -> list[click.Command]:
    @click.command(help="Measures one thing beside its limit: " + ", ".join(parts.benches) + ".")
    @click.argument("name", type=click.Choice(parts.benches))
    @click.option("--json", "as_json", is_flag=True, help="One JSON object, for machines.")
    def bench(name: str, as_json: bool) -> None:
        result = parts.bench(name)
        if as_json:
            click.echo(json.dumps(result))
            return
        click.echo(f"{result['bench']}: medians of {result['rounds']} rounds")
        for title in ("figures", "ratios"):
            for key, value in result[title].items():
                click.echo(f"  {title[:-1]:7} {key:28} {value:>12,.3f}")

    return [bench]
