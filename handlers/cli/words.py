"""tawar translations: what awaits a native reader, what is missing, what differs, and what each text costs as SMS."""

import sys

import click

from bot.catalog import load_catalog
from bot.review import Finding, look_through
from handlers.cli.parts import Parts


def commands(_: Parts) -> list[click.Command]:
    @click.command(
        help="Lists texts that await review, are missing or differ in placeholders, with SMS segments of each."
    )
    @click.option("--language", default="", help="Only this one, e.g. bal.")
    @click.option("--faults-only", is_flag=True, help="Only what must be mended.")
    def translations(language: str, faults_only: bool) -> None:
        findings = [f for f in look_through(load_catalog()) if language in ("", f.language)]
        for finding in findings:
            if finding.fault or not faults_only:
                click.echo(_line(finding))
        faults = sum(bool(f.fault) for f in findings)
        awaiting = sum(f.awaits_review for f in findings)
        click.echo(f"{len(findings)} texts, {awaiting} await a native reader, {faults} to mend.")
        sys.exit(1 if faults else 0)

    return [translations]


def _line(finding: Finding) -> str:
    marks = [f"{finding.segments} segments"]
    marks += ["awaits a native reader"] if finding.awaits_review else []
    marks += [finding.fault] if finding.fault else []
    return f"{finding.language}\t{finding.key}\t{'; '.join(marks)}"
