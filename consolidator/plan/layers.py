"""Layer rules that the project has already: the contracts of import-linter, and of tach.

Only direct imports are judged: whether one module may import another.
"""

from __future__ import annotations

import configparser
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

_UNREADABLE = (
    OSError,
    ValueError,
    TypeError,
    AttributeError,  # `contracts = [1]`
    LookupError,
    RecursionError,
    configparser.Error,
)


class Contract(Protocol):
    """A rule with a name that says of one import whether it is forbidden."""

    @property
    def name(self) -> str: ...

    def forbids(self, importer: str, imported: str) -> bool: ...


@dataclass(frozen=True)
class LayerRules:
    """The contracts of a project."""

    contracts: tuple[Contract, ...] = ()
    unreadable: tuple[str, ...] = ()
    """Files that hold contracts, or may, and cannot be read; each with the reason."""

    def broken_by(self, importer: str, imported: str) -> str | None:
        """The name of the first contract that forbids `importer` to import `imported`."""
        for contract in self.contracts:
            if importer != imported and contract.forbids(importer, imported):
                return contract.name
        return None


def read_layers(root: Path) -> LayerRules:
    """The contracts in `.importlinter`, `setup.cfg`, `pyproject.toml` and `tach.toml` at `root`."""
    contracts: list[Contract] = []
    unreadable = []
    for name, read in _READERS.items():
        try:
            contracts += read((root / name).read_bytes().decode("utf-8-sig"))
        except FileNotFoundError:
            continue
        except _UNREADABLE as error:
            unreadable.append(f"{name}: {str(error).splitlines()[0]}")
    return LayerRules(tuple(contracts), tuple(unreadable))


# -- import-linter ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Layers:
    """Each layer may import those below it; modules separated by `|` may not import each other."""

    name: str
    layers: tuple[tuple[tuple[str, ...], bool], ...]
    """From the top: the modules of each layer, and whether they are independent."""
    containers: tuple[str, ...]
    ignored: tuple[tuple[str, str], ...]

    def forbids(self, importer: str, imported: str) -> bool:
        for container in self.containers or ("",):
            above, below = self._place(container, importer), self._place(container, imported)
            if above is None or below is None or _is_ignored(self.ignored, importer, imported):
                continue
            if above[0] > below[0]:
                return True
            if above[0] == below[0] and above[1] != below[1] and self.layers[above[0]][1]:
                return True
        return False

    def _place(self, container: str, module: str) -> tuple[int, str] | None:
        for level, (names, _) in enumerate(self.layers):
            for name in names:
                if _is_within(module, f"{container}.{name}" if container else name):
                    return level, name
        return None


@dataclass(frozen=True)
class _Forbidden:
    """Some modules may not import some others."""

    name: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    ignored: tuple[tuple[str, str], ...]

    def forbids(self, importer: str, imported: str) -> bool:
        return (
            _is_in(importer, self.sources)
            and _is_in(imported, self.targets)
            and not _is_ignored(self.ignored, importer, imported)
        )


@dataclass(frozen=True)
class _Independence:
    """Some modules may not import each other."""

    name: str
    modules: tuple[str, ...]
    ignored: tuple[tuple[str, str], ...]

    def forbids(self, importer: str, imported: str) -> bool:
        return any(
            _is_within(importer, one) and _is_within(imported, other)
            for one in self.modules
            for other in self.modules
            if one != other and not _is_within(importer, other)
        ) and not _is_ignored(self.ignored, importer, imported)


@dataclass(frozen=True)
class _Protected:
    """Some modules may be imported by the listed ones (and by themselves) only."""

    name: str
    modules: tuple[str, ...]
    allowed: tuple[str, ...]
    ignored: tuple[tuple[str, str], ...]

    def forbids(self, importer: str, imported: str) -> bool:
        return (
            any(_is_within(imported, m) and not _is_within(importer, m) for m in self.modules)
            and not _is_in(importer, self.allowed)
            and not _is_ignored(self.ignored, importer, imported)
        )


def _linter_of_ini(text: str) -> Iterator[Contract]:
    parser = configparser.ConfigParser(interpolation=None)
    parser.read_string(text)
    for section in parser.sections():
        if section.startswith("importlinter:contract:"):
            settings = dict(parser[section])
            yield from _contract(settings, settings.get("name", section))


def _linter_of_pyproject(text: str) -> Iterator[Contract]:
    settings = tomllib.loads(text).get("tool", {}).get("importlinter", {})
    for contract in settings.get("contracts", []):
        yield from _contract(contract, str(contract.get("name", "import-linter")))


