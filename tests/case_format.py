"""The text of a case under fixtures/: read into plain values, and written back.

fixtures/README.md explains the format to people; this file is its only reader.
"""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass, field, replace
from pathlib import Path

FIXTURES = Path(__file__).parent.parent / "fixtures"

EXPECTATIONS = ("diff", "moved", "refused", "usage error", "output")
SETTINGS = ("run", "warns", "fails before", "python", "roots", "lint")
MARKER = re.compile(r"-- (?P<title>\S.*?) --\n")
PLACED = re.compile(r"(?P<path>.+?)(?: \[(?P<kind>executable|read-only|symlink|hard-link)\])?")


@dataclass(frozen=True)
class Entry:
    """One file of a tree: its bytes (of a link: what it points at) and what kind of file it is."""

    data: bytes
    kind: str = "file"


@dataclass(frozen=True)
class Expectation:
    """What one command must come to: `diff`, `moved` (see after/), `refused`, `usage error`.

    Of a command that only reads, `output`: what it prints, and its exit code.
    """

    kind: str
    body: str = ""
    code: int = 0

    @property
    def lines(self) -> tuple[str, ...]:
        """The problem codes of a refusal, each perhaps with its `path:line`."""
        return tuple(line.strip() for line in self.body.splitlines() if line.strip())


@dataclass(frozen=True)
class Case:
    """One case: a sentence, commands, a tree, a program that must not notice, what must happen."""

    name: str
    location: Path
    sentence: str
    commands: tuple[tuple[str, ...], ...]
    tree: dict[str, Entry]
    installed: dict[str, Entry]
    settings: dict[str, str]
    expectations: tuple[Expectation, ...] = field(default=())

    @property
    def is_folder(self) -> bool:
        """Whether the bytes stand in `before/` and `after/` rather than in one text file."""
        return self.location.is_dir()

    @property
    def roots(self) -> tuple[str, ...]:
        """The directories below the tree that the run program has on its path."""
        if "roots" in self.settings:
            return tuple(self.settings["roots"].split())
        has_src = any(path.startswith("src/") for path in self.tree)
        return ("", "src") if has_src else ("",)

    @property
    def warnings(self) -> tuple[str, ...]:
        """The warnings that must be reported, each perhaps with its `path:line`."""
        return tuple(filter(None, self.settings.get("warns", "").splitlines()))

    @property
    def edge_cases(self) -> tuple[tuple[str, int], ...]:
        """The lines of the lists of edge cases that the sentence names: `Moving 13`."""
        found = re.findall(r"(Moving|Finding) (\d+)", self.sentence)
        return tuple((area, int(number)) for area, number in found)


def every_case() -> list[Case]:
    """All cases under fixtures/, by name."""
    files = FIXTURES.glob("*/*.case")
    folders = (text.parent for text in FIXTURES.glob("*/*/case.txt"))
    return sorted((read_case(path) for path in (*files, *folders)), key=lambda case: case.name)


def read_case(location: Path) -> Case:
    """The case in one text file or folder; ValueError says what is wrong with its text."""
    text_file = location / "case.txt" if location.is_dir() else location
    text = text_file.read_bytes().decode()
    name = f"{location.parent.name}/{location.name.removesuffix('.case')}"
    head, sections = _split(text)
    sentence, _, command_text = head.partition("\n$ ")
    commands = tuple(_command(line, name) for line in ("$ " + command_text).splitlines() if line)
    case = Case(name, location, sentence.strip(), commands, {}, {}, {})
    for title, body in sections:
        case = _with_section(case, title, body)
    if location.is_dir():
        return replace(case, tree=_read_tree(location / "before"))
    return case


def write_case(case: Case) -> None:
    """Put the case's expectations and warnings into its file; all else stays byte for byte."""
    text_file = case.location / "case.txt" if case.is_folder else case.location
    head, sections = _split(text_file.read_bytes().decode())
    kept = [(t, b) for t, b in sections if t not in (*EXPECTATIONS, "exit", "warns")]
    for expected in case.expectations:
        kept.append((expected.kind, expected.body))
        if expected.kind == "output" and expected.code:
            kept.append(("exit", f"{expected.code}\n"))
    if case.settings.get("warns"):
        kept.append(("warns", case.settings["warns"]))
    text = head + "".join(f"-- {title} --\n{body}" for title, body in kept)
    text_file.write_bytes(text.encode())


def _split(text: str) -> tuple[str, list[tuple[str, str]]]:
    """The head above the first marker line, then each section's title and body."""
    head: list[str] = []
    sections: list[tuple[str, list[str]]] = []
    for line in re.findall(r"[^\n]*\n|[^\n]+", text):
        if marker := MARKER.fullmatch(line):
            sections.append((marker["title"], []))
        else:
            (sections[-1][1] if sections else head).append(line)
    return "".join(head), [(title, "".join(body)) for title, body in sections]


def _command(line: str, name: str) -> tuple[str, ...]:
    words = tuple(shlex.split(line))
    if words[:2] != ("$", "consolidate"):
        raise ValueError(f"{name}: a command line starts with `$ consolidate`, not {line!r}")
    return words[2:]


def _with_section(case: Case, title: str, body: str) -> Case:
    if title in EXPECTATIONS:
        return replace(case, expectations=(*case.expectations, Expectation(title, body)))
    if title == "exit":
        *others, last = case.expectations
        return replace(case, expectations=(*others, replace(last, code=int(body))))
    if title in SETTINGS:
        return replace(case, settings=case.settings | {title: body})
    placed = PLACED.fullmatch(title)
    if placed is None or not re.search(r"[./]", title):
        raise ValueError(f"{case.name}: what is the section {title!r}?")
    kind = placed["kind"] or "file"
    data = body.strip() if kind in ("symlink", "hard-link") else body
    entry = Entry(data.encode(), kind)
    path = placed["path"]
    if path.startswith("installed: "):
        return replace(case, installed=case.installed | {path.removeprefix("installed: "): entry})
    return replace(case, tree=case.tree | {path: entry})


def _read_tree(directory: Path) -> dict[str, Entry]:
    return {
        path.relative_to(directory).as_posix(): Entry(path.read_bytes())
        for path in sorted(directory.rglob("*"))
        if path.is_file()
    }
