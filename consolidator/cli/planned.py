"""What `apply` and `sweep` share: from entries to a change, and how it went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from consolidator.cli.common import DONE, FINDINGS, REFUSED, Format, console, print_text, write_out

if TYPE_CHECKING:
    from consolidator.pipeline.batch import BatchPreview


def finish(
    preview: BatchPreview, title: str, output: Format, dry_run: bool, check: bool
) -> tuple[int, str | None]:
    """Write the change unless it is a dry run, and report it; exit code and transaction.

    3 when nothing of what was asked for can be done; with `--check`, 1 when something would
    change or is refused.
    """
    from consolidator import pipeline

    results = preview.results
    nothing = bool(results) and len(preview.refused) == len(results)
    transaction = None if dry_run or nothing else pipeline.execute(preview, title)
    _report(preview, output, dry_run, nothing, transaction)
    if nothing:
        return REFUSED, None
    is_found = check and (preview.changes or preview.refused)
    return FINDINGS if is_found else DONE, transaction


def _report(
    preview: BatchPreview, output: Format, dry_run: bool, nothing: bool, transaction: str | None
) -> None:
    from consolidator.report.batch import EntryLine, batch_report, print_batch
    from consolidator.report.diff import unified_diff

    lines = [
        EntryLine(r.label, r.entry, r.status, r.changes, r.problems, r.is_refused)
        for r in preview.results
    ]
    if output == "json":
        done = "planned" if dry_run else "done"
        status = "refused" if nothing else done if preview.changes else "nothing to do"
        print_text(
            batch_report(
                status, lines, preview.changes, preview.warnings, preview.timings, transaction
            )
        )
        return
    if dry_run:
        write_out(unified_diff(preview.changes))
    print_batch(console(), lines, preview.changes, preview.warnings, dry_run)
