"""Names that a star import does not bring any more, because its module is half imported by then.

`from m import *` takes what m has at that moment, and nobody complains of the rest until a
function needs it. So what each module has in the end is compared.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from consolidator.index.import_graph import star_sources
from consolidator.index.import_order import NewTrouble, SimulatedProject
from consolidator.index.importers import names_taken
from consolidator.index.simulation import Failure, simulate_all
from consolidator.index.simulation.state import Step
from consolidator.names import ModuleName


def lost_through_stars(
    firsts: Iterable[ModuleName],
    within: frozenset[ModuleName],
    before: SimulatedProject,
    after: SimulatedProject,
) -> Iterator[NewTrouble]:
    """The names that star importers of `within` use and lack in the end, and did not before."""
    starring = {name: found for name in within if (found := _stars(after, name) & within)}
    if not starring:
        return
    names = [name for name in {*firsts, *starring} if after.find(name)]
    old = simulate_all([n for n in names if before.find(n)], before, with_bound=True)
    new = simulate_all(names, after, with_bound=True)
    for first in sorted(names):
        if new[first].fatal is not None:
            continue
        for module in sorted(starring.keys() & new[first].loaded & old.keys()):
            # A module that was not loaded then had all of its names when it came first itself.
            known = [old[n].bound or {} for n in (first, module) if n in old]
            whole = next((bound[module] for bound in known if module in bound), frozenset())
            bound = new[first].bound or {}
            offered = frozenset[str]().union(*(bound.get(n, ()) for n in starring[module]))
            for name in sorted((whole & offered) - bound[module]):
                by_chance = _is_a_submodule(before, starring[module], name)
                used = _is_named(after, module, name) or (
                    not by_chance and _is_package(after, module)
                )
                if used and not _binds_itself(before, module, name):
                    yield NewTrouble(first, _failure(after, module, name), False)


def _stars(project: SimulatedProject, name: ModuleName) -> frozenset[ModuleName]:
    data = _data(project, name)
    path = project.index.workspace.path_of(name) or ""
    return frozenset(star_sources(data, name, path.rpartition("/")[2] == "__init__.py"))


def _failure(project: SimulatedProject, module: ModuleName, name: str) -> Failure:
    data = _data(project, module)
    found = re.search(rb"import[ \t]*\(?[ \t]*\*", data)
    line = data.count(b"\n", 0, found.start() if found else 0) + 1
    chain = (Step(ModuleName(""), 0, module),)
    return Failure(module, line, "unbound name", name, module, chain, False)


def _binds_itself(project: SimulatedProject, name: ModuleName, bound: str) -> bool:
    """Whether a module had a name not by a star import alone; its functions may import it now."""
    module = project.index.module(name)
    return module is not None and bound in module.scope.bindings


def _is_package(project: SimulatedProject, module: ModuleName) -> bool:
    """Whether a module is a package, which offers all that it has."""
    path = project.index.workspace.path_of(module) or ""
    return path.rpartition("/")[2] == "__init__.py"


def _is_a_submodule(project: SimulatedProject, starred: frozenset[ModuleName], name: str) -> bool:
    """Whether a star import brings a name only because somebody has imported a module so called.

    from .widgets import *    # and `box`, once anything has imported `widgets.box`
    """
    modules = [project.index.module(each) for each in starred]
    bound = any(module is not None and name in module.scope.bindings for module in modules)
    return not bound and any(project.find(each.child(name)) for each in starred)


def _is_named(project: SimulatedProject, module: ModuleName, name: str) -> bool:
    """Whether a module names it, or others take it from there."""
    named = re.search(rb"\b%s\b" % re.escape(name.encode()), _data(project, module)) is not None
    return named or name in names_taken(project.index, module)


def _data(project: SimulatedProject, name: ModuleName) -> bytes:
    path = project.index.workspace.path_of(name)
    return b"" if path is None else project.index.workspace.file(path).data
