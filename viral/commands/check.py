"""`viral check`: a clip against a platform's limits and the craft of short clips."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from viral.commands.console import only_the_result_on_stdout, shown_stages
from viral.explain.platforms import DEFAULT, PLATFORMS
from viral.messages import text

EXIT_FAILED = 1


def check(
    clip: Annotated[Path, typer.Argument(help="The clip.", metavar="CLIP")],
    platform: Annotated[
        str,
        typer.Option("--for", help=f"One of {', '.join(PLATFORMS)}.", metavar="PLATFORM"),
    ] = DEFAULT,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON and nothing else.")] = False,
) -> None:
    """Check a clip against a platform's limits and the craft of short clips.

    Exits with 0 where everything passed and with 1 where something did not. Nothing here is a
    forecast.
    """
    import json

    from viral.explain.checks import check as checked
    from viral.explain.platforms import platform_of

    chosen = platform_of(platform)
    with only_the_result_on_stdout(), shown_stages(Console(stderr=True)) as on_stage:
        report = checked(clip, platform, on_stage)
    if as_json:
        print(json.dumps(report.to_dict(), allow_nan=False))
    else:
        for finding in report.failed:
            second = "" if finding.second_s is None else f"{finding.second_s:.1f} s: "
            print(f"{second}{finding.sentence} ({finding.title}; {finding.why})")
        passed = sum(finding.passed is True for finding in report.findings)
        print(
            f"{len(report.failed)} to mend, {passed} passed for {chosen.title}; limits last "
            f"checked on {report.limits_checked_on}."
        )
        if not report.read_text:
            print(text("check.text_off"))
    if not report.passed:
        raise typer.Exit(EXIT_FAILED)
