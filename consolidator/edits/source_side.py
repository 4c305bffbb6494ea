"""What becomes of the source: the definitions leave, an import stays, orphans are cleaned up."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

from consolidator.edits.annotation_readers import reads_signatures_of
from consolidator.edits.annotations import quotes_around
from consolidator.edits.closure import Closure
from consolidator.edits.cutting import statement_lines, with_gap_closed
from consolidator.edits.deferring import (
    is_named_as_type,
    is_plain_annotation,
    own_lazy_imports,
    to_be_quoted,
)
from consolidator.edits.exports import departing_exports, is_public
from consolidator.edits.imports.names import Addition, ImportedName
from consolidator.edits.leave_behind import (
    StandIn,
    comment_line,
    import_statement,
    joinable_getattr,
    lazy_branches,
    lazy_leave_behind,
    lint_codes,
    may_stand_above_imports,
    spelled,
    together,
)
from consolidator.edits.moved_text import (
    LazyImport,
    at_top_of,
    lazy_import_edits,
    neighbours,
    outermost_function,
)
from consolidator.edits.own_getattr import given_getattr
from consolidator.edits.pinned import place
from consolidator.edits.rebound import is_used_at_the_end
from consolidator.edits.references import in_target
from consolidator.edits.staying_uses import StayingUses
from consolidator.edits.strategy import Strategy
from consolidator.edits.survey import Survey
from consolidator.edits.text_edit import TextEdit
from consolidator.edits.waiting import gap_for, marks
from consolidator.errors import Problem, Refusal
from consolidator.index.definitions import Definition
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse
from consolidator.names import Span


@dataclass(frozen=True)
class SourceSide:
    """The edits of the source, and the imports that are then to be added to it."""

    edits: tuple[TextEdit, ...]
    additions: tuple[Addition, ...]
    left: frozenset[str]
    """Names that the source still offers through a leave-behind."""
    lazy: bool
    standing_in: tuple[str, ...] = ()
    """The texts that stand where definitions stood."""
    waiting: tuple[Addition, ...] = ()
    """Imports to be added below what the module has to have by then."""


def edit_source(
    survey: Survey,
    closure: Closure,
    strategy: Strategy,
    taken: frozenset[str],
    rules: frozenset[str],
) -> SourceSide:
    """The source without the closure.

    `taken` are the names that other modules get from it in ways that are not rewritten. Raises
    `Refusal` when what stays needs a name at import time that a lazy leave-behind cannot give.
    """
    editor = _SourceEditor(survey, closure, strategy, taken, rules)
    return editor.edit()


class _SourceEditor:
    def __init__(
        self,
        survey: Survey,
        closure: Closure,
        strategy: Strategy,
        taken: frozenset[str],
        rules: frozenset[str],
    ) -> None:
        self.survey, self.closure, self.strategy = survey, closure, strategy
        self.taken, self.rules = taken, rules
        self.source: Module = closure.source
        self.staying = StayingUses(survey, closure)
        self.module_name = spelled(survey.index, self.source, survey.move.target)
        self.additions: list[Addition] = []
        self.standing_in: list[str] = []
        self.waiting: list[Addition] = []

    def edit(self) -> SourceSide:
        left = frozenset(n for d in self.closure.definitions for n in self._left_names(d))
        edits = list(self._cuts(left))
        edits += self._into_functions()
        for name in sorted(self._for_type_checker()):
            self._add_moved_for_type_checker(name)
        if self.strategy.leave_behind == "lazy" and left:
            edits += self._joining(left)
            # A linter and a type checker see no binding in `__getattr__`.
            for name in sorted(left & set(self.source.all_names or ())):
                self._add_moved_for_type_checker(name)
        bound = left | (
            self.staying.at_once if self.strategy.leave_behind == "none" else self.staying.names
        )
        edits += departing_exports(self.source, self.closure.names - bound)
        lazy = self.strategy.leave_behind == "lazy" and bool(left)
        return SourceSide(
            tuple(edits),
            tuple(self.additions),
            left,
            lazy,
            tuple(filter(None, self.standing_in)),
            tuple(self.waiting),
        )

    # -- which names stay importable -------------------------------------------------------------

    def _left_names(self, item: Definition) -> list[str]:
        """The names of a definition that the source goes on to offer."""
        if self.strategy.leave_behind == "none":
            return []
        used = self.staying.names
        is_root = item in self.closure.roots
        return [
            name
            for name in sorted(item.names - self.staying.typing_only)
            if (is_root and name in self.survey.move.names)
            or name in used
            or name in self.taken
            or self._is_known_outside(name)
        ]

    def _is_known_outside(self, name: str) -> bool:
        """Whether others may know a name; `__all__` need not list it for that.

        Not what a block imports on the way to a definition, which may not be there at all.
        """
        if all(binding.kind == "import" for binding in self.source.bindings(name)):
            return False
        is_private = name.startswith("_") and not name.endswith("__")
        return is_public(self.source, name) or not is_private

    def _for_type_checker(self) -> frozenset[str]:
        """The names for the type checker alone that somebody still takes from the source."""
        takers = set(self.staying.names)
        if self.strategy.leave_behind != "none":
            takers |= {*self.taken, *self.survey.move.names}
        return self.staying.typing_only & takers

    # -- cutting ---------------------------------------------------------------------------------

    def _cuts(self, left: frozenset[str]) -> Iterator[TextEdit]:
        lazy_names = [n for d in self.closure.definitions for n in sorted(d.names) if n in left]
        standing_in: dict[int, list[StandIn]] = {}
        given: set[str] = set()
        for item in self.closure.definitions:
            # Two definitions may share a block, and each of them all of its names.
            names = [name for name in sorted(item.names - given) if name in left]
            given |= item.names
            part = self._standing_in(item, names, lazy_names)
            standing_in.setdefault(item.statements[0], []).append(part)
        for group in neighbours(self.closure):
            parts = [part for index in group for part in standing_in.get(index, ())]
            imports = [part for part in parts if part.names]
            if len(imports) > 1 and "I001" in self.rules:
                parts = together(self.source, self.module_name, imports, self.survey.habits)
            text = "".join(part.text for part in parts)
            self.standing_in.append(text)
            yield self._cut(group, text)

    def _standing_in(self, item: Definition, names: list[str], lazy_names: list[str]) -> StandIn:
        newline, comment = self.source.file.newline, self._said_of(item)
        lead = comment + newline if comment else ""
        if self.strategy.leave_behind == "lazy":
            if not lazy_names or item is not self._first_lazy(lazy_names) or self._own_getattr:
                return StandIn()
            renamed, mark = self.survey.renamed, self.survey.habits.nested_mark
            asked = [d for d in self.closure.definitions if not d.names.isdisjoint(lazy_names)]
            lead = "".join(f"{said}{newline}" for d in asked if (said := self._said_of(d)))
            text = lazy_leave_behind(self.module_name, lazy_names, newline, renamed, mark)
            return StandIn(lead, text + newline)
        if not names and self.strategy.leave_behind == "none":
            return self._plain_import(item)
        if not names:
            return StandIn()
        awaited = self.strategy.awaited(self.source.path)
        gap = gap_for(self.source, self.staying.names, awaited, self.closure.statements)
        if gap is not None:
            codes = lint_codes(self.source, names, self.staying.names, gap.lints, self.rules)
            noqa = f"# noqa: {', '.join(codes)}" if codes else ""
            said = "\n".join([*comment.splitlines(), *marks(noqa, gap, self.rules)])
            for name in names:
                imported = in_target(self.survey.move.target, name, self.survey.renamed)
                self.waiting.append(Addition(imported, comment=said))
            return StandIn()
        place, in_order = self.survey.options.leave_behind_place, self.strategy.in_order
        if place == "imports" or in_order == "sorted in":
            self._leave_among_imports(names, comment)
            return StandIn()
        at_top = all(
            may_stand_above_imports(s)
            for index, s in enumerate(self.source.body[: item.statements[0]])
            if index not in self.closure.statements  # an import stands there by then, or nothing
        )
        codes = lint_codes(self.source, names, self.staying.names, at_top, self.rules)
        return self._import(lead, names, codes)

    def _said_of(self, item: Definition) -> str:
        """The comment that says where a definition went."""
        options, target = self.survey.options, self.survey.move.target
        comment = comment_line(options.comment, item.name, item.kind, self.source.name, target)
        return comment.replace("\n", self.source.file.newline)

    def _leave_among_imports(self, names: list[str], comment: str) -> None:
        """Add what left to the imports, marked for the linter where the project lints for that.

        Where imports are held to the order that isort gives, names share a statement: the comments
        of all go to the first.
        """
        for name in names:
            imported = in_target(self.survey.move.target, name, self.survey.renamed)
            codes = lint_codes(self.source, [name], self.staying.names, True, self.rules)
            lines = [comment, f"# noqa: {', '.join(codes)}"] if codes else [comment]
            shares = "I001" in self.rules and self.survey.habits.shares_names is not False
            if shares and self.additions:
                first = self.additions[0]
                comments = "\n".join(dict.fromkeys([*first.comment.splitlines(), comment]))
                self.additions[0] = replace(first, comment=comments)
                lines = lines[1:]
            self.additions.append(Addition(imported, comment="\n".join(filter(None, lines))))

    def _import(self, lead: str, names: list[str], codes: list[str]) -> StandIn:
        given = self._spelled(names)
        code = import_statement(self.module_name, given, codes)
        if self.strategy.in_order == "kept below":
            code += "  # isort: skip"
        return StandIn(lead, code + self.source.file.newline, tuple(given), tuple(codes))

    @cached_property
    def _own_getattr(self) -> bool:
        """Whether the source has a `__getattr__` already, which a second one would replace."""
        return bool(self.source.bindings("__getattr__")) or self._given_getattr is not None

    @cached_property
    def _given_getattr(self) -> ast.AST | None:
        return given_getattr(self.survey.index, self.source)

    def _joining(self, left: frozenset[str]) -> Iterator[TextEdit]:
        """The names in the `__getattr__` that the source has; nothing when it has none."""
        if not self._own_getattr:
            return
        given = self._given_getattr
        function = joinable_getattr(self.source) if given is None else None
        if function is None:
            raise Refusal(
                Problem(
                    "needed-at-import",
                    f"{self.source.name} has a `__getattr__` of its own, of a form that a lazy "
                    "leave-behind cannot join",
                    place(self.source, given or self.source.bindings("__getattr__")[0].node),
                    "leave a plain import behind (--leave-behind import)",
                )
            )
        names = [n for d in self.closure.definitions for n in sorted(d.names) if n in left]
        moved = [d for d in self.closure.definitions if not d.names.isdisjoint(names)]
        comment = [line for d in moved for line in self._said_of(d).splitlines()]
        asked = function.args.args[0].arg
        renamed, mark = self.survey.renamed, self.survey.habits.nested_mark
        branches = lazy_branches(self.module_name, names, renamed, asked, mark)
        yield at_top_of(self.source, function, [*comment, *branches, ""])

    def _spelled(self, names: Iterable[str]) -> list[str]:
        target, renamed = self.survey.move.target, self.survey.renamed
        return [in_target(target, name, renamed).spelled() for name in names]

    def _first_lazy(self, lazy_names: list[str]) -> Definition:
        return next(
            d for d in self.closure.definitions if any(name in lazy_names for name in d.names)
        )

    def _plain_import(self, item: Definition) -> StandIn:
        """Without a leave-behind the source still imports what it uses at once."""
        needed = sorted(item.names & self.staying.at_once)
        return self._import("", needed, []) if needed else StandIn()

    def _cut(self, group: list[int], standing_in: str) -> TextEdit:
        first, last = group[0], group[-1]
        start = statement_lines(self.source, first).start
        span = Span(start, statement_lines(self.source, last).end)
        if not standing_in:
            span = with_gap_closed(self.source, first, last)
            return TextEdit(span, span.of(self.source.text), "")
        replaced = span.of(self.source.text)
        if not replaced.endswith(("\n", "\r")):
            standing_in = standing_in.rstrip("\r\n")
        return TextEdit(span, replaced, standing_in)

    # -- uses that stay, without an import at the class's place ------------------------------------

    def _into_functions(self) -> Iterator[TextEdit]:
        """Functions that stay import themselves what the module does not import at its top."""
        imports: list[LazyImport] = []
        quoted: list[NameUse] = []
        if self.strategy.leave_behind != "import":
            imports += self._lazy_uses(quoted)
        opened, gone = self.strategy.opened_in(self.source.path), self.closure.statements
        imports += own_lazy_imports(self.source, opened, gone)
        for name in sorted(opened):
            uses = [use for use in to_be_quoted(self.source, name) if use.statement not in gone]
            quoted += uses
            if uses or is_named_as_type(self.source, name, gone):
                (item,) = self.source.imports_by_name[name]
                self._add_for_type_checker(ImportedName(item.module, item.name, item.alias))
        yield from lazy_import_edits(self.source, imports, self.survey.habits)
        yield from quotes_around(self.source, quoted)

    def _lazy_uses(self, quoted: list[NameUse]) -> Iterator[LazyImport]:
        """The imports of moved names in what stays; `quoted` gets what becomes a string."""
        for use in self.staying:
            if use.name in self.staying.typing_only:
                continue  # the type checker has an import of its own
            if use.name in self.staying.at_once and self.strategy.leave_behind == "none":
                continue  # a plain import stands at the place
            function = outermost_function(use)
            evaluated = use.statement in self.survey.evaluated or self._is_introspected
            if not (use.deferred or evaluated) and is_plain_annotation(self.source, use):
                quoted.append(use)
                self._add_moved_for_type_checker(use.name)
                continue
            if self.staying.is_at_once(use):
                raise Refusal(self._needed_at_once(use))
            if use.annotation:
                self._add_moved_for_type_checker(use.name)
            elif function is not None:
                (spelled_name,) = self._spelled([use.name])
                yield LazyImport(function, self.module_name, spelled_name)

    def _needed_at_once(self, use: NameUse) -> Problem:
        when = "in a `__del__`" if is_used_at_the_end(use) else "at import time"
        return Problem(
            "needed-at-import",
            f"`{use.name}` is needed by {self.source.name} {when}, so a lazy leave-behind cannot "
            "stand for it",
            place(self.source, use.node),
            "leave a plain import behind (--leave-behind import)",
        )

    @cached_property
    def _is_introspected(self) -> bool:
        return reads_signatures_of(self.survey.index, self.source)

    def _add_moved_for_type_checker(self, name: str) -> None:
        self._add_for_type_checker(in_target(self.survey.move.target, name, self.survey.renamed))

    def _add_for_type_checker(self, imported: ImportedName) -> None:
        addition = Addition(imported, type_checking=True)
        if addition not in self.additions:
            self.additions.append(addition)
