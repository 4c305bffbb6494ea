"""The command line: options in, exit code out (0 done, 1 findings, 2 usage, 3 refused)."""

from __future__ import annotations

import gc
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from consolidator import __version__
from consolidator.errors import Refusal, UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from consolidator.pipeline import Preview
    from consolidator.plan import MoveOptions
    from consolidator.workspace import Workspace

DONE, FINDINGS, USAGE, REFUSED = 0, 1, 2, 3
CRASHED, INTERRUPTED = 70, 130

Format = Literal["text", "json"]
LeaveBehind = Literal["import", "lazy", "none"]
Helpers = Literal["auto", "travel", "lazy"]
Strings = Literal["list", "rewrite"]

app = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Moves Python classes into their one home, and proves that nothing broke.",
)

Root = Annotated[
    Path | None, typer.Option(help="The project; by default the nearest one upward.", metavar="DIR")
]
Output = Annotated[Format, typer.Option("--format", help="How to report.")]


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
        return _refused(refusal, "json" if "json" in arguments else "text")
    return code if isinstance(code, int) else DONE


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


@app.command()
def move(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Class or module:Class.")],
    to: Annotated[str, typer.Option("--to", metavar="MODULE", help="The home; made if missing.")],
    source: Annotated[
        str | None, typer.Option("--from", metavar="MODULE", help="Where the names stand now.")
    ] = None,
    root: Root = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Print the diff, write nothing.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="With --dry-run: exit 1 when something would change.")
    ] = False,
    output: Output = "text",
    leave_behind: Annotated[
        LeaveBehind | None,
        typer.Option(help="What stays; by default what keeps imports working."),
    ] = None,
    leave_behind_place: Annotated[
        Literal["class", "imports"] | None, typer.Option(help="Where the leave-behind stands.")
    ] = None,
    comment: Annotated[
        str | None, typer.Option(help="Template of the comment: {name} {kind} {source} {target}.")
    ] = None,
    helpers: Annotated[
        Helpers | None, typer.Option(help="What becomes of helpers that both sides use.")
    ] = None,
    strings: Annotated[
        Strings | None, typer.Option(help="What becomes of dotted paths in strings.")
    ] = None,
    accept: Annotated[
        list[str] | None, typer.Option(metavar="CODE", help="Go on in spite of this refusal.")
    ] = None,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Read every file anew, keep nothing.")
    ] = False,
    explain: Annotated[
        bool, typer.Option("--explain", help="Tell why, for each decision.")
    ] = False,
) -> int:
    """Move classes (or functions, constants) into one module, with everything that needs it."""
    from consolidator import apply, pipeline

    if check and not dry_run:
        raise UsageError("--check goes with --dry-run")
    workspace = _open(root)
    apply.require_settled(workspace.root)
    options = _options(
        workspace,
        leave_behind=leave_behind,
        leave_behind_place=leave_behind_place,
        comment=comment,
        helpers=helpers,
        strings=strings,
        accept=accept,
    )
    preview = pipeline.preview_move(workspace, names, to, source, options, use_cache=not no_cache)
    title = " ".join(["move", *names, "--to", to])
    transaction = None if dry_run else pipeline.execute(preview, title)
    _report(preview, output, dry_run, explain, transaction)
    return FINDINGS if check and preview.changes else DONE


def _open(root: Path | None) -> Workspace:
    from consolidator.workspace import Workspace, find_root

    return Workspace.open(root if root is not None else find_root(Path.cwd()))


def _options(workspace: Workspace, **given: object) -> MoveOptions:
    """The options of the command line over those of the configuration."""
    from consolidator.errors import ACCEPTABLE
    from consolidator.plan import MoveOptions

    config = workspace.config
    values: dict[str, object] = {
        name: getattr(config, name) for name in given if name in config.model_fields_set
    }
    values |= {name: value for name, value in given.items() if value is not None}
    accepted = frozenset([*config.accept, *(given["accept"] or [])])  # type: ignore[misc]
    unknown = accepted - ACCEPTABLE
    if unknown:
        raise UsageError(
            f"{', '.join(sorted(unknown))} cannot be accepted; what can is "
            + ", ".join(sorted(ACCEPTABLE))
        )
    return MoveOptions(**{**values, "accept": accepted})  # type: ignore[arg-type]


def _report(
    preview: Preview, output: Format, dry_run: bool, explain: bool, transaction: str | None
) -> None:
    from consolidator.report import text
    from consolidator.report.diff import unified_diff
    from consolidator.report.json import move_report

    if output == "json":
        status = "planned" if dry_run else "done"
        report = move_report(
            status if preview.changes else "nothing to do",
            preview.drafts,
            preview.changes,
            preview.warnings,
            preview.timings,
            transaction,
        )
        print(report)
        return
    if dry_run:
        _write_out(unified_diff(preview.changes))
    console = _console()
    if not preview.changes:
        console.print("nothing to do")
    else:
        text.print_summary(console, preview.outcomes, preview.changes, dry_run)
    text.print_problems(console, preview.warnings)
    if explain:
        text.print_explanation(console, preview.outcomes)


def _refused(refusal: Refusal, output: Format) -> int:
    from consolidator.report import text
    from consolidator.report.json import move_report

    if output == "json":
        print(move_report("refused", (), (), refusal.problems, {}))
    else:
        text.print_problems(_console(), refusal.problems)
    return REFUSED


def _write_out(data: bytes) -> None:
    """Bytes to standard output as they are, whatever its encoding."""
    sys.stdout.flush()
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def _console() -> Console:
    from rich.console import Console

    return Console(stderr=True, highlight=False, markup=False)


@app.command()
def roots(root: Root = None) -> int:
    """Show where modules are imported from, and how that was found out."""
    for item in _open(root).roots:
        print(f"{item.directory or '.'}\t{item.origin}")
    return DONE


@app.command()
def undo(
    transaction: Annotated[
        str | None, typer.Argument(help="Which change; the latest by default.")
    ] = None,
    root: Root = None,
) -> int:
    """Take a change back, to the byte."""
    from consolidator import apply

    done = apply.undo(_root(root), transaction)
    _console().print(f"undone: {done.title}")
    return DONE


@app.command()
def recover(root: Root = None) -> int:
    """Finish or take back a change that was interrupted."""
    from consolidator import apply

    recovered = apply.recover(_root(root))
    for item in recovered:
        _console().print(f"{item.state}: {item.title}")
    if not recovered:
        _console().print("nothing to recover")
    return DONE


@app.command()
def log(root: Root = None) -> int:
    """List the changes made to this project."""
    from consolidator import apply

    transactions = apply.log(_root(root))
    for item in transactions:
        state = f"undone by {item.undone_by}" if item.undone_by else item.state
        print(f"{item.id}\t{state}\t{item.title}")
    return DONE


def _root(root: Path | None) -> Path:
    from consolidator.workspace import find_root

    if root is not None and not root.is_dir():
        raise UsageError(f"{root} is not a directory")
    return root if root is not None else find_root(Path.cwd())
