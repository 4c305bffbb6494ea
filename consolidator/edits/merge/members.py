"""Two classes held against each other, member by member."""

from __future__ import annotations

import ast
import difflib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from consolidator.edits.merge.sameness import code_of, is_idle, plain_code
from consolidator.index.class_identity.shape import bound
from consolidator.index.definitions import Definition
from consolidator.index.module import Module

# What the others of a class's users get to feel, though they never ask for it by name.
_SILENT = frozenset({"__doc__", "__module__", "__all__", "__repr__", "__str__"})


@dataclass(frozen=True)
class Member:
    """What a class body binds to a name: a method, a field, a property with its setter."""

    name: str
    nodes: tuple[ast.stmt, ...]
    code: str

    @property
    def is_function(self) -> bool:
        return all(isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef) for n in self.nodes)


@dataclass(frozen=True)
class ClassSide:
    """One of the two: the class statement, its members, and what is set on it afterwards."""

    module: Module
    definition: Definition
    renamed: Mapping[str, str]

    @cached_property
    def node(self) -> ast.ClassDef | None:
        """The class statement; None when it is not one plain statement."""
        found = [self.module.body[index] for index in self.definition.statements]
        classes = [statement for statement in found if isinstance(statement, ast.ClassDef)]
        return classes[0] if len(classes) == 1 and found[0] is classes[0] else None

    @cached_property
    def members(self) -> dict[str, Member]:
        """In the order of the first statement of each."""
        groups: dict[str, list[ast.stmt]] = {}
        for statement in self.node.body if self.node else ():
            if not is_idle(statement):
                names = ", ".join(dict.fromkeys(bound(statement)))
                groups.setdefault(names or ast.unparse(statement), []).append(statement)
        return {
            name: Member(name, tuple(nodes), self._code(nodes)) for name, nodes in groups.items()
        }

    def _code(self, nodes: Iterable[ast.stmt]) -> str:
        return "\n".join(plain_code(self.module, node, self.renamed) for node in nodes)

    @cached_property
    def header(self) -> dict[str, str]:
        """Bases, keywords, decorators and type parameters, as they are written."""
        node = self.node
        if node is None:
            return {}
        bases = [base for base in node.bases if not _is_object(base)]
        return {
            "decorators": _listed(node.decorator_list),
            "bases": _listed(bases),
            "keywords": ", ".join(f"{k.arg}={ast.unparse(k.value)}" for k in node.keywords),
            "type parameters": _listed(getattr(node, "type_params", [])),
        }

    @cached_property
    def attached(self) -> list[str]:
        """What is set on the class afterwards: `C.limit = 3`."""
        return code_of(self.module, self.definition, self.renamed)[1:]


@dataclass(frozen=True)
class Comparison:
    """A copy held against the home's class."""

    copy: ClassSide
    home: ClassSide

    @cached_property
    def only_copy(self) -> tuple[Member, ...]:
        """The members that the home lacks."""
        return tuple(m for n, m in self.copy.members.items() if n not in self.home.members)

    @cached_property
    def only_home(self) -> tuple[Member, ...]:
        """The members that the copy lacks."""
        return tuple(m for n, m in self.home.members.items() if n not in self.copy.members)

    @cached_property
    def common(self) -> tuple[str, ...]:
        """Names that both have, in the copy's order."""
        return tuple(name for name in self.copy.members if name in self.home.members)

    @cached_property
    def conflicts(self) -> tuple[str, ...]:
        """In what the two contradict each other; empty when together they would make one class."""
        if self.copy.node is None or self.home.node is None:
            return ("they are not one plain class statement each",)
        found = [part for part, text in self.copy.header.items() if text != self.home.header[part]]
        found += [n for n in self.common if self.copy.members[n].code != self.home.members[n].code]
        if self.copy.attached != self.home.attached:
            found.append("what is set on it afterwards")
        if not found and self._order(self.copy) != self._order(self.home):
            found.append("order")
        return tuple(found)

    def _order(self, side: ClassSide) -> list[str]:
        """Methods can stand in any order; what runs with the class statement cannot."""
        common = set(self.common)
        return [n for n, m in side.members.items() if n in common and not m.is_function]

    def difference(self, most: int = 60) -> str:
        """The two texts, member by member, as lines of a diff from the home's to the copy's."""
        lines: list[str] = []
        for part in [p for p in self.conflicts if p in self.copy.header]:
            lines += [f"- {part}: {self.home.header[part] or 'none'}"]
            lines += [f"+ {part}: {self.copy.header[part] or 'none'}"]
        for name in {**self.home.members, **self.copy.members}:
            mine, theirs = self.copy.members.get(name), self.home.members.get(name)
            if mine is None or theirs is None or mine.code != theirs.code:
                lines += _diff(theirs, mine)
        return "\n".join([*lines[:most], *(["…"] if len(lines) > most else [])])


def surprising(members: Iterable[Member]) -> Iterator[Member]:
    """Members that act without being asked for by name: `__init__`, `__eq__`, abstract ones."""
    for member in members:
        dunder = member.name.startswith("__") and member.name.endswith("__")
        quiet = member.name in _SILENT or _needs_nothing(member)
        if (dunder and not quiet) or any(map(_is_abstract, member.nodes)):
            yield member


def _needs_nothing(member: Member) -> bool:
    """`def __init__(self, size=3)`: whoever made it without arguments still can."""
    node = member.nodes[0]
    if member.name != "__init__" or not isinstance(node, ast.FunctionDef):
        return False
    arguments = node.args
    required = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    return required == 1 and all(arguments.kw_defaults)


def _is_abstract(node: ast.stmt) -> bool:
    return any(
        getattr(d, "attr", getattr(d, "id", "")).startswith("abstract")
        for d in getattr(node, "decorator_list", [])
    )


def _is_object(base: ast.expr) -> bool:
    return isinstance(base, ast.Name) and base.id == "object"


def _listed(nodes: Iterable[ast.AST]) -> str:
    return ", ".join(map(ast.unparse, nodes))


def _diff(old: Member | None, new: Member | None) -> list[str]:
    before = [line for node in (old.nodes if old else ()) for line in _lines(node)]
    after = [line for node in (new.nodes if new else ()) for line in _lines(node)]
    if not before:
        return ["+ " + line for line in after[:1]]
    if not after:
        return ["- " + line for line in before[:1]]
    return [
        f"{line[0]} {line[1:]}"
        for line in list(difflib.unified_diff(before, after, lineterm="", n=1))[2:]
        if not line.startswith("@@")
    ]


def _lines(node: ast.stmt) -> list[str]:
    return ast.unparse(node).splitlines()
