"""What a star import brings when its module comes to offer another name.

# shop/__init__.py
from .orders import *       # its `Invoice` is a class
from .payloads import *     # an `Invoice` that arrives there takes its place
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator

from consolidator.edits.type_variables import same_type_variable
from consolidator.index.importers import star_importers
from consolidator.index.index import Index, Origin, exports
from consolidator.index.module import Import, Module
from consolidator.index.offer.names import meaning
from consolidator.names import ModuleName


def hidden_by_arrival(
    index: Index, home: ModuleName, name: str, arriving: Origin
) -> Iterator[tuple[Module, Import]]:
    """The star importers of `home` that have another thing by the name, and would lose it.

    Each with the star import that would bring the name, also where one hands it on to the next.
    """
    seen, offering = {home}, [home]
    while offering:
        giver = offering.pop()
        for importer in star_importers(index, giver):
            stars = [each for each in importer.star_imports if each.module == giver]
            stars = [each for each in stars if not each.is_typing_only]
            if importer.name in seen or not stars:
                continue
            seen.add(importer.name)
            bound = dict(_bound(index, importer, name, giver))
            last = stars[-1].statement
            if max(bound, default=0) > last:
                continue
            today = bound[max(bound)] if bound else _without_binding(index, importer, name)
            if today is not None and not _same(index, today, arriving):
                yield importer, stars[-1]
            if exports(importer, name) or _has_computed_all(importer):
                offering.append(importer.name)


def _bound(
    index: Index, importer: Module, name: str, giver: ModuleName
) -> Iterator[tuple[int, Origin]]:
    """What binds a name of a module, by statement, but for the star imports of `giver`."""
    imports = {item.statement: item for item in importer.imports_by_name.get(name, ())}
    for binding in importer.bindings(name):
        item = imports.get(binding.statement)
        own = Origin("definition", importer.name, name)
        yield binding.statement, own if item is None else index.resolve_import(item)
    for star in importer.star_imports:
        origin = index.through_star(star, name) if star.module != giver else None
        if origin is not None and origin.kind != "external":
            yield star.statement, origin


def _without_binding(index: Index, importer: Module, name: str) -> Origin | None:
    """A submodule of that name, or the builtin, if the module uses that."""
    child = importer.name.child(name)
    if importer.is_package and index.workspace.is_first_party(child):
        return Origin("module", child)
    if name in vars(builtins) and name in importer.readers:
        return Origin("external", ModuleName("builtins"), name)
    return None


def _same(index: Index, one: Origin, other: Origin) -> bool:
    """Whether two names mean one thing, also as `Order = models.Order` or as type variables."""
    if one == other:
        return True
    if {one.kind, other.kind} - {"definition", "external"}:
        return False
    if meaning(index, one.module, one.name) == meaning(index, other.module, other.name):
        return True
    first, second = index.module(one.module), index.module(other.module)
    if first is None or second is None or one.name != other.name:
        return False
    return same_type_variable(index, first, second, one.name)


def _has_computed_all(module: Module) -> bool:
    return "__all__" in module.scope.bindings and module.all_names is None
