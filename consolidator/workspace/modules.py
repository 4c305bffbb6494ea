"""Module names of files and files of module names, under the source roots."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from consolidator.errors import Problem, Refusal
from consolidator.names import ModuleName
from consolidator.workspace.source_root import SourceRoot, join


@dataclass(frozen=True, eq=False)
class Modules:
    """The names under which the Python files of a tree are imported."""

    roots: tuple[SourceRoot, ...]
    files: Set[str] = field(repr=False)
    _tables_before: _Tables | None = field(default=None, repr=False)
    _places: dict[str, tuple[_Place, ...]] = field(default_factory=dict, repr=False)
    _known: dict[str, bool] = field(default_factory=dict, repr=False)
    _own_names: dict[str, ModuleName | None] = field(default_factory=dict, repr=False)

    def with_files(self, files: Set[str]) -> Modules:
        """The names after some files came and went; what is known already is kept."""
        changed = files ^ self.files
        tables = self.__dict__.get("_tables", self._tables_before)
        if tables is None or any(_shifts_others(p, self.files | files) for p in changed):
            return Modules(self.roots, files)
        return Modules(self.roots, files, _updated(tables, self, changed, files))

    def name_of(self, path: str) -> ModuleName | None:
        """The name of a file under the longest root that reaches it; None when none does."""
        if path not in self._own_names:
            self._own_names[path] = next((name for _, name in self.names_of(path)), None)
        return self._own_names[path]

    def root_of(self, path: str) -> SourceRoot | None:
        """The root under which `name_of` names the file."""
        return next((root for root, _ in self.names_of(path)), None)

    def names_of(self, path: str) -> Iterator[tuple[SourceRoot, ModuleName]]:
        """Every name that a root gives the file (which need not exist), longest root first."""
        directory, _, name = path.rpartition("/")
        stem, _, suffix = name.rpartition(".")
        if stem == "__init__":
            for place in self._places_of(directory):
                if place.package:
                    yield place.root, place.package
            return
        if not stem.isidentifier() or f"{join(directory, stem)}/__init__.{suffix}" in self.files:
            return  # x.py beside x/__init__.py: the package is what `import x` loads
        for place in self._places_of(directory):
            yield place.root, place.package.child(stem)

    def path_of(self, module: str, near: str | None = None) -> str | None:
        """The .py file that the import system loads for `module`; None when there is none.

        `near` is the file that imports it: its own root decides between equals, and the directory
        of a script serves when no root does. Raises `Refusal` (`ambiguous-module`) when several
        roots hold the module and nothing decides.
        """
        paths = self._tables.modules.get(module) or self._tables.aliases.get(module, ())
        if len(paths) > 1 and near is not None:
            own = self.root_of(near)
            paths = tuple(path for path in paths if self.root_of(path) == own) or paths
        if len(paths) > 1:
            raise self._ambiguous(module, paths)
        if not paths and near is not None:
            return self._neighbour(module, near)
        return paths[0] if paths else None

    def stub_of(self, module: str, near: str | None = None) -> str | None:
        """The .pyi file of `module`: beside its .py file, or alone."""
        path = self.path_of(module, near)
        if path is not None:
            return path + "i" if path + "i" in self.files else None
        return next(iter(self._tables.stubs.get(module, ())), None)

    def is_package(self, module: str) -> bool:
        """Whether modules may stand below `module`: an `__init__` or a namespace directory."""
        paths = self._tables.modules.get(module) or self._tables.aliases.get(module)
        if paths:
            return any(is_init(path) for path in paths)
        return self.is_namespace(module)

    def is_namespace(self, module: str) -> bool:
        """Whether `module` is a directory without `__init__.py` that modules stand below."""
        return any(
            directory in self.directories
            and join(directory, "__init__.py") not in self.files
            and any(place.package == module for place in self._places_of(directory))
            for _, directory in self.directories_for(module)
        )

    def is_known(self, module: str) -> bool:
        """Whether `module` is a module, a stub or a namespace package of this tree."""
        if module not in self._known:
            tables = self._tables
            listed = (tables.modules, tables.stubs, tables.aliases)
            self._known[module] = any(module in each for each in listed) or self.is_namespace(
                module
            )
        return self._known[module]

    def names(self) -> Collection[ModuleName]:
        """Every module that has a .py file; namespace packages have none."""
        return self._names

    def directories_for(self, module: str) -> Iterator[tuple[SourceRoot, str]]:
        """Where the directory of a package named `module` would stand, under each root."""
        for root in self.roots:
            relative = _below(module, root.package)
            if relative is not None:
                yield root, join(root.directory, relative.replace(".", "/"))

    @cached_property
    def directories(self) -> frozenset[str]:
        """Every directory with a Python file in it or below it; "" is the project root."""
        found: set[str] = set()
        for path in self.files:
            directory = path.rpartition("/")[0]
            while directory not in found:
                found.add(directory)
                directory = directory.rpartition("/")[0]
        return frozenset(found)

    @cached_property
    def _tables(self) -> _Tables:
        if self._tables_before is not None:
            return self._tables_before
        return _updated(_Tables({}, {}, {}), self, self.files, self.files)

    @cached_property
    def _names(self) -> frozenset[ModuleName]:
        return frozenset(ModuleName(name) for name in self._tables.modules)

    @cached_property
    def _root_at(self) -> Mapping[str, SourceRoot]:
        return {root.directory: root for root in self.roots}

    def _places_of(self, directory: str) -> tuple[_Place, ...]:
        known = self._places.get(directory)
        if known is None:
            own = self._root_at.get(directory)
            first = (_Place(own, ModuleName(own.package)),) if own else ()
            known = self._places[directory] = (*first, *self._places_through_parent(directory))
        return known

    def _places_through_parent(self, directory: str) -> Iterator[_Place]:
        above, _, name = directory.rpartition("/")
        if not name.isidentifier():
            return
        if f"{directory}.py" in self.files and f"{directory}/__init__.py" not in self.files:
            return  # x/y.py beside x.py: `x` is a module, nothing can be imported from below it
        for place in self._places_of(above):
            yield _Place(place.root, place.package.child(name))

    def _neighbour(self, module: str, near: str) -> str | None:
        """What a script, run by its path, imports from its own directory."""
        directory = near.rpartition("/")[0]
        if module.partition(".")[0] in sys.stdlib_module_names or self._in_package(directory):
            return None
        stem = join(directory, module.replace(".", "/"))
        candidates = (f"{stem}/__init__.py", f"{stem}.py")
        return next((path for path in candidates if path in self.files), None)

    def _in_package(self, directory: str) -> bool:
        while directory:
            if f"{directory}/__init__.py" in self.files:
                return True
            directory = directory.rpartition("/")[0]
        return "__init__.py" in self.files

    def _ambiguous(self, module: str, paths: tuple[str, ...]) -> Refusal:
        homes = [self.root_of(path) for path in paths]
        where = ", ".join(
            f"{path} (root {root.directory or '.'}: {root.origin})"
            for path, root in zip(paths, homes, strict=True)
            if root is not None
        )
        return Refusal(
            Problem(
                "ambiguous-module",
                f"{module} can mean {len(paths)} files: {where}",
                remedy="list the directories that are really imported from, and only those, "
                "as `roots` in [tool.consolidate] of pyproject.toml",
            )
        )


@dataclass(frozen=True, slots=True)
class _Place:
    """A root that reaches a directory, and the package that the directory is under it."""

    root: SourceRoot
    package: ModuleName


@dataclass(frozen=True, slots=True)
class _Tables:
    """Files by module name; an alias is a name by another root than the file's own."""

    modules: dict[str, tuple[str, ...]]
    stubs: dict[str, tuple[str, ...]]
    aliases: dict[str, tuple[str, ...]]


