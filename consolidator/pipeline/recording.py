"""Gathers what a report of a change tells, from the change and the trees on both sides of it."""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from consolidator.edits.draft import Draft
from consolidator.edits.tree_edit import TreeEdit
from consolidator.errors import Location, Problem
from consolidator.finders.asks import Ask, all_asks
from consolidator.finders.findings import Site
from consolidator.finders.import_sites import sites_of
from consolidator.finders.scene import Scene
from consolidator.finders.usage_fit import usage_fit
from consolidator.index.definitions import Definition, definition
from consolidator.index.facts_cache import FactsCache, default_path
from consolidator.index.index import Index
from consolidator.index.module import Import, Module
from consolidator.index.outlining import outline_all
from consolidator.index.simulation import deep_recursion
from consolidator.names import ModuleName, QualifiedName
from consolidator.pipeline.batch import BatchPreview
from consolidator.pipeline.preview import Preview
from consolidator.proof.obligations import obligations
from consolidator.report.line_matching import line_edits
from consolidator.report.record import (
    ChangedFile,
    Check,
    Demand,
    MovedDefinition,
    Record,
    Stand,
)
from consolidator.verify import CheckResult
from consolidator.workspace.changes import FileChange

_SIMULATED = "No import fails that worked before, whichever module is imported first (simulated)"
_EDITED = "Where only imports were to change, only imports changed, and nothing became unbound"
_AS_A_WHOLE = "All changes together: every file parses, every import and name is found as before"


def record_of(
    preview: Preview,
    title: str,
    transaction: str | None,
    verified: Sequence[CheckResult] = (),
    *,
    use_cache: bool = True,
) -> Record:
    """What there is to tell about a change; `transaction` is None when nothing was written."""
    with deep_recursion():
        cache = FactsCache(default_path() if use_cache else None)
        before, after = (
            Scene(index, outline_all(index))
            for index in (Index(preview.before, cache), Index(preview.after, cache))
        )
        moved = tuple(item for draft in preview.drafts for item in _moved(draft, after.index))
        asked = dict.fromkeys((item.name, item.target.module) for item in moved if item.is_asked)
        references = [r for draft in preview.drafts for r in draft.references]
        record = Record(
            title,
            transaction is None,
            transaction,
            moved,
            tuple(_demand(before, after, name, ModuleName(home)) for name, home in asked),
            tuple(_file(change, before.index, after.index) for change in preview.changes),
            Counter(reference.kind for reference in references if reference.rewritten),
            tuple((r.kind, r.location, r.note) for r in references if not r.rewritten),
            tuple(_checks(preview, verified)),
            bool(verified),
            preview.warnings,
            tuple(_entries(preview)),
        )
        cache.save()
    return record


# -- what moved ----------------------------------------------------------------------------------


def _moved(draft: Draft, after: Index) -> Iterator[MovedDefinition]:
    survey, closure = draft.survey, draft.closure
    source, target = survey.source, after.module(survey.move.target)
    merged = [root for root in survey.roots if root.name in survey.merged]
    for item in (*closure.definitions, *merged):
        called = survey.renamed.get(item.name, item.name)
        is_asked = item in survey.roots
        yield MovedDefinition(
            item.name,
            item.kind,
            Stand(source.name, source.path, _lines(source, item)),
            _stand(survey.move.target, target, called),
            is_asked,
            "asked for" if is_asked else closure.reasons.get(item.name, ""),
            item in merged,
            _left(after, source, survey.move.target, called) if item.name in draft.left else None,
        )


def _stand(name: ModuleName, module: Module | None, called: str) -> Stand:
    found = None if module is None else definition(module, called)
    if module is None or found is None:
        return Stand(name, "" if module is None else module.path)
    return Stand(name, module.path, _lines(module, found))


def _lines(module: Module, item: Definition) -> tuple[int, int]:
    """From the first decorator to the last line of what makes the definition."""
    nodes: list[ast.stmt] = [module.body[index] for index in item.statements]
    decorators = getattr(nodes[0], "decorator_list", [])
    first = min([nodes[0].lineno, *(decorator.lineno for decorator in decorators)])
    return first, max(node.end_lineno or node.lineno for node in nodes)


def _left(after: Index, source: Module, target: ModuleName, called: str) -> Location | None:
    """The plain import that a leave-behind is; a lazy one has none at module level."""
    module = after.readable(source.path)
    if module is None:
        return None
    for item in module.imports:
        if item.scope is module.scope and (item.module, item.name) == (target, called):
            line = item.node.lineno
            return Location(module.path, line, module.syntax.line_text(line).strip())
    return None


# -- who asked for it ----------------------------------------------------------------------------


