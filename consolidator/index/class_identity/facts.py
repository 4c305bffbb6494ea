"""What one class is made of, read from the text of its statement alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from consolidator.errors import Refusal
from consolidator.index.class_identity.code import text_digest
from consolidator.index.class_identity.heads import head
from consolidator.index.class_identity.shape import class_shape
from consolidator.index.class_identity.text_facts import text_facts
from consolidator.index.index import Index
from consolidator.index.outline import Outline, OutlinedClass
from consolidator.index.outlining import outline
from consolidator.names import ModuleName, QualifiedName

_LINE_END = re.compile(r"\r\n?")  # carriage returns end lines, alone or not

MemberKind = Literal["method", "field", "class", "statement"]


@dataclass(frozen=True, slots=True)
class HeaderPart:
    """One decorator, base, keyword or type parameter of a class."""

    part: Literal["decorators", "bases", "keywords", "type parameters"]
    code: str
    """Equal for parts that say the same."""
    source: str


@dataclass(frozen=True, slots=True)
class Member:
    """What the statements in a class body that bind one name (or none) make up."""

    name: str
    kind: MemberKind
    code: str
    """Equal for members that say the same, apart from layout, comments and docstrings."""
    first_line: int
    """1-based, in the file, decorators included."""
    last_line: int


@dataclass(frozen=True, eq=False)
class ClassFacts:
    """A top-level class: its header, its members, and what is said about it."""

    qualified: QualifiedName
    path: str
    first_line: int
    """1-based, decorators included."""
    last_line: int
    text: str = field(repr=False)
    """Its lines as they stand in the file."""
    header: tuple[HeaderPart, ...]
    members: Mapping[str, Member]
    """By name, in order."""
    eager: tuple[str, ...]
    """The members whose order among each other can matter in any class."""
    docstring: str | None
    postpones_annotations: bool
    """Whether its module has `from __future__ import annotations`."""

    @cached_property
    def bytes_digest(self) -> str:
        """Equal for classes that are written the same, apart from their own indentation."""
        return text_digest(without_indentation(self.text))

    @cached_property
    def header_code(self) -> tuple[tuple[str, str], ...]:
        """Equal for headers that say the same."""
        return tuple((part.part, part.code) for part in self.header)

    @cached_property
    def code(self) -> str:
        """Equal for classes of the same header and members; order is another matter."""
        members = sorted((member.name, member.code) for member in self.members.values())
        return text_digest(repr((self.header_code, members)))

    def head(self, member: str) -> str:
        """A member in one line: `def f(self, x)`, `x: int = 3`."""
        if member not in self._heads:
            self._heads[member] = head(self.source(member))
        return self._heads[member]

    @cached_property
    def _heads(self) -> dict[str, str]:
        return {}

    @cached_property
    def _lines(self) -> list[str]:
        return self.text.split("\n")

    def source(self, member: str) -> str:
        """The lines of a member, as far left as they go."""
        found = self.members[member]
        above = self.first_line
        lines = self._lines[found.first_line - above : found.last_line - above + 1]
        return without_indentation("\n".join(lines))


Place = tuple[str, OutlinedClass]
"""A class in a file: the path, and what its outline says of it."""


def class_facts(index: Index, module: str, name: str) -> ClassFacts | None:
    """The class that `module` defines at its top level; None when it defines none of that name.

    Where the module defines it several times, the last one counts.
    """
    path = index.workspace.path_of(module)
    if path is None:
        return None
    try:
        outlined = outline(index.workspace.file(path).text)
    except (SyntaxError, Refusal):
        return None
    places = [(path, item) for item in outlined.classes if item.name == name]
    places = [place for place in places if not place[1].column] or places
    if not places:
        return None
    return read_classes(index, {path: outlined}, places[-1:]).get(places[-1])


def read_classes(
    index: Index, outlines: Mapping[str, Outline], places: Iterable[Place]
) -> dict[Place, ClassFacts]:
    """The facts of many classes; those that cannot be read are left out."""
    texts = class_texts(index, places)
    shapes = text_facts(index, "class", class_shape, texts.values())
    return {
        place: _facts(index, outlines[place[0]], place, text, shapes[text])
        for place, text in texts.items()
        if text in shapes
    }


def class_texts(index: Index, places: Iterable[Place]) -> dict[Place, str]:
    """The lines of each class."""
    by_path: dict[str, list[Place]] = {}
    for place in places:
        by_path.setdefault(place[0], []).append(place)
    found = {}
    for path, wanted in by_path.items():
        lines = lines_of(index, path)
        for place in wanted:
            found[place] = "\n".join(lines[place[1].first_line - 1 : place[1].last_line])
    return found


def lines_of(index: Index, path: str) -> list[str]:
    """The lines of a file without their ends; none when it cannot be decoded."""
    try:
        text = index.workspace.file(path).text
    except Refusal:
        return []
    if "\r" in text:
        text = _LINE_END.sub("\n", text)
    return text.split("\n")  # `str.splitlines` would also split at form feeds


def without_indentation(text: str) -> str:
    """A text whose lines start that much further left than its first one does."""
    indentation = text[: len(text) - len(text.lstrip(" \t"))]
    if not indentation:
        return text
    lines = text.split("\n")
    return "\n".join(line.removeprefix(indentation) for line in lines)


def _facts(
    index: Index, outlined: Outline, place: Place, text: str, shape: Mapping[str, Any]
) -> ClassFacts:
    path, item = place
    above = item.first_line - 1
    module = index.workspace.module_of(path) or ModuleName(path.removesuffix(".py"))
    members = (
        Member(name, kind, code, first + above, last + above)
        for name, kind, code, first, last in shape["members"]
    )
    return ClassFacts(
        QualifiedName(module, shape["name"]),
        path,
        item.first_line,
        item.last_line,
        text,
        tuple(HeaderPart(*part) for part in shape["header"]),
        {member.name: member for member in members},
        tuple(shape["eager"]),
        shape["doc"],
        postpones_annotations(outlined),
    )


def postpones_annotations(outlined: Outline) -> bool:
    """Whether a file has `from __future__ import annotations`."""
    return any(
        item.module == "__future__" and item.name == "annotations" for item in outlined.imports
    )
