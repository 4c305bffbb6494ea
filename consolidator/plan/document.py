"""The plan as a file: TOML that a person reads and edits, evidence in comments."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomlkit
from pydantic import ValidationError
from tomlkit.items import Array

from consolidator.errors import UsageError
from consolidator.plan.plan import ENTRY_KINDS, PLAN_VERSION, Entry, Plan, Undecided
from consolidator.workspace.plan_files import FIRST_LINE

MOST_BYTES = 8_000_000
MOST_ENTRIES = 20_000
LONGEST_LINE = 10_000
"""What a plan may have at most; more is no plan, and reading it would only take time."""

_HEADER = f"""\
{FIRST_LINE}
#
#   consolidate apply PLAN --dry-run    shows the whole as one diff
#   consolidate apply PLAN              writes it, or nothing; `consolidate undo` takes it back
#
# Each entry says above it what it rests on. Delete an entry, or leave it out with `--skip ID`,
# and it is not done. `fingerprint` is of the code that was seen: when that code changes, the
# entry is not carried out until there is a new plan. Remove the fingerprint to insist.
#
# What needs a decision stands below the entries, as comments: a line that begins with `#` and no
# space after it is part of an entry. Take one choice, and remove its `#`.
"""
_WIDTH = 100


def plan_text(plan: Plan) -> str:
    """The text of a plan file; `parse_plan` gives the same entries back."""
    blocks = [f"{_HEADER}\nversion = {PLAN_VERSION}\n"]
    blocks += [_entry_text(entry) for entry in plan.entries]
    if plan.undecided:
        blocks.append(_headline("Needs a decision"))
        blocks += [_undecided_text(item) for item in plan.undecided]
    return "\n".join(blocks)


def load_plan(path: Path) -> Plan:
    """Read a plan file. Raises `UsageError`, naming the line or the entry, when it is none."""
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= MOST_BYTES else b""
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
    if size > MOST_BYTES or len(data) > MOST_BYTES:
        raise UsageError(f"{path}: larger than {MOST_BYTES // 1_000_000} MB, which no plan is")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: is not UTF-8: {error}") from None
    return parse_plan(text, str(path))


def parse_plan(text: str, where: str = "plan") -> Plan:
    """The plan in a text. Raises `UsageError` with `where` and the line or entry that is wrong."""
    document = _toml(text, where)
    version = document.get("version", PLAN_VERSION)
    if version != PLAN_VERSION or type(version) is not int:
        raise UsageError(f"{where}: `version` is {version!r}; this is read: {PLAN_VERSION}")
    kinds = {kind.kind: kind for kind in ENTRY_KINDS}
    entries: dict[str, list[Entry]] = {}
    for key, tables in document.items():
        if key == "version":
            continue
        if key not in kinds:
            known = ", ".join(["version", *sorted(kinds)])
            raise UsageError(f"{where}: unknown key {key!r} (known: {known})")
        if not isinstance(tables, list) or not all(isinstance(item, dict) for item in tables):
            raise UsageError(f"{where}: {key!r} must be written as [[{key}]]")
        if sum(map(len, entries.values())) + len(tables) > MOST_ENTRIES:
            raise UsageError(f"{where}: more than {MOST_ENTRIES} entries, which no plan has")
        places = _places(text, where, key, len(tables))
        entries[key.replace("-", "_")] = [
            _entry(kinds[key], table, place) for table, place in zip(tables, places, strict=True)
        ]
    try:
        return Plan(**entries)  # type: ignore[arg-type]
    except ValidationError as error:
        raise UsageError(f"{where}: {_reason(error)}") from None


def is_plan_text(text: str) -> bool:
    """Whether a file is a plan that was written by `plan_text`, so that a new one may replace it.

    An empty file may be replaced, too.
    """
    return not text.strip() or text.startswith(FIRST_LINE)


# -- writing ---------------------------------------------------------------------------------


def _entry_text(entry: Entry) -> str:
    return _comment(entry.evidence) + _table(entry)


def _table(entry: Entry) -> str:
    table = tomlkit.table()
    for key, value in entry.model_dump(by_alias=True).items():
        if isinstance(value, tuple) and (value or key in _required(type(entry))):
            table.add(key, _array(key, value))
        elif value not in (None, "", ()):
            table.add(key, value)
    tables = tomlkit.aot()
    tables.append(table)
    document = tomlkit.document()
    document.add(entry.kind, tables)
    return tomlkit.dumps(document)


def _required(kind: type[Entry]) -> frozenset[str]:
    return frozenset(
        str(field.alias) for field in kind.model_fields.values() if field.is_required()
    )


def _array(key: str, values: tuple[str, ...]) -> Array:
    array = tomlkit.array()
    array.extend(values)
    if len(key) + sum(len(value) + 4 for value in values) + 5 > _WIDTH:
        array.multiline(True)
    return array


def _undecided_text(item: Undecided) -> str:
    lines = [_comment([item.title]), _comment([f"  {line}" for line in item.evidence])]
    for number, choice in enumerate(item.choices, 1):
        said = [f"  {line}" for line in choice.evidence] or ["  it can be done like this:"]
        label = f"choice {number}" if len(item.choices) > 1 else "choice"
        lines.append(_comment([f"{label}:{said[0][1:]}", *said[1:]]))
        lines += [f"#{line.lstrip()}\n" for line in _table(choice).rstrip("\n").split("\n")]
    return "".join(lines)


def _headline(title: str) -> str:
    return f"# {'-' * 4} {title} {'-' * (_WIDTH - 8 - len(title))}\n"


def _comment(lines: tuple[str, ...] | list[str]) -> str:
    return "".join(f"# {_printable(line)}".rstrip() + "\n" for line in lines)


def _printable(line: str) -> str:
    """A line as it may stand in a comment: what comes from code must not end it, or hide."""
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode("ascii")
        for char in line
    )


# -- reading ---------------------------------------------------------------------------------


def _toml(text: str, where: str) -> dict[str, Any]:
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > LONGEST_LINE:
            raise UsageError(f"{where}: line {number} has more than {LONGEST_LINE} characters")
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, ValueError) as error:
        raise UsageError(f"{where}: is not TOML: {error}") from None
    except RecursionError:
        raise UsageError(f"{where}: is nested too deeply") from None


def _entry(kind: type[Entry], table: dict[str, Any], place: str) -> Entry:
    known = [str(f.alias) for f in kind.model_fields.values() if not f.exclude]
    unknown = [key for key in table if key not in known]
    if unknown:
        raise UsageError(f"{place}: unknown key {unknown[0]!r} (known: {', '.join(sorted(known))})")
    try:
        return kind.model_validate(table)
    except ValidationError as error:
        raise UsageError(f"{place}: {_reason(error)}") from None


def _places(text: str, where: str, key: str, count: int) -> Iterator[str]:
    """`plan.toml:12 ([[move]])` for each entry: where it begins."""
    pattern = re.compile(rf"""\s*\[\[\s*["']?{re.escape(key)}["']?\s*\]\]""")
    lines = [n for n, line in enumerate(text.split("\n"), 1) if pattern.match(line)]
    for number in range(count):
        # a header within a string is no entry, and an inline table has no header
        exact = len(lines) == count
        yield f"{where}:{lines[number]} ([[{key}]])" if exact else f"{where} ({key} {number + 1})"


def _reason(error: ValidationError) -> str:
    items = [dict(item) for item in error.errors()]
    # an element that is wrong is also an element less
    telling = [item for item in items if item["type"] != "too_short"] or items
    return "; ".join(map(_one_reason, telling))


def _one_reason(item: dict[str, Any]) -> str:
    message = str(item["msg"]).removeprefix("Value error, ")
    field = str(item["loc"][0]) if item["loc"] else ""
    if item["type"] == "missing":
        message = "is missing"
    elif item["type"] == "tuple_type":
        message = "must be a list"
    elif item["type"] == "too_short":
        message = "must not be empty"
    return f"{field!r}: {message}" if field else message
