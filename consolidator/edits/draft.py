"""One way of carrying out a move, written out in full: the workspace after it, and why."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from consolidator.edits.closure import Closure, close
from consolidator.edits.deferring import deferrable_imports, deferred_uses, is_named_as_type
from consolidator.edits.imports import edit_imports
from consolidator.edits.imports.names import Addition, Category, ImportSite, Surroundings
from consolidator.edits.leave_behind import comment_line, names_left_behind
from consolidator.edits.merge.home_side import edit_home, needs_at_home, split_patch
from consolidator.edits.moved_text import lazy_import_edits
from consolidator.edits.needs import Need, resolve_needs
from consolidator.edits.orphans import Orphans, find_orphans
from consolidator.edits.pinned import split_rebindings
from consolidator.edits.placement import Placement
from consolidator.edits.references import (
    FileReferences,
    Reference,
    in_target,
    rewrite_references,
)
from consolidator.edits.registrations import reordered_registrations, sealed_families
from consolidator.edits.source_side import SourceSide, edit_source
from consolidator.edits.strategy import Strategy
from consolidator.edits.strings import StringEdits, edit_strings, find_strings, find_text_mentions
from consolidator.edits.stubs import stub_texts
from consolidator.edits.survey import Survey
from consolidator.edits.target_side import Classify, TargetSide, edit_target
from consolidator.edits.text_edit import TextEdit, apply_edits, disjoint
from consolidator.edits.tree_edit import changed_bytes
from consolidator.errors import Location, Problem, Refusal
from consolidator.index.importers import star_importers
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.names import ModuleName, Span
from consolidator.workspace import SourceFile, Workspace
from consolidator.workspace.lint import selected_rules


@dataclass(frozen=True)
class Draft:
    """The outcome of one strategy: not yet proved, not yet written."""

    survey: Survey
    strategy: Strategy
    closure: Closure
    needs: tuple[Need, ...]
    placement: Placement | None
    texts: dict[str, str] = field(repr=False)
    """New texts by path."""
    references: tuple[Reference, ...] = ()
    split: frozenset[str] = frozenset()
    orphaned: frozenset[str] = frozenset()
    """Names that the source imported for the moved code alone, and no longer does."""
    left: frozenset[str] = frozenset()
    leaving: Closure | None = None
    """What leaves the source, where that is more than what arrives."""
    accepted: tuple[Problem, ...] = ()
    """Reasons to refuse that a person has accepted."""

    @property
    def index(self) -> Index:
        return self.survey.index

    @property
    def gone(self) -> Closure:
        """Everything that leaves the source."""
        return self.leaving or self.closure

    def changes(self) -> dict[str, bytes]:
        """The bytes to write, by path; only of files that differ."""
        return changed_bytes(self.index.workspace, self.texts)

    def after(self) -> Workspace:
        """The workspace as it would be."""
        return self.index.workspace.with_changes(self.changes())


_SAYING_TYPE_CHECKING = frozenset({("typing", None), ("typing", "TYPE_CHECKING")})


def _only_imports(module: Module) -> bool:
    """Whether a module is there for its imports: others take their names from it."""
    simple = (ast.Import, ast.ImportFrom, ast.Expr, ast.Assign)
    return all(isinstance(statement, simple) for statement in module.body)


def draft_move(survey: Survey, strategy: Strategy) -> Draft:
    """Carry out a move in memory. Raises `Refusal` when this strategy cannot do it."""
    return _Drafter(survey, strategy).draft()


class _Drafter:
    def __init__(self, survey: Survey, strategy: Strategy) -> None:
        self.survey, self.strategy, self.index = survey, strategy, survey.index
        self.classify = classifier(survey.index.workspace, survey.move.target)
        self.texts: dict[str, str] = {}
        self.references: list[Reference] = []

    def draft(self) -> Draft:
        survey, strategy = self.survey, self.strategy
        arriving = tuple(r for r in survey.roots if r.name not in survey.merged)
        closure = close(
            survey.source, arriving, strategy, survey.pinned, survey.taken, survey.evaluated
        )
        refuse_unless_accepted(
            split_rebindings(survey.source, closure.statements, survey.taken), survey
        )
        accepted = refuse_unless_accepted(
            [
                *reordered_registrations(closure),
                *sealed_families(closure, strategy.leave_behind),
            ],
            survey,
        )
        needs = resolve_needs(self.index, closure, survey.target, strategy, survey.replaced)
        leaving = self._leaving(closure)
        if survey.twin is not None:
            needs = needs_at_home(leaving)
            target = edit_home(survey, leaving, self.classify)
        else:
            target = edit_target(survey, closure, needs, strategy, self.classify)
        others = list(self._others(leaving))
        source = edit_source(
            survey,
            leaving,
            strategy,
            self._taken_elsewhere(leaving, others),
            selected_rules(self.index.workspace.root),
        )
        strings = self._strings(leaving, needs, source, others)
        needed = self._needed_by(source) | self._kept_for_their_order()
        needed |= names_left_behind(survey.source, survey.options.comment)
        # what the moved code imports from the source
        needed |= {
            str(imported.name)
            for need in needs
            for imported in need.imported
            if imported.module == survey.source.name
        }
        orphans = find_orphans(self.index, leaving, needed, strings.released)
        self._write_source(leaving, source, orphans, strings)
        self._write_target(target)
        self._write_others(others, strings)
        self.texts |= stub_texts(survey, leaving, strategy, self.classify)
        self.references += target.references
        return Draft(
            survey,
            strategy,
            closure,
            needs,
            target.placement,
            self.texts,
            tuple(self.references),
            frozenset() if survey.twin else strings.split,
            frozenset(orphans.names),
            source.left,
            leaving,
            (*accepted, *strings.accepted),
        )

    def _leaving(self, closure: Closure) -> Closure:
        """What leaves the source: more than what arrives where the target has some of it."""
        survey = self.survey
        if survey.twin is not None:
            plain = Strategy("import back")
            return close(survey.source, survey.roots, plain, survey.pinned, survey.taken)
        return replace(closure, roots=survey.roots) if survey.merged else closure

    # -- other files -----------------------------------------------------------------------------

    def _others(self, closure: Closure) -> Iterator[FileReferences]:
        survey = self.survey
        inside = set(closure.statements)
        read_in_source = frozenset(
            name
            for name in closure.names
            for use in survey.source.readers.get(name, [])
            if use.statement not in inside and self.strategy.leave_behind == "import"
        )
        skip = {survey.source.path, survey.target.path if survey.target else ""}
        concerned = {module.path: module for module in self.index.mentioning(closure.names)}
        if self.strategy.leave_behind != "import":
            # from source import *: it gives them the names without their saying so
            stars = star_importers(self.index, survey.source.name)
            concerned |= {module.path: module for module in stars}
        for module in concerned.values():
            if module.path in skip or module.path in self.strategy.kept_importers:
                continue
            found = rewrite_references(
                self.index,
                module,
                survey.source.name,
                survey.move.target,
                closure.names,
                read_in_source,
                survey.renamed,
                leaves_nothing=self.strategy.leave_behind == "none",
            )
            if self.strategy.leave_behind == "none":
                _refuse_what_is_left(found)
            self._rescue(found, closure)
            found.edits += self._comments(found)
            if module.path in self.strategy.deferred_importers:
                self._defer(found)
            if found.changes_something or found.references:
                yield found

    def _comments(self, found: FileReferences) -> Iterator[TextEdit]:
        """A leave-behind that follows says in its comment where to."""
        survey, module = self.survey, found.module
        template = survey.options.comment
        for site in found.retarget:
            span = module.syntax.line_span(max(site.node.lineno - 1, 1))
            above = span.of(module.text).rstrip("\r\n")
            span = Span(span.start, span.start + len(above))
            for kind in ("class", "function", "constant") if above.startswith("#") else ():
                told = (template, site.alias.asname or site.alias.name, kind, module.name)
                if above == comment_line(*told, survey.source.name):
                    yield TextEdit(span, above, comment_line(*told, survey.move.target))

    def _rescue(self, found: FileReferences, closure: Closure) -> None:
        """Without a plain import left behind, a star importer gets an import of its own."""
        if self.strategy.leave_behind == "import":
            return
        module = found.module
        for star in module.star_imports:
            if star.module != self.survey.source.name:
                continue
            for name in sorted(closure.names):
                used = name in module.readers or module.is_package
                if (
                    used or (_only_imports(module) and not name.startswith("_"))
                ) and name not in module.scope.bindings:
                    found.add.append(in_target(self.survey.move.target, name, self.survey.renamed))
                    self.references.append(
                        Reference("star import", _first_line(module, star.node.lineno), True)
                    )

    def _defer(self, found: FileReferences) -> None:
        """Import the moved names inside the functions that use them."""
        module = found.module
        deferrable = deferrable_imports(self.index, module)
        for item in module.imports:
            site = ImportSite(item.node, item.index)
            imported = found.retarget.get(site)
            if imported is None or item.bound not in deferrable or item.scope is not module.scope:
                continue
            del found.retarget[site]
            found.remove.append(site)
            spelled: str = imported.module
            if getattr(item.node, "level", 0):
                spelled = Surroundings(module.name, False).relative_or_full(imported.module)
            uses = deferred_uses(module, item.bound, spelled, imported.spelled())
            found.edits += lazy_import_edits(module, uses)
            if is_named_as_type(module, item.bound):
                found.for_types.append(imported)

    def _taken_elsewhere(
        self, closure: Closure, others: Iterable[FileReferences]
    ) -> frozenset[str]:
        """Moved names that some module still takes from the source."""
        taken: set[str] = set()
        for found in others:
            if any(not reference.rewritten for reference in found.references):
                taken |= {n for n in closure.names if n in found.module.text}
        if any(path for path in self.strategy.kept_importers):
            taken |= closure.names
        if any(star_importers(self.index, self.survey.source.name)):
            taken |= {name for name in closure.names if not name.startswith("_")}
        return frozenset(taken)

    def _write_others(self, others: list[FileReferences], strings: StringEdits) -> None:
        by_path = {found.module.path: found for found in others}
        for path in sorted({*by_path, *strings.edits}):
            if path in self.texts:
                continue
            found = by_path.get(path)
            edits = list(strings.edits.get(path, []))
            text = self.index.workspace.file(path).text
            if found is not None:
                self.references += found.references
                edits += found.edits
                edits = _without_lost_comments(edits, self._import_edits(found))
            if edits:
                self.texts[path] = apply_edits(text, _unique(edits))

    def _import_edits(self, found: FileReferences) -> list[TextEdit]:
        if not (found.retarget or found.remove or found.add or found.for_types):
            return []
        module = found.module
        return edit_imports(
            module.syntax,
            module.name,
            module.is_package,
            newline=module.file.newline,
            classify=self.classify,
            remove=found.remove,
            retarget=found.retarget,
            add=[
                *(Addition(imported) for imported in dict.fromkeys(found.add)),
                *(Addition(imported, type_checking=True) for imported in found.for_types),
            ],
        )

    # -- strings ---------------------------------------------------------------------------------

    def _strings(
        self,
        closure: Closure,
        needs: tuple[Need, ...],
        source: SourceSide,
        others: Iterable[FileReferences],
    ) -> StringEdits:
        survey = self.survey
        uses = [
            *find_strings(self.index, survey.source.name),
            *find_text_mentions(self.index, survey.source.name, closure.names),
        ]
        at_call_time = frozenset(
            site.alias.name
            for found in others
            for site in found.retarget
            if any(i.node is site.node and i.is_deferred for i in found.module.imports)
        )
        found = edit_strings(
            uses,
            closure,
            needs,
            survey.move.target,
            survey.options,
            source.left,
            at_call_time,
            survey.renamed,
            is_bound=self.strategy.leave_behind == "import",
        )
        if survey.twin is not None:
            refuse_unless_accepted([split_patch(closure, n) for n in sorted(found.split)], survey)
        self.references += found.references
        return found

    # -- source and target -----------------------------------------------------------------------

    def _kept_for_their_order(self) -> set[str]:
        if not self.strategy.keep_orphans:
            return set()
        workspace = self.index.workspace
        imports = self.survey.source.imports
        return {item.bound for item in imports if workspace.is_first_party(item.module)}

    def _needed_by(self, source: SourceSide) -> set[str]:
        names = {addition.imported.bound() for addition in source.additions}
        if any(addition.type_checking for addition in source.additions):
            # if TYPE_CHECKING: ... and if typing.TYPE_CHECKING: ...
            names |= {
                item.bound
                for item in self.survey.source.imports
                if item.bound and (item.module, item.name) in _SAYING_TYPE_CHECKING
            }
        return names

    def _write_source(
        self, closure: Closure, source: SourceSide, orphans: Orphans, strings: StringEdits
    ) -> None:
        module = closure.source
        edits = list(source.edits)
        for index in orphans.blocks:
            edits.append(_removal_with_gap(module, index))
        own_strings = [
            edit
            for edit in strings.edits.get(module.path, [])
            if not any(edit.span.overlaps(other.span) for other in edits)
        ]
        between = apply_edits(module.text, disjoint([*edits, *own_strings]))
        gone = {(i.module, i.name, i.alias) for i in orphans.imports}
        facts = Module(
            module.name, module.is_package, SourceFile(module.path, module.file.encode(between))
        )
        remove = [
            ImportSite(i.node, i.index)
            for i in facts.imports
            if (i.module, i.name, i.alias) in gone
            and i.scope is facts.scope
            and (not i.guards or i.is_typing_only)
        ]
        if remove:
            between = self._with_imports_edited(facts, remove, ())
            facts = replace(facts, file=SourceFile(module.path, module.file.encode(between)))
        if source.additions:
            between = self._with_imports_edited(facts, (), source.additions)
        self.texts[module.path] = _tidied(between, source.standing_in, module.file.newline)

    def _with_imports_edited(
        self, module: Module, remove: Sequence[ImportSite], add: Sequence[Addition]
    ) -> str:
        edits = edit_imports(
            module.syntax,
            module.name,
            module.is_package,
            newline=module.file.newline,
            classify=self.classify,
            remove=list(remove),
            add=list(add),
        )
        return apply_edits(module.text, edits)

    def _write_target(self, target: TargetSide) -> None:
        survey = self.survey
        if survey.target is not None:
            self.texts[survey.target.path] = target.text
            return
        for path in survey.target_files[:-1]:
            self.texts[path] = ""
        self.texts[survey.target_files[-1]] = target.text


def refuse_unless_accepted(problems: list[Problem], survey: Survey) -> tuple[Problem, ...]:
    """Raise `Refusal` for the problems whose code was not accepted; the others as warnings."""
    refused = [problem for problem in problems if problem.code not in survey.options.accept]
    if refused:
        raise Refusal(refused)
    return tuple(replace(problem, severity="warning") for problem in problems)


def _removal_with_gap(module: Module, index: int) -> TextEdit:
    """A statement and the blank lines below it."""
    span = module.span_with_lines(module.body[index])
    end = span.end
    while (
        end < len(module.text) and not module.syntax.line_text(module.syntax.line_of(end)).strip()
    ):
        end = module.syntax.line_span(module.syntax.line_of(end)).end
    span = Span(span.start, end)
    return TextEdit(span, span.of(module.text), "")


def _tidied(text: str, standing_in: tuple[str, ...], newline: str) -> str:
    """No more than two blank lines above a leave-behind, and none at the top of the file.

    Imports above it may have gone, each with its own gap.
    """
    for block in standing_in:
        at = text.find(block)
        if at < 0:
            continue
        head = text[:at].rstrip(" \t\r\n")
        gap = text[len(head) : at]
        most = newline * 3 if head else ""
        if gap.count("\n") > 3 or (not head and gap):
            text = head + most + text[at:]
    return text


def classifier(workspace: Workspace, target: ModuleName) -> Classify:
    """Which group of imports a module belongs to in this project."""

    def classify(module: ModuleName) -> Category:
        if module.top == "__future__":
            return Category.FUTURE
        if module.top == target.top or workspace.is_first_party(module.top):
            return Category.FIRST_PARTY
        return Category.STDLIB if module.top in sys.stdlib_module_names else Category.THIRD_PARTY

    return classify


def _first_line(module: Module, line: int) -> Location:
    return Location(module.path, line, module.syntax.line_text(line))


def _without_lost_comments(edits: list[TextEdit], imports: list[TextEdit]) -> list[TextEdit]:
    """All edits, but for those of comments that leave together with their import."""
    kept = [
        edit
        for edit in edits
        if not edit.replaced.startswith("#") or not any(edit.span in i.span for i in imports)
    ]
    return kept + imports


def _unique(edits: list[TextEdit]) -> list[TextEdit]:
    return list(dict.fromkeys(edits))


def _refuse_what_is_left(found: FileReferences) -> None:
    """Without a leave-behind nobody can go on to reach the names through the source."""
    left = next((reference for reference in found.references if not reference.rewritten), None)
    if left is not None:
        raise Refusal(
            Problem(
                "still-used",
                f"{found.module.name} reaches a moved name through its old module in a way that "
                "cannot be rewritten, and nothing is to be left behind",
                left.location,
                "let it import the name itself first, or leave an import behind",
            )
        )
