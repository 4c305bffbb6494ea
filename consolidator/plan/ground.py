"""What a choice of home rests on: who imports a name from where, and what rules there are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from consolidator.errors import Location, Refusal
from consolidator.finders.asks import all_asks
from consolidator.finders.findings import Definer
from consolidator.finders.roles import is_test
from consolidator.finders.scene import Scene
from consolidator.names import ModuleName
from consolidator.plan.layers import LayerRules, read_layers


@dataclass(frozen=True, slots=True, order=True)
class Use:
    """One import of a definition, directly or through a module that passes it on."""

    path: str
    line: int
    importer: ModuleName
    is_direct: bool
    """Whether it asks the module that defines it."""

    @property
    def location(self) -> Location:
        return Location(self.path, self.line)


@dataclass(frozen=True)
class Ground:
    """One project, seen by whoever chooses homes."""

    scene: Scene
    _uses: dict[Definer, tuple[Use, ...]] = field(default_factory=dict, repr=False)

    @cached_property
    def rules(self) -> LayerRules:
        """The layer rules that the project has."""
        return read_layers(self.scene.index.workspace.root)

    @cached_property
    def directions(self) -> Counter[tuple[str, str]]:
        """How often modules of one package import modules of another, tests left out.

        The packages are those at which the two names part: `app.core` and `app.web`.
        """
        return Counter(_directions(self.scene))

    def against(
        self,
        importer: ModuleName,
        imported: ModuleName,
        apart_from: Counter[tuple[str, str]] | None = None,
    ) -> str:
        """Why an import would turn the layers around, as they are today; empty if it would not.

        `apart_from` are imports that do not count, as they are about to change.
        """
        one, other = parting(importer, imported)
        if (one, other) == (importer, imported):
            return ""  # two neighbours: whether that makes a cycle is for a trial to say
        counts = self.directions if apart_from is None else self.directions - apart_from
        back = counts[other, one]
        if not one or not other or not back or counts[one, other]:
            return ""
        return f"nothing in {one} imports {other}, which imports {one} in {counted(back, 'place')}"

    def is_upstream(self, importer: ModuleName, imported: ModuleName) -> bool:
        """Whether such an import goes against the way that most imports take between the two."""
        one, other = parting(importer, imported)
        forth, back = self.directions[one, other], self.directions[other, one]
        return (one, other) != (importer, imported) and back >= 4 * max(forth, 1)

    def directions_for(self, copies: tuple[Definer, ...]) -> Counter[tuple[str, str]]:
        """The directions of the modules that import nothing but these definitions from theirs."""
        found: Counter[tuple[str, str]] = Counter()
        for copy in copies:
            names = self.scene.once(all_asks).of_files.get(copy.path, {})
            others = {
                path for name in names if name != copy.qualified.name for path, _ in names[name]
            }
            for path in {path for path, _ in names.get(copy.qualified.name, ())} - others:
                if not is_test(path):
                    found[parting(self.scene.module_of(path), copy.qualified.module)] += 1
        return found

    def imports(self, path: str, definer: Definer) -> bool:
        """Whether a file imports, at its top, other things from the module of a definition."""
        names = self.scene.once(all_asks).of_files.get(definer.path, {})
        return any(
            asker == path and not item.column
            for name, asks in names.items()
            if name != definer.qualified.name
            for asker, item in asks
        )

    def path_of(self, module: str) -> str | None:
        """The file of a module; None when there is none, or when it is unclear which."""
        try:
            return self.scene.index.workspace.path_of(module)
        except Refusal:
            return None

    def is_importable(self, definer: Definer) -> bool:
        """Whether the definition can be imported by the name of its module."""
        return self.path_of(definer.qualified.module) == definer.path

    def uses_of(self, definer: Definer) -> tuple[Use, ...]:
        """The imports of a definition, in the order of their places."""
        if definer not in self._uses:
            uses = set(_uses(self.scene, definer.path, definer.qualified.name))
            self._uses[definer] = tuple(sorted(uses))
        return self._uses[definer]


def counted(number: int, noun: str) -> str:
    """`1 import`, `2 imports`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def parting(one: str, other: str) -> tuple[str, str]:
    """The packages (or modules) at which two names part; empty when one holds the other."""
    mine, theirs = one.split("."), other.split(".")
    for depth, (left, right) in enumerate(zip(mine, theirs, strict=False), 1):
        if left != right:
            return ".".join(mine[:depth]), ".".join(theirs[:depth])
    return "", ""


def _directions(scene: Scene) -> Iterator[tuple[str, str]]:
    asks = scene.once(all_asks)
    for provider, names in asks.of_files.items():
        target = scene.module_of(provider)
        askers = {asker for every in names.values() for asker, _ in every}
        for asker in askers:
            if not is_test(asker):
                yield parting(scene.module_of(asker), target)


def _uses(scene: Scene, path: str, name: str) -> Iterator[Use]:
    asks = scene.once(all_asks)
    waiting, seen = [(path, name)], {(path, name)}
    while waiting:
        provider, taken = waiting.pop()
        names = asks.of_files.get(provider, {})
        passed_on = [(asker, taken) for asker, _ in names.get("*", ())]
        for asker, item in names.get(taken, ()):
            yield Use(asker, item.line, scene.module_of(asker), provider == path)
            if not item.column:
                passed_on.append((asker, item.bound))
        waiting += [place for place in passed_on if place not in seen]
        seen.update(passed_on)