def _demand(before: Scene, after: Scene, name: str, home: ModuleName) -> Demand:
    path = before.index.workspace.path_of(home)
    failing: Sequence[Ask] = ()
    if path is None:
        asked = before.once(all_asks).of_nothing.get(home, [])
        failing = [ask for ask in asked if ask[1].name == name]
    elif before.index.binds(home, name) is False:
        failing = before.once(all_asks).of_files.get(path, {}).get(name, [])
    new_path = after.index.workspace.path_of(home) or ""
    users = after.once(all_asks).of_files.get(new_path, {}).get(name, [])
    fit = None
    if users:
        wanted = [(user, item.bound) for user, item in users]
        fit = usage_fit(after.index, QualifiedName(home, name), wanted)
    return Demand(
        name,
        home,
        path is not None,
        tuple(_with_text(before, site) for site in sites_of(before, failing)),
        len(users),
        fit,
        tuple(_still_broken(after, name)),
    )


def _with_text(scene: Scene, site: Site) -> Site:
    lines = scene.index.workspace.file(site.location.path).text.splitlines()
    text = lines[site.location.line - 1].strip() if site.location.line <= len(lines) else ""
    return replace(site, location=replace(site.location, text=text))


def _still_broken(after: Scene, name: str) -> Iterator[tuple[str, Site]]:
    asks = after.once(all_asks)
    for module, missing in sorted(asks.of_nothing.items()):
        for site in sites_of(after, [ask for ask in missing if ask[1].name == name]):
            yield module, site
    for path, names in sorted(asks.of_files.items()):
        module = after.module_of(path)
        if name in names and after.index.binds(module, name) is False:
            for site in sites_of(after, names[name]):
                yield module, site


# -- files ---------------------------------------------------------------------------------------


def _file(change: FileChange, before: Index, after: Index) -> ChangedFile:
    old, new = (_split(data) for data in (change.before, change.after))
    edits = line_edits(old, new)
    imports = [
        _imports(index, change.path, data)
        for index, data in ((before, change.before), (after, change.after))
    ]
    return ChangedFile(
        change.path,
        change.before is None,
        change.after is None,
        sum(edit.inserted for edit in edits),
        sum(edit.deleted for edit in edits),
        tuple(_statements(imports[1] - imports[0])),
        tuple(_statements(imports[0] - imports[1])),
    )


def _split(data: bytes | None) -> list[bytes]:
    return (data or b"").splitlines(keepends=True)


_Imported = tuple[str, str | None, str | None, bool]
"""A module as written, what is taken from it, the alias, and whether a function imports it."""


def _imports(index: Index, path: str, data: bytes | None) -> Counter[_Imported]:
    if data is None or not path.endswith((".py", ".pyi")):
        return Counter()
    module = index.readable(path)
    return Counter() if module is None else Counter(map(_as_written, module.imports))


def _as_written(item: Import) -> _Imported:
    if isinstance(item.node, ast.ImportFrom):
        module = "." * item.node.level + (item.node.module or "")
        return module, item.name, item.alias, item.is_deferred
    return str(item.module), None, item.alias, item.is_deferred


def _statements(imports: Iterable[_Imported]) -> Iterator[str]:
    """One statement a module, with all that is taken from it."""
    taken: dict[tuple[str, str], list[str]] = {}
    for module, name, alias, is_deferred in sorted(imports, key=str):
        renamed = f" as {alias}" if alias else ""
        where = "  # in a function" if is_deferred else ""
        if name is None:
            yield f"import {module}{renamed}{where}"
        else:
            taken.setdefault((module, where), []).append(name + renamed)
    for (module, where), names in taken.items():
        yield f"from {module} import {', '.join(names)}{where}"


# -- what was verified ---------------------------------------------------------------------------


def _checks(preview: Preview, verified: Sequence[CheckResult]) -> Iterator[Check]:
    if preview.outcomes:
        for obligation in obligations():
            yield Check(obligation, "holds")
        yield Check(_SIMULATED, "holds")
    if isinstance(preview, BatchPreview):
        made = [change for result in preview.results for change in result.changes]
        if any(isinstance(change, TreeEdit) for change in made):
            yield Check(_EDITED, "holds")
        if len(made) > 1:
            yield Check(_AS_A_WHOLE, "holds")
    for result in verified:
        known = f", {len(result.old)} fail as before" if result.old else ""
        yield Check(result.title, f"nothing new fails{known} ({result.seconds:.1f} s)")


def _entries(preview: Preview) -> Iterator[tuple[str, str, tuple[Problem, ...]]]:
    if isinstance(preview, BatchPreview):
        for result in preview.results:
            yield result.label, result.status, result.problems
