"""Imports of a module that does not have what they ask for come from another one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from consolidator.edits.imports import edit_imports
from consolidator.edits.imports.classify import classifier
from consolidator.edits.imports.names import ImportedName, ImportSite
from consolidator.edits.pinned import place
from consolidator.edits.references import Reference
from consolidator.edits.strings import find_strings
from consolidator.edits.text_edit import TextEdit, apply_edits
from consolidator.edits.tree_edit import TreeEdit
from consolidator.errors import Location, Problem, Refusal
from consolidator.index.importers import importers
from consolidator.index.index import Index
from consolidator.index.module import Import, Module
from consolidator.index.scopes import NameUse
from consolidator.names import ModuleName, Span
from consolidator.plan.plan import RewriteEntry


@dataclass
class _File:
    """What changes in one file."""

    module: Module
    retarget: dict[ImportSite, ImportedName] = field(default_factory=dict)
    edits: list[TextEdit] = field(default_factory=list)
    asked: list[tuple[str, Location]] = field(default_factory=list)
    """The names that it takes, and where."""
    references: list[Reference] = field(default_factory=list)
    guarded: list[Location] = field(default_factory=list)


def rewrite_imports(index: Index, entry: RewriteEntry) -> TreeEdit | None:
    """The files whose imports (and patches in strings) name the old module, with the new one.

    None when there is nothing to rewrite. Raises `Refusal` when the new module does not offer
    every name that is asked for.
    """
    source, target = ModuleName(entry.source), ModuleName(entry.to)
    names = frozenset(entry.names)
    files = {
        file.module.path: file
        for module in importers(index, source)
        if (file := _in_file(index, module, source, target, names)).retarget
    }
    _patches(index, files, source, target, names)
    if not any(file.retarget or file.edits for file in files.values()):
        return None
    _refuse_what_is_not_offered(index, files, target)
    texts = {path: _text(index, file, target) for path, file in files.items()}
    guarded = [location for file in files.values() for location in file.guarded]
    what = ", ".join(entry.names) or "imports"
    return TreeEdit(
        index,
        f"rewrote {what} of {source} to {target} in {len(texts)} files",
        texts,
        references=tuple(r for file in files.values() for r in file.references),
        warnings=tuple(_woken(guarded, target)),
        modules={source: target},
    )


# -- imports -------------------------------------------------------------------------------------


def _in_file(
    index: Index, module: Module, source: ModuleName, target: ModuleName, names: frozenset[str]
) -> _File:
    found = _File(module)
    for item in module.imports:
        if item.module == source and item.name is not None:
            if not names or item.name in names:
                _from_import(found, item, target)
        elif not names and item.name is None and item.module == source:
            _plain_import(index, found, item, target)
        elif not names and item.name == source.tail and item.module == source.parent:
            _module_import(found, item, target)
    return found


def _from_import(found: _File, item: Import, target: ModuleName) -> None:
    """`from old.mod import A as B`."""
    found.retarget[ImportSite(item.node, item.index)] = ImportedName(target, item.name, item.alias)
    _seen(found, item)
    if item.name != "*":
        found.asked.append((str(item.name), place(found.module, item.node)))


def _module_import(found: _File, item: Import, target: ModuleName) -> None:
    """`from old import mod`."""
    alias = item.alias or (str(item.name) if item.name != target.tail else None)
    wish = ImportedName(target.parent, target.tail, alias)
    if not target.parent:
        wish = ImportedName(target, None, alias)
    found.retarget[ImportSite(item.node, item.index)] = wish
    _seen(found, item)
    for use in _uses(found.module, item):
        _asked_by_attribute(found, use, 0)


def _plain_import(index: Index, found: _File, item: Import, target: ModuleName) -> None:
    """`import old.mod`, and every `old.mod.A` with it; `import old.mod as m`."""
    uses = list(_uses(found.module, item))
    if item.alias:
        for use in uses:
            _asked_by_attribute(found, use, 0)
    else:
        parts = item.module.split(".")[1:]
        chains = [use for use in uses if [a.attr for a in use.attributes[: len(parts)]] == parts]
        if len(chains) < len(uses) and not _is_bound_otherwise(found.module, item):
            return  # the package is used through this import too
        for use in chains:
            _rename_chain(found, use, len(parts), target)
    found.retarget[ImportSite(item.node, item.index)] = ImportedName(target, None, item.alias)
    _seen(found, item)


def _is_bound_otherwise(module: Module, item: Import) -> bool:
    return any(
        other is not item and other.bound == item.bound and other.scope is item.scope
        for other in module.imports
    )


def _uses(module: Module, item: Import) -> Iterator[NameUse]:
    for scope in module.scope.walk():
        for use in scope.uses:
            if use.name == item.bound and use.scope.lookup(use.name) is item.scope:
                yield use


def _asked_by_attribute(found: _File, use: NameUse, depth: int) -> None:
    if len(use.attributes) > depth:
        found.asked.append((use.attributes[depth].attr, place(found.module, use.node)))


def _rename_chain(found: _File, use: NameUse, depth: int, target: ModuleName) -> None:
    """`old.mod` of `old.mod.A`."""
    _asked_by_attribute(found, use, depth)
    if use.span is None:
        return
    end = use.span.end
    if depth:
        end = found.module.syntax.span(use.attributes[depth - 1]).end
    span = Span(use.span.start, end)
    found.edits.append(TextEdit(span, span.of(found.module.text), target))
    found.references.append(Reference("attribute", place(found.module, use.node), True))


def _seen(found: _File, item: Import) -> None:
    location = place(found.module, item.node)
    found.references.append(Reference("import", location, True))
    if item.guards and not item.is_typing_only:
        found.guarded.append(location)


# -- strings -------------------------------------------------------------------------------------


def _patches(
    index: Index,
    files: dict[str, _File],
    source: ModuleName,
    target: ModuleName,
    names: frozenset[str],
) -> None:
    """`patch("old.mod.A")` names the module that will be there; other strings are listed."""
    if index.workspace.is_first_party(source):
        return  # a patch of what a module does have means just that
    for use in find_strings(index, source):
        if names and use.name not in names:
            continue
        if not use.is_patch or index.binds(target, use.name) is not True:
            if use.path in files:
                note = f"names {source}, which does not exist"
                files[use.path].references.append(Reference("string", use.location, False, note))
            continue
        file = files.setdefault(use.path, _File(index.module_at(use.path)))
        old = f"{source}{use.separator}{use.name}"
        new = f"{target}{use.separator}{use.name}"
        file.edits.append(TextEdit(use.span, old, new))
        file.references.append(Reference("patch", use.location, True))


# -- what comes of it ------------------------------------------------------------------------------


def _refuse_what_is_not_offered(index: Index, files: dict[str, _File], target: ModuleName) -> None:
    problems = []
    known: dict[str, bool] = {}
    for file in files.values():
        for name, location in file.asked:
            if name not in known:
                known[name] = index.binds(target, name) is True
            if not known[name]:
                problems.append(_not_offered(target, name, location))
    if not index.workspace.is_first_party(target):
        problems = [
            Problem(
                "not-offered",
                f"there is no module {target}",
                remedy="choose another module, or make it first",
            )
        ]
    if problems:
        raise Refusal(problems)


def _not_offered(target: ModuleName, name: str, location: Location) -> Problem:
    return Problem(
        "not-offered",
        f"{target} does not offer `{name}`, which is asked for here",
        location,
        f"bring `{name}` into {target} first, or rewrite the other names alone (`names`)",
    )


def _text(index: Index, file: _File, target: ModuleName) -> str:
    module = file.module
    edits = edit_imports(
        module.syntax,
        module.name,
        module.is_package,
        newline=module.file.newline,
        classify=classifier(index.workspace, target),
        retarget=file.retarget,
    )
    return apply_edits(module.text, [*dict.fromkeys(file.edits), *edits])


def _woken(guarded: list[Location], target: ModuleName) -> Iterator[Problem]:
    if guarded:
        places = ", ".join(map(str, guarded[:5])) + (" and more" if len(guarded) > 5 else "")
        yield Problem(
            "import-wakes",
            f"imports that failed quietly will find {target}, so the code behind them begins to "
            f"run: {places}",
            guarded[0],
            "look at what they guard",
            "warning",
        )
