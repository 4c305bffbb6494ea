"""The obligations of a move. Nothing is written unless every one of them holds.

They look at the two trees alone and know nothing of how the edits were made; that the import
simulation finds nothing new was established when the strategy was chosen, on the same trees.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from consolidator.edits.draft import Draft
from consolidator.errors import Location, Problem, Refusal
from consolidator.index.definitions import definition
from consolidator.index.importers import importers
from consolidator.index.index import Index
from consolidator.index.module import Import, Module
from consolidator.names import ModuleName
from consolidator.proof.likeness import left_stub, moved_alike, rest_alike, stub_alike
from consolidator.proof.star_brought import lost_from_stars
from consolidator.proof.undefined import undefined_names
from consolidator.workspace import SourceFile


def prove(draft: Draft) -> None:
    """Raise `Refusal` (`not-proved`) unless every obligation holds."""
    before, after = draft.index, draft.index.after(draft.after())
    problems = list(parses(draft, before, after))
    if not problems:
        problems = [problem for holds in _OBLIGATIONS for problem in holds(draft, before, after)]
    if problems:
        raise Refusal(problems)


def obligations() -> tuple[str, ...]:
    """What `prove` holds against the trees, a sentence each."""
    return tuple((holds.__doc__ or "").splitlines()[0] for holds in (parses, *_OBLIGATIONS))


def failed(message: str, path: str = "", line: int = 1) -> Problem:
    """An obligation that does not hold."""
    return Problem(
        "not-proved",
        message,
        Location(path, line) if path else None,
        "this is a defect of consolidate; nothing was written, please report it",
    )


def _changed(draft: Draft) -> Iterator[str]:
    """The changed Python files."""
    return (path for path in draft.changes() if path.endswith((".py", ".pyi")))


def parses(draft: Draft, before: Index, after: Index) -> Iterator[Problem]:
    """Every changed file parses, and compiles if it did before: a `__future__` line still leads."""
    for path in _changed(draft):
        module = after.readable(path)
        if module is None:
            yield failed(f"{path} would not parse: {after.unreadable[path]}", path)
        elif _compiles(draft, before, path) and (reason := compile_error(module.file)):
            yield failed(f"{path} would not compile: {reason}", path)


def _compiles(draft: Draft, before: Index, path: str) -> bool:
    """Whether the file, or the source of a new one, compiles with the running interpreter."""
    workspace = before.workspace
    known = path if workspace.has(path) else draft.survey.source.path
    return all(
        compile_error(workspace.file(each)) is None for each in {known, draft.survey.source.path}
    )


def compile_error(file: SourceFile) -> str | None:
    """Why the running interpreter does not compile a file; None when it does."""
    try:
        compile(file.text, file.path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError) as error:
        return str(error)
    return None


def defined_once(draft: Draft, before: Index, after: Index) -> Iterator[Problem]:
    """What was asked for stands in the target, and no longer in the source."""
    source, target = after.module(draft.survey.source.name), after.module(draft.survey.move.target)
    for root in draft.survey.roots:
        called = draft.survey.renamed.get(root.name, root.name)
        if target is None or definition(target, called) is None:
            yield failed(f"{draft.survey.move.target} would not define `{called}`")
        if source is not None and definition(source, root.name) is not None:
            yield failed(f"{source.name} would still define `{root.name}`", source.path)


def same_code(draft: Draft, before: Index, after: Index) -> Iterator[Problem]:
    """What moved is the same code but for listed renames; what did not move is unchanged."""
    target = after.module(draft.survey.move.target)
    if target is not None:
        for name in moved_alike(draft, target):
            yield failed(f"`{name}` would not be the same code in {target.name}", target.path)
    for path in _changed(draft):
        if before.workspace.has(path):
            old, new = before.module_at(path), after.module_at(path)
            from_stub = _from_stub(draft, before, after) if path.endswith(".pyi") else frozenset()
            if not rest_alike(draft, old, new, from_stub):
                yield failed(f"code of {path} that did not move would change", path)


def same_stubs(draft: Draft, before: Index, after: Index) -> Iterator[Problem]:
    """What left the source's stub stands in the target's, if it has one."""
    home = after.workspace.path_of(draft.survey.move.target)
    stub = f"{home}i"
    if not after.workspace.has(stub):
        return
    source = draft.survey.source.path + "i"
    for name in stub_alike(
        _from_stub(draft, before, after) - _declared(before, stub),
        before.module_at(source) if before.workspace.has(source) else after.module_at(stub),
        after.module_at(stub),
    ):
        yield failed(f"{stub} would not describe `{name}` as {source} did", stub)


def _declared(before: Index, stub: str) -> frozenset[str]:
    """What the target's stub defined already; the move leaves that as it is."""
    if not before.workspace.has(stub):
        return frozenset()
    module = before.module_at(stub)
    return frozenset(n for n in module.scope.bindings if definition(module, n) is not None)


