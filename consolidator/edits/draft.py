"""One way of carrying out a move, written out in full: the workspace after it, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType

from consolidator.edits.closure import Closure, close
from consolidator.edits.defining_modules import direct_imports
from consolidator.edits.imports import edit_imports
from consolidator.edits.imports.classify import classifier
from consolidator.edits.imports.names import Addition, ImportedName, ImportSite
from consolidator.edits.leave_behind import names_left_behind
from consolidator.edits.leave_behind_gap import (
    apart_from_imports,
    as_isort_has_it,
    is_out_of_order,
    parted_from_imports,
    tidied,
)
from consolidator.edits.merge.home_side import edit_home, needs_at_home, split_patch
from consolidator.edits.needs import Need, resolve_needs
from consolidator.edits.orphans import Orphans, find_orphans, removal
from consolidator.edits.other_files import OtherFiles
from consolidator.edits.patched_builtins import patched_builtins
from consolidator.edits.pinned import split_rebindings
from consolidator.edits.placement import Placement
from consolidator.edits.references import (
    FileReferences,
    Reference,
)
from consolidator.edits.registrations import (
    overtaken_calls,
    reads_another_state,
    reordered_registrations,
    sealed_families,
)
from consolidator.edits.source_side import SourceSide, edit_source
from consolidator.edits.strategy import Strategy
from consolidator.edits.strings import StringEdits, edit_strings, find_text_mentions
from consolidator.edits.stubs import stub_texts
from consolidator.edits.survey import Survey
from consolidator.edits.target_side import TargetSide, edit_target
from consolidator.edits.test_surroundings import lost_surroundings
from consolidator.edits.text_edit import TextEdit, apply_edits, disjoint
from consolidator.edits.tree_edit import changed_bytes
from consolidator.edits.waiting import Gap, gap_for, stands_apart
from consolidator.errors import Problem, Refusal
from consolidator.index.importers import is_taken, star_importers
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.workspace import SourceFile, Workspace
from consolidator.workspace.lint import is_formatted_by_black, selected_rules


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
    unsorted: bool = False
    """The leave-behind follows on the imports, where the project's order would have it higher."""

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


def draft_move(survey: Survey, strategy: Strategy) -> Draft:
    """Carry out a move in memory. Raises `Refusal` when this strategy cannot do it."""
    return _Drafter(survey, strategy).draft()