def _updated(tables: _Tables, names: Modules, changed: Collection[str], files: Set[str]) -> _Tables:
    """Copies of the tables in which the changed files are listed if and only if they exist."""
    copy = _Tables(dict(tables.modules), dict(tables.stubs), dict(tables.aliases))
    for path in sorted(changed):
        for table, name in _entries(copy, names, path):
            kept = {one for one in table.get(name, ()) if one != path}
            if path in files:
                kept.add(path)
            if kept:
                table[name] = tuple(sorted(kept))
            else:
                table.pop(name, None)
    return copy


def _entries(
    tables: _Tables, names: Modules, path: str
) -> Iterator[tuple[dict[str, tuple[str, ...]], ModuleName]]:
    """Each table in which a file stands, and under which name."""
    found = names.names_of(path)
    if path.endswith(".pyi"):
        return ((tables.stubs, name) for _, name in islice(found, 1))
    return ((tables.aliases if n else tables.modules, name) for n, (_, name) in enumerate(found))


def _shifts_others(path: str, files: Set[str]) -> bool:
    """Whether a file's coming or going changes how others are imported: x.py, x/__init__.py."""
    stem, _, suffix = path.rpartition(".")
    if stem.endswith("/__init__"):
        return f"{stem.removesuffix('/__init__')}.{suffix}" in files
    return any(other.startswith(stem + "/") for other in files)


def is_init(path: str) -> bool:
    """Whether the file is the `__init__.py` of a package."""
    return path.rpartition("/")[2] == "__init__.py"


def _below(module: str, package: str) -> str | None:
    if not package or module == package:
        return "" if package else module
    return module[len(package) + 1 :] if module.startswith(package + ".") else None
