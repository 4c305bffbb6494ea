"""The report of a change, or of a scan, as Markdown: to put beside it, or into a merge request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from consolidator.errors import Problem
from consolidator.finders.findings import Findings, Fit
from consolidator.report.findings_text import finding_lines, looked_at, table
from consolidator.report.lines import counted
from consolidator.report.record import ChangedFile, Demand, MovedDefinition, Record
from consolidator.report.wording import wording_of

_MOST = 20
_CODE = re.compile(r"(`[^`]+`)")
# `_` between letters is no emphasis.
_SPECIAL = re.compile(r"[\\`*{}\[\]<>#|~]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])")


def change_markdown(record: Record) -> str:
    """What was asked for, why, what moved, what changed, what was verified, what is left."""
    parts = [
        f"# {code(record.title)}\n",
        _status(record),
        *_section("What was asked for", [_asked(record)] if record.moved else []),
        *_section("Why it could not be imported", (_why(record, each) for each in record.demands)),
        *_section("What moved", [_moved(record)] if record.moved else []),
        *_section("Entries of the plan", [_entries(record)] if record.entries else []),
        *_section("Imports", _imports(record.files)),
        *_section("Files changed", [_files(record.files)] if record.files else []),
        *_section("References", _references(record)),
        *_section("What was verified", [_checks(record)]),
        *_section("What still does not fit", [*map(_misfits, record.demands), *_broken(record)]),
        *_section("To know", [_problems(record.warnings)] if record.warnings else []),
        *_section("How to undo", [_undo(record)] if record.transaction else []),
    ]
    return "\n".join(parts)


def findings_markdown(findings: Findings) -> str:
    """Every finding with its evidence, by kind, under a table of counts."""
    looked = looked_at(findings)
    parts = ["# What is scattered\n", f"Looked at {looked}.\n" if looked else ""]
    parts.append(fenced(line.text for line in table(findings.found)))
    for wording, group in groupby(findings.found, wording_of):
        parts.append(f"## {wording.title.capitalize()}\n\n{wording.meaning}\n")
        for finding in group:
            head, *evidence = (line.text for line in finding_lines(finding))
            parts.append(f"### {escaped(head)}\n")
            parts.append(fenced(line.removeprefix("  ") for line in evidence))
    if findings.unreadable:
        parts.append("## Not read\n")
        parts.append(fenced(f"{path}: {reason}" for path, reason in findings.unreadable))
    return "\n".join(parts)


def code(text: str) -> str:
    """Text as a code span, whatever backticks it holds."""
    fence = "`" * (max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    gap = " " if "`" in (text[:1], text[-1:]) else ""
    return f"{fence}{gap}{text}{gap}{fence}"


def escaped(text: str) -> str:
    """Text that Markdown shows as it is, but for code in backticks, which stays code."""
    parts = _CODE.split(text)
    parts[::2] = [_SPECIAL.sub(r"\\\g<0>", part) for part in parts[::2]]
    return "".join(parts)


def fenced(lines: Iterable[str], language: str = "") -> str:
    """Lines as a block of code."""
    text = "\n".join(lines)
    fence = "`" * max(3, max((len(run) for run in re.findall("`+", text)), default=0) + 1)
    return f"{fence}{language}\n{text}\n{fence}\n"


def _section(title: str, parts: Iterable[str]) -> Iterator[str]:
    """A heading and its parts; nothing where there is nothing to tell."""
    told = [part for part in parts if part]
    if told:
        yield f"## {title}\n"
        yield from told


def _status(record: Record) -> str:
    if record.is_planned:
        return "**Status:** planned; nothing was written.\n"
    return f"**Status:** done, as transaction {code(record.transaction or '')}.\n"


def _asked(record: Record) -> str:
    lines = [
        f"- {item.kind} {code(item.name)} in {code(item.target.module)}, "
        f"out of {code(item.source.module)}\n"
        for item in record.moved
        if item.is_asked
    ]
    return "".join(lines)


def _why(record: Record, demand: Demand) -> str:
    """The chain of evidence, from the import that fails to where the definition was instead."""
    if not demand.sites:
        return ""
    first, *others = demand.sites
    files = {site.location.path for site in demand.sites}
    more = f", as do {counted(len(others), 'import')} more" if others else ""
    spread = f" in {counted(len(files), 'file')}" if others else ""
    steps = [
        f"{code(str(first.location))} asks {code(demand.target)} for {code(demand.name)}"
        f"{more}{spread}: {code(first.location.text)}",
        f"{code(demand.target)} did not define, import or otherwise bind it."
        if demand.target_existed
        else f"The module {code(demand.target)} did not exist.",
    ]
    for item in record.moved:
        if item.name == demand.name and item.target.module == demand.target:
            steps.append(f"It was defined in {code(str(item.source))}.")
    return f"**{escaped(demand.name)}**\n\n{_numbered(steps)}"


def _numbered(steps: Sequence[str]) -> str:
    return "".join(f"{number}. {step}\n" for number, step in enumerate(steps, 1))


def _moved(record: Record) -> str:
    rows = [_row("name", "kind", "from", "to", "why"), _row(*["---"] * 5)]
    rows += [_moved_row(item) for item in record.moved]
    left = [
        f"- {code(str(item.leave_behind))}: {code(item.leave_behind.text)}\n"
        for item in record.moved
        if item.leave_behind is not None
    ]
    head = "\nWhat stands in their old places:\n\n" if left else ""
    return "".join(rows) + head + "".join(left)


def _moved_row(item: MovedDefinition) -> str:
    why = f"{item.reason}; it was there already" if item.is_merged else item.reason
    return _row(
        code(item.name), item.kind, code(str(item.source)), code(str(item.target)), escaped(why)
    )


def _row(*cells: str) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |\n"


def _entries(record: Record) -> str:
    lines = []
    for label, status, problems in record.entries:
        lines.append(f"- {code(label)}: {status}\n")
        lines += [f"  - {code(p.code)}: {escaped(p.message)}\n" for p in problems]
    return "".join(lines)


def _imports(files: Iterable[ChangedFile]) -> Iterator[str]:
    for file in files:
        lines = [f"+ {line}" for line in file.imports_added]
        lines += [f"- {line}" for line in file.imports_removed]
        if lines:
            yield f"{code(file.path)}:\n\n{fenced(lines, 'diff')}"


def _files(files: Sequence[ChangedFile]) -> str:
    rows = [_row("file", "lines added", "lines removed"), _row("---", "--:", "--:")]
    for file in files:
        remark = " (new)" if file.is_new else " (deleted)" if file.is_deleted else ""
        rows.append(_row(code(file.path) + remark, str(file.added), str(file.removed)))
    return "".join(rows)


def _references(record: Record) -> Iterator[str]:
    if record.rewritten:
        counts = (counted(number, kind) for kind, number in sorted(record.rewritten.items()))
        yield f"Rewritten: {', '.join(counts)}.\n"
    if record.left:
        yield "Left as they are:\n"
        yield "".join(
            f"- {kind} at {code(str(place))}: {escaped(note)}\n"
            for kind, place, note in record.left[:_MOST]
        ) + _more(len(record.left))


def _checks(record: Record) -> str:
    lines = [f"- **{check.result}**: {check.what.rstrip('.')}.\n" for check in record.checks]
    for demand in record.demands:
        if demand.fit is not None and demand.fit.verdict == "fits":
            lines.append(
                f"- **fits**: {code(demand.name)} offers what its "
                f"{counted(demand.importers, 'importer')} ask of it, as far as that can be judged "
                f"({counted(demand.fit.checked, 'use')}).\n"
            )
    if not record.was_run:
        lines.append("\nNothing of the project was run for this; `--verify` does that.\n")
    return "".join(lines)


def _misfits(demand: Demand) -> str:
    fit = demand.fit
    if fit is None or fit.verdict == "fits":
        return ""
    head = f"**{escaped(demand.name)}**, imported {counted(demand.importers, 'time')}: "
    if fit.verdict == "cannot tell":
        return f"{head}whether it fits cannot be told ({escaped(fit.unknown)}).\n"
    return (
        f"{head}its users contradict it in {len(fit.misfits)} of "
        f"{counted(fit.checked, 'use')} that could be judged.\n\n" + _misfit_lines(fit)
    )


def _misfit_lines(fit: Fit) -> str:
    lines = [
        f"- {code(str(misfit.location))}: {code(misfit.use)}: {escaped(misfit.why)}\n"
        for misfit in fit.misfits[:_MOST]
    ]
    return "".join(lines) + _more(len(fit.misfits))


def _broken(record: Record) -> Iterator[str]:
    for demand in record.demands:
        if demand.still_broken:
            yield f"**{escaped(demand.name)}** is asked for where it still is not:\n"
            yield "".join(
                f"- {code(str(site.location))} asks {code(module)}\n"
                for module, site in demand.still_broken[:_MOST]
            ) + _more(len(demand.still_broken))


def _more(number: int) -> str:
    return f"- and {number - _MOST:,} more\n" if number > _MOST else ""


def _problems(problems: Iterable[Problem]) -> str:
    lines = []
    for problem in problems:
        where = f" ({code(str(problem.location))})" if problem.location else ""
        lines.append(f"- {code(problem.code)}{where}: {escaped(problem.message)}\n")
    return "".join(lines)


def _undo(record: Record) -> str:
    return fenced([f"consolidate undo {record.transaction}"], "bash")
