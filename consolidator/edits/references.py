"""References: every place in the project that reaches a moved name through its old module."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from consolidator.edits.attribute_uses import AttributeUse, attribute_uses
from consolidator.edits.builtin_names import BUILTINS
from consolidator.edits.done_with import is_done_with
from consolidator.edits.imports.names import ImportedName, ImportSite
from consolidator.edits.pinned import place
from consolidator.edits.text_edit import TextEdit
from consolidator.errors import Location
from consolidator.index.index import Index, Origin
from consolidator.index.module import Import, Module
from consolidator.names import ModuleName

ReferenceKind = Literal[
    "import", "attribute", "star import", "string", "patch", "object", "stub", "leave-behind"
]


@dataclass(frozen=True, slots=True)
class Reference:
    """One place that names a moved definition, and whether it was rewritten or left."""

    kind: ReferenceKind
    location: Location
    rewritten: bool
    note: str = ""


@dataclass
class FileReferences:
    """What has to change in one file so that it reaches the moved names in their new home."""

    module: Module
    retarget: dict[ImportSite, ImportedName] = field(default_factory=dict)
    remove: list[ImportSite] = field(default_factory=list)
    add: list[ImportedName] = field(default_factory=list)
    for_types: list[ImportedName] = field(default_factory=list)
    """Imports for the type checker alone."""
    edits: list[TextEdit] = field(default_factory=list)
    references: list[Reference] = field(default_factory=list)

    @property
    def changes_something(self) -> bool:
        return bool(self.retarget or self.remove or self.add or self.for_types or self.edits)


def import_sites(module: Module, source: str, names: frozenset[str]) -> Iterator[Import]:
    """The `from source import name` of a file, in every scope and guard."""
    for item in module.imports:
        if item.module == source and item.name in names:
            yield item


def rewrite_references(
    index: Index,
    module: Module,
    source: ModuleName,
    target: ModuleName,
    names: frozenset[str],
    uses: list[AttributeUse],
    read_in_source: frozenset[str],
    renamed: Mapping[str, str] = MappingProxyType({}),
    *,
    leaves_nothing: bool = False,
) -> FileReferences:
    """Make one file that is neither source nor target reach the names in the target.

    `uses` are its `uses_through_modules`.
    What replaces a name for readers that stay (`read_in_source`) goes on to replace it there.
    `renamed` says what the target calls a name, where it calls it otherwise. If the source
    `leaves_nothing` behind, more is tried than what reads well.
    """
    found = FileReferences(module)
    for item in import_sites(module, source, names):
        found.retarget[ImportSite(item.node, item.index)] = in_target(
            target, str(item.name), renamed, item.alias
        )
        found.references.append(Reference("import", place(module, item.node), True))
    replaced = {use.name for use in uses if use.replaces} & read_in_source
    for use in [use for use in uses if use.name in replaced]:
        location = place(module, use.use.node)
        found.references.append(
            Reference("attribute", location, False, "replaced for readers that stay")
        )
    uses = [use for use in uses if use.name not in replaced]
    by_root: dict[Import, list[AttributeUse]] = {}
    for use in uses:
        by_root.setdefault(use.root, []).append(use)
    for root, group in by_root.items():
        _rewrite_attributes(index, found, root, group, target, renamed, leaves_nothing)
    return found


def in_target(
    target: ModuleName, name: str, renamed: Mapping[str, str], alias: str | None = None
) -> ImportedName:
    """The import of a moved name from its home, bound to the name that it had."""
    called = renamed.get(name, name)
    return ImportedName(target, called, alias or (name if called != name else None))


def _rewrite_attributes(
    index: Index,
    found: FileReferences,
    root: Import,
    group: list[AttributeUse],
    target: ModuleName,
    renamed: Mapping[str, str],
    leaves_nothing: bool,
) -> None:
    module = found.module
    hides = _hides_a_builtin(index, module, root, group, target)
    if hides and _rewrite_to_names(index, found, root, group, target, renamed):
        return
    hidden = _is_hidden(index, target)
    spelled = None if hidden else _module_spelling(index, found, root, group, target)
    names = spelled is None and (hidden or leaves_nothing)
    if names and _rewrite_to_names(index, found, root, group, target, renamed):
        return
    for use in group:
        location = place(module, use.use.node)
        if spelled is None:
            note = "left on the leave-behind"
            found.references.append(Reference("attribute", location, False, note))
            continue
        called = renamed.get(use.name, use.name)
        new = spelled if use.is_argument else f"{spelled}.{called}"
        found.edits.append(TextEdit(use.span, use.span.of(module.text), new))
        found.references.append(Reference("attribute", location, True))


def _hides_a_builtin(
    index: Index, module: Module, root: Import, group: list[AttributeUse], target: ModuleName
) -> bool:
    """Whether the target, imported as the source is, would go by a builtin's name.

    from shop.elements import any    # and `any(...)` is that module from here on
    """
    bound = _like(root, target).bound()
    if root.alias or bound not in BUILTINS:
        return False
    return _existing_spelling(index, module, target, group) is None


def _is_hidden(index: Index, target: ModuleName) -> bool:
    """Whether `pkg.target` is another thing: `from .target import target` in the package.

    Or a package above it is: `import top.pkg.target as t` asks `top` for `pkg`.
    """
    for name in (*target.ancestors(), target):
        origin = index.resolve(name.parent, name.tail) if name.parent else None
        known = origin is not None and origin.kind in {"definition", "module"}
        if known and origin != Origin("module", name):
            return True
    return False


def _rewrite_to_names(
    index: Index,
    found: FileReferences,
    root: Import,
    group: list[AttributeUse],
    target: ModuleName,
    renamed: Mapping[str, str],
) -> bool:
    """`source.C` becomes `C`, imported from a target that cannot be named; False if it cannot."""
    module = found.module
    if any(use.is_argument or use.replaces for use in group):
        return False
    if root.scope is not module.scope or root.guards:
        return False
    wanted: dict[str, ImportedName] = {}
    for use in group:
        plain = in_target(target, use.name, renamed)
        other = in_target(target, use.name, renamed, f"{target.tail}_{use.name}")
        free = [each for each in (plain, other) if _is_unknown(module, each.bound())]
        if not free:
            return False
        wanted[use.name] = free[0]
    for use in group:
        found.edits.append(TextEdit(use.span, use.span.of(module.text), wanted[use.name].bound()))
        found.references.append(Reference("attribute", place(module, use.use.node), True))
    found.add += wanted.values()
    if _drop_root_if_done(index, found, root, group, found.add[-1]):
        site = ImportSite(root.node, root.index)
        del found.retarget[site]
        found.remove.append(site)
    return True


def _module_spelling(
    index: Index, found: FileReferences, root: Import, group: list[AttributeUse], target: ModuleName
) -> str | None:
    """How the file calls the target module from now on; None when it had better not."""
    module = found.module
    existing = _existing_spelling(index, module, target, group)
    if existing is not None:
        _drop_root_if_done(index, found, root, group, None)
        return existing
    for other in [*found.add, *_retargeted_around(found, root)]:
        if other.name is None and other.module == target:
            return other.alias or target
        if other.name is not None and other.module.child(other.name) == target:
            return other.bound()
    wanted = _like(root, target)
    like = replace(wanted, alias=root.alias)
    if root.alias and _drop_root_if_done(index, found, root, group, like):
        return root.alias
    bound = wanted.bound()
    spelled = target if wanted.name is None and not wanted.alias else bound
    if not _is_free(module, bound, root):
        return None
    if _drop_root_if_done(index, found, root, group, wanted):
        return spelled
    if root.scope is not module.scope or (root.guards and not root.is_typing_only):
        return None
    (found.for_types if root.guards else found.add).append(wanted)
    return spelled


def _retargeted_around(found: FileReferences, root: Import) -> Iterator[ImportedName]:
    """The retargeted imports that bind where `root` does: not those of another function."""
    for item in found.module.imports:
        site = ImportSite(item.node, item.index)
        if site in found.retarget and item.scope is root.scope and item.guards == root.guards:
            yield found.retarget[site]


def _like(root: Import, target: ModuleName) -> ImportedName:
    """The import of the target module in the manner of the one of the source module."""
    if (root.name is None and not root.alias) or "." not in target:
        return ImportedName(target, None)
    if root.name is None:
        return ImportedName(target, None, target.tail)
    return ImportedName(target.parent, target.tail)


def _existing_spelling(
    index: Index, module: Module, target: ModuleName, group: list[AttributeUse]
) -> str | None:
    for item in module.imports:
        if item.scope is not module.scope or item.guards or not item.bound:
            continue
        if any(use.use.scope.lookup(item.bound) is not module.scope for use in group):
            continue
        if item.name is None and not item.alias:
            if item.module == target:
                return target
        elif index.resolve_import(item) == Origin("module", target):
            return item.bound
    return None


def _is_free(module: Module, bound: str, root: Import) -> bool:
    """Whether binding a name beside `root` hides nothing and is hidden by nothing."""
    if root.name is None and not root.alias and bound == root.bound:
        return True
    return _is_unknown(module, bound)


def _is_unknown(module: Module, name: str) -> bool:
    """Whether no scope of a module binds or reads a name."""
    return name not in module.readers and not any(
        name in scope.bindings for scope in module.scope.walk()
    )


def _drop_root_if_done(
    index: Index,
    found: FileReferences,
    root: Import,
    group: list[AttributeUse],
    wanted: ImportedName | None,
) -> bool:
    """Retarget (or remove) the import of the old module when nothing else uses it."""
    keeps_name = wanted is not None and wanted.bound() == root.bound
    if not is_done_with(index, found.module, root, group, keeps_name=keeps_name):
        return False
    site = ImportSite(root.node, root.index)
    if wanted is not None:
        found.retarget[site] = wanted
    else:
        found.remove.append(site)
    return True


def own_references(
    index: Index,
    module: Module,
    source: ModuleName,
    names: frozenset[str],
    renamed: Mapping[str, str] = MappingProxyType({}),
) -> FileReferences:
    """Make the target itself use the names that now stand in it."""
    found = FileReferences(module)
    for item in import_sites(module, source, names):
        found.remove.append(ImportSite(item.node, item.index))
        found.references.append(Reference("import", place(module, item.node), True))
        called = renamed.get(str(item.name), str(item.name))
        if item.bound != called:
            _rename_bound(found, item, called)
    for use in attribute_uses(index, module, source, names):
        if use.use.scope.lookup(use.name) in {None, module.scope}:
            called = renamed.get(use.name, use.name)
            found.edits.append(TextEdit(use.span, use.span.of(module.text), called))
            found.references.append(Reference("attribute", place(module, use.use.node), True))
    return found


def _rename_bound(found: FileReferences, item: Import, called: str) -> None:
    """`from source import C as K` in the target: what was K is C."""
    module = found.module
    for scope in module.scope.walk():
        for use in scope.uses:
            mine = use.name == item.bound and use.scope.lookup(use.name) is item.scope
            if mine and use.span is not None:
                found.edits.append(TextEdit(use.span, use.span.of(module.text), called))