def _from_stub(draft: Draft, before: Index, after: Index) -> frozenset[str]:
    path = draft.survey.source.path + "i"
    if path not in draft.texts or not before.workspace.has(path):
        return frozenset()
    return left_stub(before.module_at(path), after.module_at(path))


def imports_resolve(draft: Draft, before: Index, after: Index) -> Iterator[Problem]:
    """Every first-party import that found its name before, and every new one, finds it after."""
    ends = {draft.survey.source.path, getattr(draft.survey.target, "path", "")}
    yield from unresolved(before, after, _interested(draft, before, after), ends)


def unresolved(
    before: Index, after: Index, modules: Iterable[Module], ends: Collection[str]
) -> Iterator[Problem]:
    """The imports of some modules that find nothing, but for those that found nothing before.

    What one of the files `ends` asked for in vain, the others may ask for too.
    """
    for module in modules:
        known = {pair for path in {*ends, module.path} for pair in _asked(before, path)}
        for item in module.imports:
            name = item.name or ""
            if name in {"", "*"} or not after.workspace.is_first_party(item.module.top):
                continue
            if _found(after, item.module, name) or _in_stub(after, module, item.module, name):
                continue
            if (item.module, name) not in known or _found(before, item.module, name):
                yield failed(
                    f"`from {item.module} import {name}` would find nothing",
                    module.path,
                    item.node.lineno,
                )


def imports_resolve_in(before: Index, after: Index, paths: Sequence[str]) -> Iterator[Problem]:
    """The same for the changed files of any change, and for who imports what they lose."""
    modules = {path: module for path in paths if (module := after.readable(path)) is not None}
    for path in paths:
        name = before.workspace.module_of(path) if before.workspace.has(path) else None
        if name is not None and _loses_names(before, after, path):
            for module in importers(before, name):
                there = after.workspace.has(module.path)
                now = after.readable(module.path) if there else None
                if now is not None:
                    modules.setdefault(module.path, now)
    yield from unresolved(before, after, modules.values(), paths)


def _loses_names(before: Index, after: Index, path: str) -> bool:
    old = before.readable(path)
    new = after.readable(path) if after.workspace.has(path) else None
    if old is None:
        return False
    return new is None or bool(set(old.scope.bindings) - set(new.scope.bindings))


def _asked(index: Index, path: str) -> set[tuple[ModuleName, str]]:
    """What the imports of a file ask for."""
    if not path or not index.workspace.has(path) or index.readable(path) is None:
        return set()
    return {(item.module, item.name or "") for item in index.module_at(path).imports}


def _found(index: Index, module: ModuleName, name: str) -> bool:
    """Whether an import finds its name, as far as can be told."""
    return index.workspace.is_first_party(module) and index.binds(module, name) is not False


def _interested(draft: Draft, before: Index, after: Index) -> Iterator[Module]:
    """The modules whose imports a move could break: the changed ones and who imports them."""
    changed = list(_changed(draft))
    seen: set[str] = set()
    names = {after.workspace.module_of(path) for path in changed}
    modules = [m for path in changed if (m := after.readable(path)) is not None]
    near = {draft.survey.source.name, draft.survey.move.target} & names
    for name in near:
        # Who imports them after the move did so before, or was changed.
        modules += importers(before, ModuleName(name))
    for module in modules:
        if module.path not in seen:
            seen.add(module.path)
            yield module


def _in_stub(index: Index, importer: Module, module: ModuleName, name: str) -> bool:
    """Whether a stub finds the name in the stub of the module."""
    path = index.workspace.stub_of(module) if importer.path.endswith(".pyi") else None
    return path is not None and name in index.module_at(path).scope.bindings


