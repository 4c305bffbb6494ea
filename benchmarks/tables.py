"""Render the results of many moves as Markdown."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.judge import CLASS_GONE

Record = Mapping[str, Any]


def render(records: Sequence[Record], tool: str) -> str:
    """Tables by package, target and refusal code, then every move that did not go well."""
    parts = [f"# {len(records)} moves with {tool}\n", _by_package(records), _by_kind(records)]
    parts += [_by_code(records)]
    parts += [_broken(records), _crashed(records), _refused(records), _removed(records)]
    return "\n".join(part for part in parts if part)


def state(record: Record) -> str:
    """moved, refused, crashed, or broken: not a crash, but something is held against it."""
    outcome = str(record["attempt"]["outcome"])
    return "broken" if findings(record) and outcome != "crashed" else outcome


def findings(record: Record) -> list[Mapping[str, str]]:
    """Everything held against a move."""
    return [
        *record.get("attempt_findings", ()),
        *record.get("verdict", {}).get("findings", ()),
        *record.get("tests", {}).get("findings", ()),
    ]


def only_old_name_gone(record: Record) -> bool:
    """Whether all that is held against a move is that the old module lost the class."""
    found = {each["detail"] for each in findings(record)}
    return found == {CLASS_GONE}


_COLUMNS = (
    "moves", "moved", "refused", "refused %", "broken", "only the old name gone", "crashed",
    "tests run", "median s",
)  # fmt: skip


def _by_package(records: Sequence[Record]) -> str:
    return _counted(records, "package")


def _by_kind(records: Sequence[Record]) -> str:
    return _counted(records, "kind")


def _counted(records: Sequence[Record], of: str) -> str:
    lines = [f"| {of} | {' | '.join(_COLUMNS)} |", "|---" * (len(_COLUMNS) + 1) + "|"]
    for name in sorted({record[of] for record in records}):
        lines.append(_row(name, [each for each in records if each[of] == name]))
    lines.append(_row("**all**", records))
    return "\n".join(lines) + "\n"


def _row(name: str, records: Sequence[Record]) -> str:
    counts = Counter(map(state, records))
    tested = sum("tests" in record for record in records)
    seconds = [record["attempt"]["seconds"] for record in records]
    median = f"{statistics.median(seconds):.1f}" if seconds else ""
    lenient = sum(map(only_old_name_gone, records))
    share = f"{100 * counts['refused'] / len(records):.1f}" if records else ""
    cells = [len(records), counts["moved"], counts["refused"], share, counts["broken"], lenient,
             counts["crashed"], tested, median]  # fmt: skip
    return f"| {name} | " + " | ".join(map(str, cells)) + " |"


def _by_code(records: Sequence[Record]) -> str:
    """How often each code was the answer, by package and by kind of target."""
    columns = [
        *sorted({record["package"] for record in records}),
        *sorted({record["kind"] for record in records}),
    ]
    counts: Counter[tuple[str, str]] = Counter()
    for record in records:
        if state(record) in ("refused", "crashed"):
            for code in sorted(set(record["attempt"]["codes"])) or ["no code"]:
                counts.update((code, record[of]) for of in ("package", "kind"))
    codes = sorted({code for code, _ in counts})
    if not codes:
        return ""
    lines = [f"| code | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for code in codes:
        lines.append(f"| {code} | {' | '.join(str(counts[code, each]) for each in columns)} |")
    return "\n".join(lines) + "\n"


def _broken(records: Sequence[Record]) -> str:
    lines = []
    for record in records:
        if findings(record):
            lines.append(f"- {_title(record)}")
            lines += [
                f"  - {each['check']}: {each['where']}: {_short(each['detail'])}"
                for each in findings(record)[:8]
            ]
    return _section("Broken", lines)


def _crashed(records: Sequence[Record]) -> str:
    lines = [
        f"- {_title(record)}: exit {record['attempt']['status']}: "
        f"{_short(record['attempt']['stderr'] or ' '.join(record['attempt']['messages']))}"
        for record in records
        if record["attempt"]["outcome"] == "crashed"
    ]
    return _section("Crashed", lines)


def _refused(records: Sequence[Record]) -> str:
    lines = []
    for record in records:
        if record["attempt"]["outcome"] == "refused":
            done = record["attempt"]
            reasons = [
                f"  - {code}: {_short(message)}"
                for code, message in zip(done["codes"], done["messages"], strict=True)
            ]
            lines += [f"- {_title(record)}", *reasons[:6]]
    return _section("Refused", lines)


def _removed(records: Sequence[Record]) -> str:
    lines = [
        f"- {_title(record)}: {', '.join(record['verdict']['removed'])}"
        for record in records
        if record.get("verdict", {}).get("removed")
    ]
    return _section("Names that went and that nothing in the package uses", lines)


def _title(record: Record) -> str:
    return (
        f"`{record['source']}:{record['class_name']}` to `{record['target']}` "
        f"({record['kind']}, #{record['number']})"
    )


def _section(title: str, lines: Sequence[str]) -> str:
    return f"## {title}\n\n" + "\n".join(lines) + "\n" if lines else ""


def _short(text: str) -> str:
    return " ".join(text.split())[-300:]
