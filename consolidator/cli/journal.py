"""`consolidate undo`, `recover` and `log`: the journal."""

from __future__ import annotations

from typing import Annotated

import typer

from consolidator.cli.common import DONE, Root, console, print_text, project_root


def undo(
    transaction: Annotated[
        str | None, typer.Argument(help="Which change; the latest by default.")
    ] = None,
    root: Root = None,
) -> int:
    """Take a change back, to the byte."""
    from consolidator import apply

    done = apply.undo(project_root(root), transaction)
    console().print(f"undone: {done.title.removeprefix('undo: ')}", soft_wrap=True)
    return DONE


def recover(root: Root = None) -> int:
    """Finish or take back a change that was interrupted."""
    from consolidator import apply

    recovered = apply.recover(project_root(root))
    for item in recovered:
        console().print(f"{item.state}: {item.title}", soft_wrap=True)
    if not recovered:
        console().print("nothing to recover")
    return DONE


def log(root: Root = None) -> int:
    """List the changes made to this project."""
    from consolidator import apply

    transactions = apply.log(project_root(root))
    for item in transactions:
        state = f"undone by {item.undone_by}" if item.undone_by else item.state
        print_text(f"{item.id}\t{state}\t{item.title}")
    return DONE
