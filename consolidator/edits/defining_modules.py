"""The import of a name from the module that defines it, where it is taken through another one."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from consolidator.edits.imports.names import ImportedName, ImportSite
from consolidator.index.importers import names_set
from consolidator.index.index import Index
from consolidator.index.module import Import, Module
from consolidator.names import ModuleName


def from_defining_module(index: Index, imported: ImportedName) -> ImportedName | None:
    """The same thing from the module that defines it; None when it may not be the same.

    from tools import Knife    # tools/__init__.py: from tools.knives import Knife
    """
    module, name = imported.module, imported.name
    passed: set[ModuleName] = set()
    while name is not None and module not in passed:
        passed.add(module)
        facts = _facts(index, module)
        if facts is None or name in names_set(index, module):
            return None
        if not facts.bindings(name):
            star = _the_star_that_brings(index, facts, name)
            if star is None:
                return None
            module = star.module
            continue
        if len(facts.bindings(name)) != 1:
            return None
        further = facts.imports_by_name.get(name)
        if not further:
            bound = imported.bound()
            return ImportedName(module, name, bound if bound != name else None)
        module, name = _handed_on(further[0])
    return None


def _facts(index: Index, module: ModuleName) -> Module | None:
    path = index.workspace.path_of(module)
    return None if path is None else index.readable(path)


def _the_star_that_brings(index: Index, facts: Module, name: str) -> Import | None:
    """`from tools.knives import *`, where no other star import can bring the name, too."""
    bringing = [star for star in facts.star_imports if index.through_star(star, name) is not None]
    return bringing[0] if len(bringing) == 1 and not bringing[0].guards else None


def _handed_on(item: Import) -> tuple[ModuleName, str | None]:
    """What a re-export takes; nothing where a guard may take something else."""
    return item.module, None if item.guards else item.name


def direct_imports(
    index: Index, module: Module, names: Collection[str], but: Collection[ImportSite] = ()
) -> dict[ImportSite, ImportedName]:
    """What a file is to import of some names to have them from the modules that define them."""
    found = redirected(index, module) if names else ()
    sites = {ImportSite(item.node, item.index): there for item, there in found}
    return {s: there for s, there in sites.items() if there.bound() in names and s not in but}


def redirected(index: Index, module: Module) -> Iterator[tuple[Import, ImportedName]]:
    """The imports at the top of a file that go through others, each with the direct one."""
    for item in module.imports:
        if item.scope is not module.scope or item.guards or item.name in {None, "*"}:
            continue
        imported = ImportedName(item.module, item.name, item.alias)
        direct = from_defining_module(index, imported)
        if direct is not None and direct.module not in {item.module, module.name}:
            yield item, direct
