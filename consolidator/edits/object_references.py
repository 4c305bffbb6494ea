"""References through objects: a moved name read from something that holds its old module.

`self.helpers.C`, `module.C` of a parameter, `import_module("old").C` go on to work through the
leave-behind, so they are listed and never rewritten. A list is of use only when it is short.
So what certainly is no module is left out, and so is what nothing can tell, unless the project
hands the old module around as a value at all.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from consolidator.edits.attribute_uses import attribute_uses
from consolidator.edits.draft import Draft
from consolidator.edits.handed_modules import hands_around, lines_with
from consolidator.edits.pinned import place
from consolidator.edits.references import Reference
from consolidator.errors import Location
from consolidator.index.held_modules import HeldModules, nodes_on
from consolidator.index.importers import importers
from consolidator.index.inference import Inference
from consolidator.index.last_names import last_name
from consolidator.index.module import Module

REACHED = "reached through an object; works through the leave-behind"
NOT_LEFT = "reached through an object; nothing is left behind for it, so change it by hand"
CANNOT_TELL = "cannot tell whether this is it"
_MOST_LISTED = 50


def object_references(draft: Draft) -> tuple[Reference, ...]:
    """The places that reach a moved name through an object, or may do so; raises nothing."""
    search = _Search(draft)
    held, open_questions = search.positions()
    found = [Reference("object", p.location, False, search.note(p.name)) for p in held]
    untold: list[_Position] = []
    for position in search.worth_asking(open_questions):
        verdict = search.ask(position)
        if verdict:
            found.append(Reference("object", position.location, False, search.note(position.name)))
        elif verdict is None and search.is_handed_around:
            untold.append(position)
    found += _untold(untold)
    return tuple(sorted(set(found), key=lambda r: (r.location.path, r.location.line, r.note)))


@dataclass(frozen=True, slots=True, eq=False)
class _Position:
    """One `base.C` or `getattr(base, "C")`."""

    module: Module
    node: ast.Attribute | ast.Call
    base: ast.expr
    name: str

    @property
    def location(self) -> Location:
        return place(self.module, self.node)


class _Search:
    def __init__(self, draft: Draft) -> None:
        survey = draft.survey
        self.index, self.source, self.left = draft.index, survey.source, draft.left
        definitions = (*survey.roots, *draft.closure.definitions)
        self.names = frozenset().union(*(item.names for item in definitions))
        self.lines = {
            getattr(binding.node, "lineno", 0)
            for name in self.names
            for binding in self.source.bindings(name)
        }
        self.values = HeldModules(self.index)
        workspace = self.index.workspace
        self.inference = Inference(
            workspace.root,
            [root.directory for root in workspace.roots],
            lambda path: workspace.file(path).data if workspace.has(path) else None,
        )
        self._handed_around: bool | None = None

    def note(self, name: str) -> str:
        return REACHED if name in self.left else NOT_LEFT

    # -- finding -----------------------------------------------------------------------------

    def positions(self) -> tuple[list[_Position], list[_Position]]:
        """Those that certainly reach the old module, and those that nothing static decides."""
        held: list[_Position] = []
        unknown: list[_Position] = []
        words = "|".join(sorted(map(re.escape, self.names)))
        likely = re.compile(rf"""\.\s*(?:\\\s*)?(?:{words})\b|["'](?:{words})["']""")
        for module in self.index.mentioning(self.names):
            for position in self._positions_in(module, lines_with(module, likely)):
                value = self.values.value(module, position.base)
                if value.kind == "module" and value.module == self.source.name:
                    held.append(position)
                elif value.kind == "unknown":
                    unknown.append(position)
        return held, unknown

    def _positions_in(self, module: Module, lines: set[int]) -> Iterator[_Position]:
        if not lines:
            return
        known = {
            id(attribute)
            for use in attribute_uses(self.index, module, self.source.name, self.names)
            for attribute in use.use.attributes
        }
        for node in nodes_on(module.syntax.tree, lines):
            if isinstance(node, ast.Attribute) and node.attr in self.names:
                if id(node) not in known:
                    yield _Position(module, node, node.value, node.attr)
            elif isinstance(node, ast.Call) and last_name(node.func) == "getattr":
                name = getattr(node.args[1], "value", None) if len(node.args) > 1 else None
                if isinstance(name, str) and name in self.names:
                    yield _Position(module, node, node.args[0], name)

    # -- asking ------------------------------------------------------------------------------

    def worth_asking(self, positions: list[_Position]) -> list[_Position]:
        """All when some object may hold the module, else those that bear the module's name."""
        if not positions or self.is_handed_around:
            return positions
        return [p for p in positions if last_name(p.base) == self.source.name.tail]

    def ask(self, position: _Position) -> bool | None:
        """Whether rope finds the moved definition there; None when it cannot tell."""
        module, node = position.module, position.node
        text, span = module.text, module.syntax.span(node)
        offset = span.end - len(position.name)
        if isinstance(node, ast.Call):
            # rope does not look through `getattr`, so it is shown the access itself.
            access = f"{module.syntax.span(position.base).of(text)}.{position.name}"
            text = text[: span.start] + access + text[span.end :]
            offset = span.start + len(access) - len(position.name)
        found = self.inference.definition_at(module.path, text, offset)
        if found is None:
            return None
        path, line = found
        return path == self.source.path and line in self.lines

    @property
    def is_handed_around(self) -> bool:
        """Whether the project uses the old module as a value: passes, stores or returns it."""
        if self._handed_around is None:
            self._handed_around = any(
                hands_around(self.values, module, self.source.name) for module in self._holders()
            )
        return self._handed_around

    def _holders(self) -> Iterator[Module]:
        yield self.source
        importing = importers(self.index, self.source.name)
        yield from importing
        known = {module.path for module in importing} | {self.source.path}
        tail = re.escape(self.source.name.tail)
        quoted = re.compile(rf"""["'][\w.]*\b{tail}["']""".encode())
        calls = re.compile(rb"import_module|__import__|importorskip|\bmodules\b")
        for file in self.index.workspace.mentioning({self.source.name.tail}):
            if file.path not in known and quoted.search(file.data) and calls.search(file.data):
                module = self.index.readable(file.path)
                if module is not None:
                    yield module


def _untold(positions: list[_Position]) -> Iterator[Reference]:
    """One line each, or one a file when there are too many to be read."""
    if len(positions) <= _MOST_LISTED:
        for position in positions:
            yield Reference("object", position.location, False, CANNOT_TELL)
        return
    by_path: dict[str, list[_Position]] = {}
    for position in positions:
        by_path.setdefault(position.module.path, []).append(position)
    for group in by_path.values():
        more = f" (and {len(group) - 1} more in this file)" if len(group) > 1 else ""
        yield Reference("object", group[0].location, False, CANNOT_TELL + more)
