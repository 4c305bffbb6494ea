"""What a choice of home rests on: who imports a name from where, and what rules there are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from consolidator.errors import Location, Refusal
from consolidator.finders.asks import all_asks
from consolidator.finders.findings import Definer
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

    def path_of(self, module: str) -> str | None:
        """The file of a module; None when there is none, or when it is unclear which."""
        try:
            return self.scene.index.workspace.path_of(module)
        except Refusal:
            return None

    def uses_of(self, definer: Definer) -> tuple[Use, ...]:
        """The imports of a definition, in the order of their places."""
        if definer not in self._uses:
            uses = set(_uses(self.scene, definer.path, definer.qualified.name))
            self._uses[definer] = tuple(sorted(uses))
        return self._uses[definer]


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


def service_of(scene: Scene, path: str) -> str | None:
    """The configured service that a file belongs to."""
    services = scene.index.workspace.config.services
    inside = [s for s in services if path.startswith(s.rstrip("/") + "/")]
    return max(inside, key=len, default=None)