def _contract(settings: Mapping[str, Any], name: str) -> Iterator[Contract]:
    def listed(key: str) -> tuple[str, ...]:
        value = settings.get(key, ())
        lines = value.splitlines() if isinstance(value, str) else [str(item) for item in value]
        return tuple(line.strip() for line in lines if line.strip())

    ignored = tuple(
        (importer.strip(), imported.strip())
        for importer, _, imported in (line.partition("->") for line in listed("ignore_imports"))
    )
    match settings.get("type"):
        case "layers":
            layers = tuple(map(_layer, listed("layers")))
            yield _Layers(name, layers, listed("containers"), ignored)
        case "forbidden":
            modules, targets = listed("source_modules"), listed("forbidden_modules")
            yield _Forbidden(name, modules, targets, ignored)
        case "independence":
            yield _Independence(name, listed("modules"), ignored)
        case "protected":
            yield _Protected(
                name, listed("protected_modules"), listed("allowed_importers"), ignored
            )


def _layer(line: str) -> tuple[tuple[str, ...], bool]:
    """`a | (b)`: the modules of a layer, and whether they are independent of each other."""
    names = [part.strip().strip("()").strip() for part in re.split(r"[|:]", line)]
    return tuple(names), "|" in line


# -- tach ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _TachModule:
    """What tach.toml says of one module."""

    path: str
    depends_on: tuple[str, ...] | None
    cannot: tuple[str, ...]
    layer: str | None
    is_open: bool
    """Whether everybody may use it (`utility`), or nothing is checked in it (`unchecked`)."""


@dataclass(frozen=True)
class _Tach:
    """A module may import what it depends on, and what stands in a lower layer."""

    name: str
    modules: tuple[_TachModule, ...]
    layers: tuple[str, ...]

    def forbids(self, importer: str, imported: str) -> bool:
        mine, theirs = self._owner(importer), self._owner(imported)
        if mine is None or theirs is None or mine.path == theirs.path or theirs.is_open:
            return False
        if _is_in(theirs.path, mine.cannot):
            return True
        if mine.layer in self.layers and theirs.layer in self.layers and mine.layer != theirs.layer:
            return self.layers.index(str(mine.layer)) > self.layers.index(str(theirs.layer))
        return mine.depends_on is not None and not _is_in(theirs.path, mine.depends_on)

    def _owner(self, module: str) -> _TachModule | None:
        """The most deeply nested module of tach.toml that a module belongs to."""
        owners = [item for item in self.modules if _is_within(module, item.path)]
        return max(owners, key=lambda item: item.path.count("."), default=None)


def _tach(text: str) -> Iterator[Contract]:
    settings = tomllib.loads(text)
    modules = tuple(
        _TachModule(
            str(path),
            None if "depends_on" not in item else tuple(map(_path, item["depends_on"])),
            tuple(map(_path, item.get("cannot_depend_on", ()))),
            item.get("layer"),
            bool(item.get("utility") or item.get("unchecked")),
        )
        for item in settings.get("modules", [])
        for path in _paths(item)
        if path != "<root>"
    )
    if modules:
        layers = [item if isinstance(item, str) else item["name"] for item in _layers(settings)]
        yield _Tach("tach.toml", modules, tuple(layers))


def _paths(module: Mapping[str, Any]) -> Sequence[Any]:
    return module["paths"] if "paths" in module else [module.get("path", "<root>")]


def _layers(settings: Mapping[str, Any]) -> list[Any]:
    return list(settings.get("layers", []))


def _path(dependency: Any) -> str:
    """`"a.b"`, or `{ path = "a.b", deprecated = true }`."""
    return str(dependency["path"] if isinstance(dependency, Mapping) else dependency)


# -- module expressions ----------------------------------------------------------------------


def _is_in(module: str, expressions: Iterable[str]) -> bool:
    return any(_is_within(module, expression) for expression in expressions)


def _is_ignored(ignored: Iterable[tuple[str, str]], importer: str, imported: str) -> bool:
    """Whether `a.b -> c.d` allows this import; such a line names the very modules."""
    return any(
        _pattern(one).fullmatch(importer) and _pattern(other).fullmatch(imported)
        for one, other in ignored
    )


def _is_within(module: str, expression: str) -> bool:
    """Whether a module is, or stands below, what an expression with `*` and `**` names."""
    if "*" not in expression:
        return module == expression or module.startswith(expression + ".")
    return re.fullmatch(_pattern(expression).pattern + r"(\..*)?", module) is not None


def _pattern(expression: str) -> re.Pattern[str]:
    """`*` is one part of a name, `**` any number of them."""
    parts = [
        r".+" if part == "**" else re.escape(part).replace(r"\*", r"[^.]+")
        for part in expression.split(".")
    ]
    return re.compile(r"\.".join(parts))


_READERS = {
    ".importlinter": _linter_of_ini,
    "setup.cfg": _linter_of_ini,
    "pyproject.toml": _linter_of_pyproject,
    "tach.toml": _tach,
}
