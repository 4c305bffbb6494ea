"""`consolidate plan`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from consolidator.cli.common import DONE, NoCache, Output, Root, console, open_project, write_out
from consolidator.cli.findings import Paths, relative_paths
from consolidator.cli.move import move_options
from consolidator.errors import UsageError

if TYPE_CHECKING:
    from consolidator.pipeline.proposing import Proposed

JSON_VERSION = 1


def plan(
    paths: Paths = None,
    root: Root = None,
    out: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Where to; by default, to stdout."),
    ] = None,
    output: Output = "text",
    allow_schema: Annotated[
        bool,
        typer.Option("--allow-schema", help="Merge also classes that fields make up."),
    ] = False,
    sweep: Annotated[
        bool, typer.Option("--sweep", help="Add the leave-behinds that nobody uses any more.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Write over a file that is no plan.")
    ] = False,
    no_cache: NoCache = False,
) -> int:
    """Turn what a scan finds into a plan that can be read, edited and applied."""
    from consolidator.pipeline.proposing import propose
    from consolidator.plan.document import plan_text

    if out is not None and not force:
        _require_replaceable(out)
    workspace = open_project(root)
    below = relative_paths(paths, workspace.root)
    proposed = propose(
        workspace,
        below,
        move_options(workspace),
        allow_schema=allow_schema,
        sweep=sweep,
        use_cache=not no_cache,
    )
    text = plan_text(proposed.plan) if output == "text" else _as_json(proposed)
    if out is None:
        write_out(text.encode())
    else:
        _write(out, text)
    _summarise(proposed, out)
    return DONE


def _require_replaceable(out: Path) -> None:
    """Raise `UsageError` when the file to write is there and is something else than a plan."""
    from consolidator.plan.document import is_plan_text

    try:
        with out.open("rb") as file:
            start = file.read(4096).decode("utf-8", "replace")
    except FileNotFoundError:
        return
    except OSError as error:
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from None
    if not is_plan_text(start):
        raise UsageError(f"{out} is there and is no plan; --force writes over it")


def _write(out: Path, text: str) -> None:
    """Write a file as a whole or not at all."""
    beside = out.with_name(f".{out.name}.new")
    try:
        beside.write_bytes(text.encode())
        beside.replace(out)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise UsageError(f"{out}: cannot be written: {error.strerror}") from None


def _as_json(proposed: Proposed) -> str:
    plan = proposed.plan
    report = {
        "version": JSON_VERSION,
        "entries": [
            {"kind": entry.kind, **_plain(entry), "evidence": list(entry.evidence)}
            for entry in plan.entries
        ],
        "undecided": [
            {
                "title": item.title,
                "evidence": list(item.evidence),
                "choices": [
                    {"kind": choice.kind, **_plain(choice), "evidence": list(choice.evidence)}
                    for choice in item.choices
                ],
            }
            for item in plan.undecided
        ],
        "notes": list(proposed.notes),
    }
    return json.dumps(report, indent=2, ensure_ascii=True) + "\n"


def _plain(entry: object) -> dict[str, object]:
    from consolidator.plan.plan import Entry

    assert isinstance(entry, Entry)
    return entry.model_dump(mode="json", by_alias=True, exclude_none=True)


def _summarise(proposed: Proposed, out: Path | None) -> None:
    screen = console()
    plan = proposed.plan
    counts = {kind: len(found) for kind, found in _by_kind(plan.entries).items()}
    for note in proposed.notes:
        screen.print(note, soft_wrap=True)
    said = ", ".join(f"{number} {kind}" for kind, number in counts.items())
    entries = "entry" if len(plan.entries) == 1 else "entries"
    listed = f" ({said})" if said else ""
    screen.print(f"sure: {len(plan.entries)} {entries}{listed}", soft_wrap=True)
    for_code = sum(not item.choices for item in plan.undecided)
    hint = f" ({for_code} only by changing the code)" if for_code else ""
    screen.print(f"to decide: {len(plan.undecided)}{hint}")
    if out is not None:
        said = f"written to {out}; next: consolidate apply {out} --dry-run"
        screen.print(said, soft_wrap=True)


def _by_kind(entries: tuple[object, ...]) -> dict[str, list[object]]:
    found: dict[str, list[object]] = {}
    for entry in entries:
        found.setdefault(str(getattr(entry, "kind", "")), []).append(entry)
    return found