class _Drafter:
    def __init__(self, survey: Survey, strategy: Strategy) -> None:
        self.survey, self.strategy, self.index = survey, strategy, survey.index
        self.classify = classifier(survey.index.workspace, survey.move.target)
        self.rules = selected_rules(survey.index.workspace.root)
        self.others = OtherFiles(survey, strategy, self.classify, self.rules)
        self.texts: dict[str, str] = {}
        self.references: list[Reference] = []
        self.unsorted = False

    def draft(self) -> Draft:
        survey, strategy = self.survey, self.strategy
        arriving = tuple(r for r in survey.roots if r.name not in survey.merged)
        closure = close(
            survey.source, arriving, strategy, survey.pinned, survey.taken, survey.evaluated
        )
        refuse_unless_accepted(
            split_rebindings(survey.source, closure.statements, survey.taken), survey
        )
        accepted = self._accepted(closure)
        needs = resolve_needs(
            self.index, closure, survey.target, strategy, survey.replaced, survey.evaluated
        )
        leaving = self._leaving(closure)
        if survey.twin is not None:
            needs = needs_at_home(leaving)
            target = edit_home(survey, leaving, self.classify)
        else:
            target = edit_target(survey, closure, needs, strategy, self.classify)
        others = list(self.others.rewritten(leaving))
        self.references += self.others.references
        source = edit_source(
            survey,
            leaving,
            strategy,
            self._taken_elsewhere(leaving, others),
            self.rules,
        )
        strings = self._strings(leaving, needs, source, others)
        needed = self._still_needed(source, needs)
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
            self.unsorted,
        )

    def _accepted(self, closure: Closure) -> tuple[Problem, ...]:
        """What speaks against the move and was accepted. Raises `Refusal` for what was not."""
        survey, strategy = self.survey, self.strategy
        waits = bool(strategy.awaited(survey.source.path))
        problems = [
            *reordered_registrations(closure),
            *overtaken_calls(closure),
            *reads_another_state(closure),
            *sealed_families(closure, "lazy" if waits else strategy.leave_behind),
            *lost_surroundings(self.index, closure, survey.target_path),
            *patched_builtins(closure, survey.replaced | strategy.from_source),
        ]
        return refuse_unless_accepted(problems, survey)

    def _leaving(self, closure: Closure) -> Closure:
        """What leaves the source: more than what arrives where the target has some of it."""
        survey = self.survey
        if survey.twin is not None:
            plain = Strategy("import back")
            return close(survey.source, survey.roots, plain, survey.pinned, survey.taken)
        return replace(closure, roots=survey.roots) if survey.merged else closure

    # -- other files -----------------------------------------------------------------------------

    def _taken_elsewhere(
        self, closure: Closure, others: Iterable[FileReferences]
    ) -> frozenset[str]:
        """Moved names that some module still takes from the source."""
        taken: set[str] = set()
        for found in others:
            if any(not reference.rewritten for reference in found.references):
                taken |= {n for n in closure.names if re.search(rf"\b{n}\b", found.module.text)}
        if any(path for path in self.strategy.kept_importers):
            taken |= closure.names
        if self.survey.options.strings == "list":
            # PLUGIN = "shop.orders._Plugin"    # is left as it is, and so it has to find it there
            strings = {use.name for use in self.survey.strings if not use.is_patch}
            taken |= strings & closure.names
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
                edits = self.others.edits(found, edits)
            if edits:
                self.texts[path] = apply_edits(text, _unique(edits))

    # -- strings ---------------------------------------------------------------------------------

    def _strings(
        self,
        closure: Closure,
        needs: tuple[Need, ...],
        source: SourceSide,
        others: Iterable[FileReferences],
    ) -> StringEdits:
        survey = self.survey
        types = {  # def send(what: "shop.orders.Invoice"): ...
            (found.module.path, edit.span.start) for found in others for edit in found.edits
        }
        uses = [
            *(use for use in survey.strings if (use.path, use.span.start) not in types),
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

    def _still_needed(self, source: SourceSide, needs: tuple[Need, ...]) -> set[str]:
        """Names that the source goes on to import, though its own code needs some no longer."""
        back = {
            imported.name
            for need in needs
            for imported in need.imported
            if imported.module == self.survey.source.name and imported.name
        }
        left = names_left_behind(self.survey.source, self.survey.options.comment)
        return self._needed_by(source) | self._kept_for_their_order() | left | back

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
            edits.append(removal(module, index))
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
        opened = self.strategy.opened_in(module.path)
        remove = [
            ImportSite(i.node, i.index)
            for i in facts.imports
            if ((i.module, i.name, i.alias) in gone or i.bound in opened)
            and i.scope is facts.scope
            and (not i.guards or i.is_typing_only)
        ]
        redirected = self.strategy.direct_in(module.path)
        direct = direct_imports(self.index, facts, redirected, remove)
        if remove or direct:
            between = self._with_imports_edited(facts, remove, (), retarget=direct)
            facts = replace(facts, file=SourceFile(module.path, module.file.encode(between)))
        if source.additions:
            between = self._with_imports_edited(facts, (), source.additions)
            facts = replace(facts, file=SourceFile(module.path, module.file.encode(between)))
        if source.waiting:
            names = [addition.imported.bound() for addition in source.waiting]
            gap = gap_for(facts, names, self.strategy.awaited(module.path))
            between = self._with_imports_edited(facts, (), source.waiting, gap)
        text = tidied(between, source.standing_in, module.file.newline)
        if "I001" in self.rules or is_formatted_by_black(self.survey.index.workspace.root):
            below = self.survey.habits.lines_after
            text = as_isort_has_it(module, text, source.standing_in, self.classify, below)
        if "I001" in self.rules:
            said = [addition.comment for addition in source.additions]
            text = apart_from_imports(text, said, module.file.newline)
            lines_after = self.survey.habits.lines_after
            text = parted_from_imports(module, text, closure.statements, lines_after)
            self.unsorted = is_out_of_order(module, text, source.standing_in, self.classify)
        self.texts[module.path] = text

    def _with_imports_edited(
        self,
        module: Module,
        remove: Sequence[ImportSite],
        add: Sequence[Addition],
        gap: Gap | None = None,
        retarget: Mapping[ImportSite, ImportedName] = MappingProxyType({}),
    ) -> str:
        edits = edit_imports(
            module.syntax,
            module.name,
            module.is_package,
            newline=module.file.newline,
            classify=self.classify,
            remove=list(remove),
            retarget=retarget,
            add=list(add),
            after=gap.after if gap else None,
            before=gap.before if gap else None,
            habits=self.survey.habits,
            apart=gap is not None and stands_apart(gap, self.rules),
            is_taken=partial(is_taken, self.index, module),
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


def _unique(edits: list[TextEdit]) -> list[TextEdit]:
    return list(dict.fromkeys(edits))