def nothing_unbound(draft: Draft, before: Index, after: Index) -> Iterator[Problem]:
    """No module loses a name that it had, but for orphaned imports and what left for good."""
    moved = draft.gone.names
    for path in _changed(draft):
        if not before.workspace.has(path):
            continue
        old, new = before.module_at(path), after.module_at(path)
        lost = set(old.scope.bindings) - set(new.scope.bindings)
        if old.name == draft.survey.source.name:
            lost -= draft.orphaned | (moved - draft.left)
            lost -= moved if draft.strategy.leave_behind == "lazy" else set()
        for name in sorted(lost):
            used = name in new.readers or _is_taken(before, old, name)
            if used:
                yield failed(f"{path} would no longer bind `{name}`", path)


def nothing_listed_in_vain(draft: Draft, before: Index, after: Index) -> Iterator[Problem]:
    """Everything that `__all__` lists is bound, but for what was not bound before."""
    for path in _changed(draft):
        known = _listed_in_vain(before, path) if before.workspace.has(path) else set()
        for name in sorted(_listed_in_vain(after, path) - known):
            yield failed(f"`__all__` of {path} would list `{name}`, which nothing binds", path)


def _listed_in_vain(index: Index, path: str) -> set[str]:
    module = index.module_at(path)
    return {name for name in module.all_names or () if index.binds(module.name, name) is False}


def _is_taken(before: Index, module: Module, name: str) -> bool:
    return any(
        item.module == module.name and item.name == name
        for other in importers(before, module.name)
        for item in other.imports
    )


def nothing_hidden(draft: Draft, before: Index, after: Index) -> Iterator[Problem]:
    """No new import hides what its file goes on to call by the same name, nor is it hidden."""
    for path in _changed(draft):
        if not before.workspace.has(path):
            continue
        old, new = before.module_at(path), after.module_at(path)
        known = {(item.module, item.name) for item in old.imports}
        for name, items in new.imports_by_name.items():
            fresh = [i for i in items if (i.module, i.name) not in known and (i.name or i.alias)]
            grows = 0 < len(old.bindings(name)) < len(new.bindings(name))
            hidden = any(_is_hidden_by_star(after, new, item) for item in fresh)
            if hidden or (fresh and grows and not _is_one_thing(after, new, name)):
                line = fresh[0].node.lineno
                yield failed(f"{path} would call another thing `{name}`", path, line)


def _is_hidden_by_star(index: Index, module: Module, item: Import) -> bool:
    """Whether a star import further down brings another thing by the name of an import."""
    if item.scope is not module.scope:
        return False
    below = [star for star in module.star_imports if star.statement > item.statement]
    origins = [index.through_star(star, item.bound) for star in below]
    found = [origin for origin in origins if origin and origin.kind == "definition"]
    return bool(found) and found[-1] != index.resolve_import(item)


def _is_one_thing(index: Index, module: Module, name: str) -> bool:
    """Whether all bindings of a name are imports of the same."""
    items = module.imports_by_name.get(name, [])
    same = len({index.resolve_import(item) for item in items}) == 1
    return same and len(items) == len(module.bindings(name))


def nothing_undefined(draft: Draft, before: Index, after: Index) -> Iterator[Problem]:
    """No use of a name becomes a use of nothing."""
    known = undefined_names(draft.index, draft.survey.source)
    for path in _changed(draft):
        is_target = after.module_at(path).name == draft.survey.move.target
        yield from newly_undefined(before, after, path, set(known) if is_target else set())


def newly_undefined(
    before: Index, after: Index, path: str, known: Collection[str] = ()
) -> Iterator[Problem]:
    """The names of one file that nothing binds any more; `known` were so elsewhere."""
    old = undefined_names(before, before.module_at(path)) if before.workspace.has(path) else {}
    for name, use in undefined_names(after, after.module_at(path)).items():
        if name not in old and name not in known:
            line = getattr(use.node, "lineno", 1)
            yield failed(f"`{name}` would be undefined in {path}", path, line)


def nothing_lost_from_stars(draft: Draft, before: Index, after: Index) -> Iterator[Problem]:
    """Every name of the source that a star import brought, and somebody uses, is there after."""
    names, source = draft.gone.names, draft.survey.source.name
    for module, name in lost_from_stars(before, after, source, names):
        yield failed(
            f"a star import would no longer bring `{name}` into {module.name}", module.path
        )


Obligation = Callable[[Draft, Index, Index], Iterator[Problem]]
_OBLIGATIONS: tuple[Obligation, ...] = (
    defined_once,
    same_code,
    same_stubs,
    imports_resolve,
    nothing_unbound,
    nothing_listed_in_vain,
    nothing_hidden,
    nothing_undefined,
    nothing_lost_from_stars,
)
