"""What a module-level name means, from the facts that offers rest on, through re-exports."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

from consolidator.errors import Refusal
from consolidator.index.file_facts import file_facts
from consolidator.index.index import Index
from consolidator.index.offer.facts import Facts, offer_facts
from consolidator.names import ModuleName

_MOST_HOPS = 12


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name is: a class or function of the project, something foreign, or unknown."""

    kind: Literal["class", "function", "module", "foreign", "value", "unknown"]
    module: ModuleName
    name: str
    facts: tuple[dict[str, Any], ...] = field(default=(), compare=False)
    """Of a class one, of a function one for each `def`."""
    set_later: tuple[str, ...] = field(default=(), compare=False)
    """Attributes that the module sets on it afterwards; `*` stands for any."""
    why: str = ""
    """For `unknown` and `value`."""


def facts_at(index: Index, paths: Collection[str]) -> dict[str, Facts | None]:
    """The facts of files, by path; None for those that cannot be read."""
    wanted = [path for path in paths if path not in index.offers]
    if wanted:
        read = file_facts(index, "offer", offer_facts, wanted)
        index.offers.update({path: read.get(path) for path in wanted})
    return {path: index.offers[path] for path in paths}


def module_facts(index: Index, module: str) -> Facts | None:
    """The facts of a module of the project; None when no readable file provides it."""
    path = path_of(index, module)
    return None if path is None else facts_at(index, [path])[path]


def path_of(index: Index, module: str) -> str | None:
    """The file of a module; one that cannot be imported goes by its path without the suffix."""
    try:
        path = index.workspace.path_of(module)
    except Refusal:  # several source roots hold it
        return None
    return f"{module}.py" if path is None and index.workspace.has(f"{module}.py") else path


def read_ahead(index: Index, modules: Iterable[str]) -> None:
    """Read the facts of many modules at once."""
    paths = {path_of(index, module) for module in modules}
    facts_at(index, sorted(path for path in paths if path))


def meaning(index: Index, module: ModuleName, name: str, hops: int = _MOST_HOPS) -> Meaning:
    """What `module.name` is."""
    facts = module_facts(index, module)
    if facts is None and not index.workspace.is_first_party(module):
        return Meaning("foreign", module, name)
    ways = facts["names"].get(name, []) if facts else []
    if facts and ways and hops:
        return _of_ways(index, module, name, facts, hops)
    if facts and hops:
        for star in facts["stars"]:
            found = meaning(index, absolute(index, module, star), name, hops - 1)
            if found.kind in {"class", "function", "value"}:
                return found
    child = module.child(name)
    if index.workspace.is_first_party(child):
        return Meaning("module", child, "")
    return Meaning("unknown", module, name, why=f"{module} does not show {name}")


def dotted_meaning(index: Index, module: ModuleName, dotted: str) -> Meaning:
    """What an expression like `a.b.C` in `module` is."""
    first, *rest = dotted.split(".")
    found = meaning(index, module, first)
    for part in rest:
        if found.kind == "module":
            found = meaning(index, found.module, part)
        elif found.kind == "foreign":
            holder = found.module.child(found.name) if found.name else found.module
            found = Meaning("foreign", holder, part)
        else:
            return Meaning("unknown", module, dotted, why=f"{dotted} is an attribute")
    return found


def absolute(index: Index, module: ModuleName, written: str) -> ModuleName:
    """The module that an import in `module` names, leading dots made absolute."""
    dots = len(written) - len(written.lstrip("."))
    if not dots:
        return ModuleName(written)
    path = path_of(index, module) or ""
    parts = module.split(".")
    is_package = path.rpartition("/")[2].startswith("__init__.")
    kept = parts[: len(parts) - dots + (1 if is_package else 0)]
    rest = written.lstrip(".")
    return ModuleName(".".join([*kept, *([rest] if rest else [])]))


def _of_ways(index: Index, module: ModuleName, name: str, facts: Facts, hops: int) -> Meaning:
    """What a name is that a module binds in one or several ways."""
    ways = facts["names"][name]
    kinds = {way[0] for way in ways}
    later = tuple(facts["set"].get(name, ()))
    if kinds == {"class"} and len(ways) == 1:
        return Meaning("class", module, name, (ways[0][1],), later)
    if kinds == {"function"}:
        return Meaning("function", module, name, tuple(way[1] for way in ways), later)
    if kinds == {"import"}:
        found = {_imported(index, module, way, hops) for way in ways}
        if len(found) == 1:
            return found.pop()
    if kinds == {"alias"} and len(ways) == 1:
        first = ways[0][1].partition(".")[0]
        if first != name and first in facts["names"]:
            return dotted_meaning(index, module, ways[0][1])
    if len(ways) == 1:
        return Meaning("value", module, name, why=f"{name} is assigned")
    return Meaning("unknown", module, name, why=f"{module} binds {name} in several ways")


def _imported(index: Index, module: ModuleName, way: list[Any], hops: int) -> Meaning:
    source = absolute(index, module, way[1])
    if way[2] is None:
        known = index.workspace.is_first_party(source)
        return Meaning("module" if known else "foreign", source, "")
    return meaning(index, source, way[2], hops - 1)
