"""Module names of files and files of module names, under the source roots."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from functools import cached_property

from consolidator.errors import Problem, Refusal
from consolidator.names import ModuleName
from consolidator.workspace.roots import SourceRoot


@dataclass(frozen=True)
class Modules:
    """The names under which the Python files of a tree are imported."""

    roots: tuple[SourceRoot, ...]
    files: Set[str] = field(repr=False)

    def name_of(self, path: str) -> ModuleName | None:
        """The name of a file under the longest root that reaches it; None when none does."""
        found = self._home_of(path)
        return found[1] if found else None

    def root_of(self, path: str) -> SourceRoot | None:
        """The root under which `name_of` names the file."""
        found = self._home_of(path)
        return found[0] if found else None

    def path_of(self, module: str, near: str | None = None) -> str | None:
        """The .py file that the import system loads for `module`; None when there is none.

        `near` is the file that imports it: its own root decides between equals. Raises `Refusal`
        (`ambiguous-module`) when several roots hold the module and nothing decides.
        """
        paths = self._paths_by_name.get(module) or self._aliases(module)
        if len(paths) > 1 and near is not None:
            own = self.root_of(near)
            paths = tuple(path for path in paths if self.root_of(path) == own) or paths
        if len(paths) > 1:
            raise self._ambiguous(module, paths)
        return paths[0] if paths else None

    def stub_of(self, module: str, near: str | None = None) -> str | None:
        """The .pyi file of `module`: beside its .py file, or alone."""
        path = self.path_of(module, near)
        if path is not None:
            return path + "i" if path + "i" in self.files else None
        stubs = self._stubs_by_name.get(module, ())
        return stubs[0] if stubs else None

    def is_package(self, module: str) -> bool:
        """Whether modules may stand below `module`: an `__init__` or a namespace directory."""
        paths = self._paths_by_name.get(module) or self._aliases(module)
        if paths:
            return any(path.endswith("/__init__.py") for path in paths)
        return self.is_namespace(module)

    def is_namespace(self, module: str) -> bool:
        """Whether `module` is a directory without `__init__.py` that modules stand below."""
        return any(
            directory in self.directories and f"{directory}/__init__.py" not in self.files
            for _, directory in self.directories_for(module)
        )

    def is_known(self, module: str) -> bool:
        """Whether `module` is a module, a stub or a namespace package of this tree."""
        return bool(
            module in self._paths_by_name
            or module in self._stubs_by_name
            or self._aliases(module)
            or self.is_namespace(module)
        )

    def names(self) -> frozenset[ModuleName]:
        """Every module that has a .py file; namespace packages have none."""
        return self._names

    def directories_for(self, module: str) -> Iterator[tuple[SourceRoot, str]]:
        """Where the directory of a package named `module` would stand, under each root."""
        for root in self.roots:
            relative = _below(module, root.package)
            if relative:
                yield root, _join(root.directory, relative.replace(".", "/"))

    @cached_property
    def directories(self) -> frozenset[str]:
        """Every directory with a Python file in it or below it."""
        found: set[str] = set()
        for path in self.files:
            directory = path.rpartition("/")[0]
            while directory and directory not in found:
                found.add(directory)
                directory = directory.rpartition("/")[0]
        return frozenset(found)

    @cached_property
    def _longest_first(self) -> tuple[SourceRoot, ...]:
        return tuple(sorted(self.roots, key=lambda root: -len(root.directory)))

    @cached_property
    def _paths_by_name(self) -> dict[str, tuple[str, ...]]:
        return self._by_name(".py")

    @cached_property
    def _stubs_by_name(self) -> dict[str, tuple[str, ...]]:
        return self._by_name(".pyi")

    @cached_property
    def _names(self) -> frozenset[ModuleName]:
        return frozenset(ModuleName(name) for name in self._paths_by_name)

    def _by_name(self, suffix: str) -> dict[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for path in sorted(self.files):
            if path.endswith(suffix) and (name := self.name_of(path)):
                found[name] = (*found.get(name, ()), path)
        return found

    def _aliases(self, module: str) -> tuple[str, ...]:
        """Files that another root than their own reaches as `module` (`src.pkg.a` for `pkg.a`)."""
        found: list[str] = []
        for root, stem in self.directories_for(module):
            for path in (f"{stem}/__init__.py", f"{stem}.py"):
                if path in self.files and self._name_under(root, path) == module:
                    found.append(path)
        return tuple(dict.fromkeys(found))

    def _home_of(self, path: str) -> tuple[SourceRoot, ModuleName] | None:
        for root in self._longest_first:
            name = self._name_under(root, path)
            if name:
                return root, name
        return None

    def _name_under(self, root: SourceRoot, path: str) -> ModuleName | None:
        prefix = root.directory + "/" if root.directory else ""
        if not path.startswith(prefix):
            return None
        stem, _, suffix = path[len(prefix) :].rpartition(".")
        parts = stem.split("/")
        if parts[-1] == "__init__":
            parts.pop()
        elif f"{prefix}{stem}/__init__.{suffix}" in self.files:
            return None  # x.py beside x/__init__.py: the package is what `import x` loads
        if not all(part.isidentifier() for part in parts):
            return None
        for n in range(1, len(parts)):
            above = prefix + "/".join(parts[:n])
            if f"{above}.py" in self.files and f"{above}/__init__.py" not in self.files:
                return None  # x/y.py beside x.py: `x` is a module, nothing stands below it
        names = [*root.package.split("."), *parts] if root.package else parts
        return ModuleName(".".join(names)) or None

    def _ambiguous(self, module: str, paths: tuple[str, ...]) -> Refusal:
        homes = [self.root_of(path) for path in paths]
        where = ", ".join(
            f"{path} (under {(root.directory if root else '') or '.'})"
            for path, root in zip(paths, homes, strict=True)
        )
        return Refusal(
            Problem(
                "ambiguous-module",
                f"{module} is the name of {len(paths)} files: {where}",
                remedy="keep one of these directories in `roots` in [tool.consolidate]",
            )
        )


def _below(module: str, package: str) -> str:
    if not package:
        return module
    return module[len(package) + 1 :] if module.startswith(package + ".") else ""


def _join(directory: str, relative: str) -> str:
    return f"{directory}/{relative}" if directory else relative
