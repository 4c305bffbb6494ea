"""Stubs beside source and target: what a stub says of a moved name moves along with the name.

Nothing in a stub runs, so no order and no import cycle matters there; but a name that it merely
imports is not offered to others, so what stays behind is `from home import C as C`.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from consolidator.edits.closure import Closure, close
from consolidator.edits.imports import edit_imports
from consolidator.edits.imports.names import Addition, ImportSite
from consolidator.edits.needs import Need, resolve_needs
from consolidator.edits.orphans import find_orphans
from consolidator.edits.pinned import place
from consolidator.edits.references import import_sites
from consolidator.edits.source_side import SourceSide, edit_source
from consolidator.edits.strategy import LeaveBehindForm, Strategy
from consolidator.edits.survey import Survey
from consolidator.edits.target_imports import Classify
from consolidator.edits.target_side import edit_target
from consolidator.edits.text_edit import TextEdit, apply_edits
from consolidator.errors import Location, Problem, Refusal
from consolidator.index.definitions import Definition, definition
from consolidator.index.module import Import, Module
from consolidator.index.scopes import NameUse
from consolidator.workspace import SourceFile

_LEFT = re.compile(r"^(from \S+ import )(\w+(?:, \w+)*)", re.MULTILINE)


def stub_texts(
    survey: Survey, leaving: Closure, strategy: Strategy, classify: Classify
) -> dict[str, str]:
    """The new texts, by path, of the stubs beside source and target when `leaving` moves.

    Raises `Refusal` when the target's stub imports a moved name that no stub defines.
    """
    stubs = _find(survey)
    found = _stub_definitions(stubs.source, leaving.names)
    _refuse_import_of_itself(survey, stubs.target, leaving.names - {d.name for d in found})
    if stubs.source is None or not found:
        return {}
    there = stubs.target
    arriving = tuple(d for d in found if there is None or definition(there, d.name) is None)
    own = _stub_survey(survey, stubs, stubs.source, arriving)
    closure = _closure(own, leaving, strategy)
    texts = {}
    if closure.statements and (there is not None or own.target_files):
        texts[own.target.path if own.target else own.target_files[-1]] = _target_text(
            own, closure, classify
        )
    texts[stubs.source.path] = _source_text(
        replace(own, roots=found), replace(closure, roots=found), strategy, classify
    )
    return texts


def stub_remarks(survey: Survey, names: frozenset[str]) -> Iterator[Problem]:
    """What the stubs do not say after `names` have moved."""
    stubs = _find(survey)
    for name in sorted(names & set(survey.move.names)):
        known = stubs.source is not None and definition(stubs.source, name) is not None
        if stubs.target is not None and stubs.source is None and not stubs.target.bindings(name):
            yield Problem(
                "stub-incomplete",
                f"{stubs.target.path} hides what it does not list, and `{name}` is in no stub",
                Location(stubs.target.path, 1, stubs.target.syntax.line_text(1)),
                f"add `{name}` to the stub",
                "warning",
            )
        elif known and stubs.target is None and survey.target is not None and stubs.source:
            yield Problem(
                "stub-incomplete",
                f"{survey.target.path} has no stub, so what {stubs.source.path} said of `{name}` "
                "is gone; a stub would hide the other names of the module",
                place(stubs.source, stubs.source.bindings(name)[0].node),
                "see that the annotations in the code say the same",
                "note",
            )


@dataclass(frozen=True)
class _Stubs:
    """The stubs on both sides, where there are any."""

    source: Module | None
    target: Module | None


def _find(survey: Survey) -> _Stubs:
    workspace, index = survey.index.workspace, survey.index
    near = survey.target.path if survey.target else survey.target_files[-1]
    source = survey.source.path + "i"
    target = near + "i"
    return _Stubs(
        index.readable(source) if workspace.has(source) else None,
        index.readable(target) if workspace.has(target) else None,
    )


def _stub_definitions(stub: Module | None, names: frozenset[str]) -> tuple[Definition, ...]:
    """The definitions of the names in a stub, in its order."""
    if stub is None:
        return ()
    found = {d.statements: d for n in sorted(names) if (d := definition(stub, n)) is not None}
    return tuple(found[statements] for statements in sorted(found))


def _refuse_import_of_itself(survey: Survey, stub: Module | None, names: frozenset[str]) -> None:
    for item in import_sites(stub, survey.source.name, names) if stub else ():
        assert stub is not None
        raise Refusal(
            Problem(
                "stub-incomplete",
                f"{stub.path} imports `{item.name}` from {survey.source.name}, which has no stub "
                "that defines it, so the stub would import from itself",
                place(stub, item.node),
                f"declare `{item.name}` in {stub.path} first",
            )
        )


def _stub_survey(
    survey: Survey, stubs: _Stubs, source: Module, arriving: tuple[Definition, ...]
) -> Survey:
    """The same move, between the stubs; without a target when it is not to have a stub."""
    names = frozenset().union(*(d.names for d in arriving))
    files = (survey.target_files[-1] + "i",) if survey.target is None else ()
    return replace(
        survey,
        source=source,
        target=stubs.target,
        target_files=files if stubs.target is None else (),
        roots=arriving,
        merged=frozenset(survey.move.names) - names,
        replaced=frozenset(),
        evaluated=frozenset(),
    )


def _closure(own: Survey, leaving: Closure, strategy: Strategy) -> Closure:
    """What travels in the stubs: helpers that only stubs have follow whoever alone uses them."""
    stay = set(leaving.source.scope.bindings) - leaving.names
    stay |= set(own.target.scope.bindings) if own.target else set()
    plain = replace(strategy, shared="import back")
    return close(own.source, own.roots, plain, frozenset(stay), own.taken)


# -- the target's stub ---------------------------------------------------------------------------


def _target_text(own: Survey, closure: Closure, classify: Classify) -> str:
    plain = Strategy("import back")
    needs = tuple(
        _at_the_top(own, need)
        for need in resolve_needs(own.index, closure, own.target, plain, frozenset())
    )
    text = edit_target(own, closure, needs, plain, classify).text
    return _as_dense_as(text, [m.text for m in (own.target or own.source,)], closure)


def _at_the_top(own: Survey, need: Need) -> Need:
    """In a stub every import is a plain one, and nothing has to be bound before its use."""
    if own.target is not None and _is_same(own.source, own.target, need.name):
        return replace(need, how="present", imported=(), rename="", uses=_deferred(need))
    how = "import" if need.how in {"typing", "lazy", "late"} else need.how
    return replace(need, how=how, uses=_deferred(need))


def _deferred(need: Need) -> tuple[NameUse, ...]:
    return tuple(replace(use, deferred=True) for use in need.uses)


def _is_same(source: Module, target: Module, name: str) -> bool:
    """`_T = TypeVar("_T")` in both."""
    mine, theirs = definition(source, name), definition(target, name)
    if mine is None or theirs is None:
        return False
    return [ast.dump(source.body[i]) for i in mine.statements] == [
        ast.dump(target.body[i]) for i in theirs.statements
    ]


def _as_dense_as(text: str, models: Sequence[str], closure: Closure) -> str:
    """Stubs have one blank line between definitions, if any: none is put where there were none."""
    newline = closure.source.file.newline
    wide = newline * 3
    if any(wide in model for model in [*models, closure.source.text]):
        return text
    while wide in text:
        text = text.replace(wide, newline * 2)
    return text


# -- the source's stub ---------------------------------------------------------------------------


def _source_text(own: Survey, leaving: Closure, strategy: Strategy, classify: Classify) -> str:
    form: LeaveBehindForm = "none" if strategy.leave_behind == "none" else "import"
    plain = Strategy("import back", form)
    side = edit_source(own, leaving, plain, frozenset(), frozenset())
    source = leaving.source
    text = apply_edits(source.text, [_offering(source, edit) for edit in side.edits])
    orphans = {
        (item.module, item.name, item.alias)
        for item in find_orphans(own.index, leaving, _added(side), frozenset()).imports
        if not _is_offered(item)
    }
    between = _with_text(source, text)
    remove = [
        ImportSite(item.node, item.index)
        for item in between.imports
        if (item.module, item.name, item.alias) in orphans and item.scope is between.scope
    ]
    text = _with_imports(between, classify, remove, ())
    add = [_offered(addition) for addition in side.additions]
    text = _with_imports(_with_text(source, text), classify, (), add)
    return _as_dense_as(_without_gap_at_top(text, source), [source.text], leaving)


def _added(side: SourceSide) -> set[str]:
    return {addition.imported.bound() for addition in side.additions}


def _offering(source: Module, edit: TextEdit) -> TextEdit:
    """`from home import C` as a re-export, a blank line away from definitions."""

    def offered(match: re.Match[str]) -> str:
        names = match[2].split(", ")
        return match[1] + ", ".join(f"{name} as {name}" for name in names)

    text = _LEFT.sub(offered, edit.replacement)
    if text == edit.replacement:
        return edit
    newline = source.file.newline
    above, below = source.text[: edit.span.start], source.text[edit.span.end :]
    if above and not above.endswith(newline * 2):
        text = newline + text
    if below and not below.startswith(newline):
        text += newline
    return replace(edit, replacement=text)


def _offered(addition: Addition) -> Addition:
    imported = addition.imported
    return replace(addition, imported=replace(imported, alias=imported.name))


def _is_offered(item: Import) -> bool:
    return item.alias is not None and item.alias == item.name


def _with_text(module: Module, text: str) -> Module:
    file = SourceFile(module.path, module.file.encode(text))
    return Module(module.name, module.is_package, file)


def _with_imports(
    module: Module, classify: Classify, remove: Sequence[ImportSite], add: Sequence[Addition]
) -> str:
    if not remove and not add:
        return module.text
    edits = edit_imports(
        module.syntax,
        module.name,
        module.is_package,
        newline=module.file.newline,
        classify=classify,
        remove=list(remove),
        add=list(add),
    )
    return apply_edits(module.text, edits)


def _without_gap_at_top(text: str, source: Module) -> str:
    """The gap below imports that went goes with them, at the top of the file."""
    return text if source.text[:1].isspace() else text.lstrip("\r\n")
