"""Parts of a project that are deployed apart, and whether two places may share code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from consolidator.errors import Refusal
from consolidator.finders.roles import is_test
from consolidator.finders.scene import Scene

_DEPLOYED_BY = re.compile(
    r"(?:Dockerfile.*|.*\.Dockerfile|requirements[\w.-]*\.txt|pyproject\.toml|setup\.(?:py|cfg)"
    r"|Pipfile|Procfile|manifest\.json|__manifest__\.py)"
)
_NO_SERVICE = frozenset({"tests", "test", "docs", "doc", "examples", "scripts", "requirements"})


@dataclass(frozen=True, slots=True)
class Unit:
    """Code that is deployed together: a service, or a top-level directory that is none."""

    directory: str
    is_service: bool
    is_test: bool
    """Tests are a unit of their own: what they import says nothing of what they test."""


@dataclass(frozen=True)
class Services:
    """The services of a project, and which units import each other today."""

    scene: Scene = field(repr=False)
    directories: frozenset[str]
    """Of the services, without a slash at the end."""
    are_configured: bool
    imports: Mapping[Unit, frozenset[Unit]] = field(repr=False)
    _units: dict[str, Unit] = field(default_factory=dict, repr=False)

    def of(self, path: str) -> str | None:
        """The directory of the service that holds a file; None when none does."""
        return self.unit(path).directory if self.unit(path).is_service else None

    def unit(self, path: str) -> Unit:
        """The unit that holds a file."""
        known = self._units.get(path)
        if known is None:
            known = self._units[path] = unit_of(path, self.directories)
        return known

    def may_share(self, path: str, other: str) -> bool:
        """Whether code of two files may become one: one of their units may import the other.

        They may when they belong to one service, or to none, or when one unit imports the other
        today; settings that name the services leave only that between two services.
        """
        one, two = self.unit(path), self.unit(other)
        if one.directory == two.directory or not (one.is_service or two.is_service):
            return True
        if self.are_configured:
            return not (one.is_service and two.is_service)
        return two in self.imports.get(one, ()) or one in self.imports.get(two, ())


def services(scene: Scene) -> Services:
    """The services that the settings name, or else the directories with deployment files."""
    configured = scene.index.workspace.config.services
    named = {item.strip("/") for item in configured}
    directories = frozenset(named or _deployed_apart(scene))
    imports = {} if configured or not directories else _imports(scene, directories)
    return Services(scene, directories, bool(configured), imports)


def unit_of(path: str, directories: frozenset[str]) -> Unit:
    """The unit that holds a file, given the services: the innermost of them."""
    directory = path.rpartition("/")[0]
    while directory:
        if directory in directories:
            return Unit(directory, True, is_test(path))
        directory = directory.rpartition("/")[0]
    return Unit(path.partition("/")[0] if "/" in path else "", False, is_test(path))


def _deployed_apart(scene: Scene) -> Iterator[str]:
    """The directories below the root that hold Python code and a deployment file."""
    holding = {directory for path in scene.outlines for directory in _directories_above(path)}
    paths = [*scene.index.workspace.other_paths(), *scene.outlines]
    for path in paths:
        directory, _, name = path.rpartition("/")
        is_service = directory in holding and not _NO_SERVICE.intersection(directory.split("/"))
        if is_service and _DEPLOYED_BY.fullmatch(name):
            yield directory


def _directories_above(path: str) -> Iterator[str]:
    directory = path.rpartition("/")[0]
    while directory:
        yield directory
        directory = directory.rpartition("/")[0]


def _imports(scene: Scene, directories: frozenset[str]) -> Mapping[Unit, frozenset[Unit]]:
    """For each unit the other units that it imports anything of."""
    modules: dict[Unit, dict[str, str]] = {}
    for path, outline in scene.outlines.items():
        found = modules.setdefault(unit_of(path, directories), {})
        found.update((item.module, path) for item in outline.imports if item.module[0] != ".")
    tops = {module.top for module in scene.index.workspace.modules()}
    return {
        unit: frozenset(
            target
            for module, path in found.items()
            if module.partition(".")[0] in tops
            and (target := _imported_unit(scene, path, module, directories)) is not None
        )
        - {unit}
        for unit, found in modules.items()
    }


def _imported_unit(
    scene: Scene, path: str, module: str, directories: frozenset[str]
) -> Unit | None:
    try:
        target = scene.index.workspace.path_of(module, path)
    except Refusal:
        return None
    return None if target is None else unit_of(target, directories)
