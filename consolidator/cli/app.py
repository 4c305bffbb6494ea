"""The command line: options in, exit code out (0 done, 1 findings, 2 usage, 3 refused)."""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Sequence
from itertools import pairwise
from typing import Annotated, Any

import typer

from consolidator import __version__
from consolidator.cli.apply import apply
from consolidator.cli.cache import cache
from consolidator.cli.check import check
from consolidator.cli.common import CRASHED, DONE, INTERRUPTED, USAGE, Format, refused
from consolidator.cli.journal import log, recover, undo
from consolidator.cli.move import move
from consolidator.cli.plan import plan
from consolidator.cli.roots import roots
from consolidator.cli.scan import scan
from consolidator.cli.sweep import sweep
from consolidator.errors import Refusal, UsageError

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Moves Python classes into their one home, and proves that nothing broke.",
)

COMMANDS = (move, scan, plan, apply, check, sweep, roots, undo, recover, log)
"""In the order in which the help lists them."""

for _command in COMMANDS:
    app.command()(_command)
app.add_typer(cache, name="cache")


def main() -> None:
    """The `consolidate` command."""
    # A run is short and makes many syntax trees, which the collector would walk over and over.
    gc.disable()
    try:
        code = run_cli(sys.argv[1:])
    except Exception:  # a defect: its exit code must not look like an answer
        traceback.print_exc()
        code = CRASHED
    sys.exit(code)


def run_cli(arguments: Sequence[str]) -> int:
    """Run one command line; the exit code."""
    command = typer.main.get_command(app)
    try:
        code = command.main(list(arguments), prog_name="consolidate", standalone_mode=False)
    except typer.Exit as done:
        return done.exit_code
    except typer.Abort:
        return INTERRUPTED
    except _CLICK_ERROR as error:
        error.show(sys.stderr)
        return USAGE
    except UsageError as error:
        print(f"consolidate: {error}", file=sys.stderr)
        return USAGE
    except Refusal as refusal:
        return refused(refusal, _format(arguments))
    return code if isinstance(code, int) else DONE


def _format(arguments: Sequence[str]) -> Format:
    """How a command line asks to be told of a refusal."""
    asked = ""
    for before, here in pairwise(["", *arguments]):
        if before == "--format":
            asked = here
        elif here.startswith("--format="):
            asked = here.partition("=")[2]
    return "json" if asked == "json" else "text"


# Some versions of typer use click, some bring their own: ask typer which is meant.
_CLICK_ERROR: type[Any] = next(
    kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException"
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"consolidate {__version__}")
        raise typer.Exit(DONE)


@app.callback()
def _common(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Say the version.")
    ] = False,
) -> None:
    pass
