"""Trees of installed packages as the import simulation asks for them, and as CPython does."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.machinery import EXTENSION_SUFFIXES, PathFinder
from pathlib import Path
from typing import Any

from benchmarks.corpora import Corpus
from consolidator.index.events.import_events import import_events
from consolidator.index.simulation import SimulatedModule
from consolidator.index.syntax import parse
from consolidator.names import ModuleName

_RUNNER = Path(__file__).with_name("real_imports.py")


@dataclass(slots=True)
class Tree:
    """The modules of some packages below a directory; `site` is where their dependencies are."""

    directory: Path
    packages: tuple[str, ...]
    site: Path
    cache: dict[str, SimulatedModule | None] = field(default_factory=dict)
    added: list[str] = field(default_factory=list)
    parsing: float = 0.0
    seconds: float = 0.0
    size: int = 0

    @classmethod
    def of_corpus(cls, corpus: Corpus) -> Tree:
        """The code of a pinned package where `corpora.install` put it."""
        return cls(corpus.tree / corpus.layout, corpus.packages, corpus.site)

    def find(self, name: str) -> SimulatedModule | None:
        """The packages' own modules; another package is a stranger, or absent."""
        if name not in self.cache:
            self.cache[name] = self._look(name)
        return self.cache[name]

    def inside(self, package: str) -> list[str]:
        """The modules directly in a package."""
        base = self.directory / package.replace(".", "/")
        files = [*base.glob("*.py"), *(path.parent for path in base.glob("*/__init__.py"))]
        return [
            f"{package}.{name}" for name in sorted(path.stem for path in files) if name[:2] != "__"
        ]

    def _look(self, name: str) -> SimulatedModule | None:
        top = name.partition(".")[0]
        if top not in self.packages:
            known = top in sys.stdlib_module_names and top in _REAL_STANDARD
            if known or top == "__main__" or "." in name or self._is_installed(top):
                return None
            return SimulatedModule("absent")
        base = self.directory / name.replace(".", "/")
        # CPython looks for compiled modules first, and for a package before a module
        if any(base.parent.joinpath(base.name + s).is_file() for s in EXTENSION_SUFFIXES):
            return SimulatedModule("opaque")
        for path, kind in ((base / "__init__.py", "package"), (base.with_suffix(".py"), "module")):
            if path.is_file():
                return self._read(path, name, kind == "package")
        return SimulatedModule("namespace" if base.is_dir() else "absent")

    def _is_installed(self, top: str) -> bool:
        if not self.added:
            self.added = [str(self.site), *self._put_on_the_path()]
        return PathFinder.find_spec(top, [*self.added, *sys.path[1:]]) is not None

    def _put_on_the_path(self) -> Iterator[str]:
        """Folders like `_vendor`, no packages, that the `__init__` beside them may put on the path.

        sys.path.insert(0, str(Path(__file__).parent / "_vendor"))
        """
        for package in self.packages:
            for file in (self.directory / package).rglob("__init__.py"):
                if b"sys.path" in file.read_bytes():
                    folders = (f for f in file.parent.iterdir() if f.is_dir())
                    yield from (str(f) for f in folders if not (f / "__init__.py").is_file())

    def _read(self, path: Path, name: str, is_package: bool) -> SimulatedModule:
        data = path.read_bytes()
        start = time.process_time()
        try:
            tree = parse(data.decode("utf-8-sig")).tree
        except (SyntaxError, UnicodeDecodeError):
            return SimulatedModule("unparsable")
        parsed = time.process_time()
        events = import_events(tree, ModuleName(name), is_package)
        self.parsing += parsed - start
        self.seconds += time.process_time() - parsed
        self.size += len(data)
        return SimulatedModule("package" if is_package else "module", events)

    def modules(self) -> list[ModuleName]:
        """Every importable module of the packages."""
        found = []
        for package in self.packages:
            single = self.directory / f"{package}.py"
            files = [single] if single.is_file() else (self.directory / package).rglob("*.py")
            for path in sorted(files):
                parts = path.relative_to(self.directory).with_suffix("").parts
                parts = parts[:-1] if parts[-1] == "__init__" else parts
                if all(part.isidentifier() for part in parts) and parts[-1] != "__main__":
                    found.append(ModuleName(".".join(parts)))
        return found

    def real_outcomes(self, names: Iterable[str], bytecode: Path) -> dict[str, dict[str, Any]]:
        """What CPython says to each first import; byte code is kept below `bytecode`."""
        done = subprocess.run(
            [sys.executable, "-P", str(_RUNNER), str(self.directory), str(self.site)],
            input=json.dumps(list(names)),
            capture_output=True,
            text=True,
            check=True,
            env={**os.environ, "PYTHONPYCACHEPREFIX": str(bytecode)},
        )
        lines = (json.loads(line) for line in done.stdout.splitlines())
        return {line.pop("module"): line for line in lines}

    def owns(self, place: str) -> bool:
        """Whether a line of code, as a traceback names it, is in one of the packages."""
        return any(place.startswith(str(self.directory / package)) for package in self.packages)


def path_of(root: Path, module: str) -> Path:
    """Where the file of a module below `root` is or would be."""
    base = root / module.replace(".", "/")
    return base / "__init__.py" if base.is_dir() else base.with_suffix(".py")


_REAL_STANDARD = {
    name
    for name in sys.stdlib_module_names
    if name in sys.builtin_module_names or PathFinder.find_spec(name) is not None
}


def installed(names: Sequence[str], site: Path) -> Iterable[tuple[str, Tree]]:
    """Packages that somebody installed in one directory, each with its dependencies beside it."""
    for name in names:
        yield name, Tree(site, (name,), site)
