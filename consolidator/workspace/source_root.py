"""A source root, and the view of the tree that the search for roots works on."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterator, Mapping, Set
from dataclasses import dataclass, field
from functools import cached_property

_SETTINGS = ("pyproject.toml", "setup.cfg", "pytest.ini", "tox.ini")


@dataclass(frozen=True, slots=True)
class SourceRoot:
    """A directory that stands on the import path, and why it is taken for one.

    `directory` is relative to the project root, "" for the project root itself. `package` is the
    dotted name that the directory itself bears; empty for an ordinary entry of the import path.
    `takes_new` says whether a new top-level module may be made here without being told so.
    """

    directory: str
    origin: str
    package: str = ""
    takes_new: bool = True


@dataclass(frozen=True)
class Tree:
    """What the search for roots may look at: the listed files, and a reader of their bytes."""

    python: tuple[str, ...]
    others: tuple[str, ...]
    read: Callable[[str], bytes] = field(repr=False)

    @cached_property
    def files(self) -> frozenset[str]:
        """The Python files, to ask for membership."""
        return frozenset(self.python)

    @cached_property
    def settings(self) -> frozenset[str]:
        """The files, other than Python's, that may say where the sources are."""
        return frozenset(path for path in self.others if path.endswith(_SETTINGS))

    @cached_property
    def by_directory(self) -> Mapping[str, tuple[str, ...]]:
        """The names of the Python files directly in each directory that has any below it."""
        found: dict[str, list[str]] = {"": []}
        for path in self.python:
            directory, _, name = path.rpartition("/")
            found.setdefault(directory, []).append(name)
        for directory in list(found):
            while directory := directory.rpartition("/")[0]:
                found.setdefault(directory, [])
        return {directory: tuple(names) for directory, names in found.items()}

    @cached_property
    def _subdirectories(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for directory in self.by_directory:
            if directory:
                above, _, name = directory.rpartition("/")
                found.setdefault(above, []).append(name)
        return {directory: tuple(names) for directory, names in found.items()}

    def subdirectories(self, directory: str) -> tuple[str, ...]:
        """The names of the directories directly below that have Python files."""
        return self._subdirectories.get(directory, ())

    def below(self, directory: str) -> tuple[str, ...]:
        """The Python files in the directory and below it."""
        prefix = directory + "/" if directory else ""
        first = bisect_left(self.python, prefix)
        last = bisect_left(self.python, prefix[:-1] + "0") if prefix else len(self.python)
        return self.python[first:last]  # "0" is the character after "/"

    def is_regular_package(self, directory: str) -> bool:
        """Whether the directory has an `__init__.py`."""
        return join(directory, "__init__.py") in self.files

    def tops(self, directory: str) -> frozenset[str]:
        """The top-level names that the directory would offer on the import path."""
        names = (*self.subdirectories(directory), *self.modules_in(directory))
        return frozenset(name for name in names if name.isidentifier())

    def modules_in(self, directory: str) -> Iterator[str]:
        """The modules directly in the directory, without `__init__`."""
        for name in self.by_directory.get(directory, ()):
            stem = name.rpartition(".")[0]
            if stem != "__init__":
                yield stem


def importers(tree: Tree, modules: Collection[str]) -> dict[str, Set[str]]:
    """For each dotted name, the files that import it or something below it, absolutely.

    A look at the text, for weighing what a project means; `index` reads imports properly.
    """
    found: dict[str, set[str]] = {module: set() for module in modules}
    if not found:
        return {}
    names = b"|".join(re.escape(name.encode()) for name in sorted(found, key=len, reverse=True))
    # The two quick patterns start with a literal, which makes them ten times as fast.
    quick = [re.compile(word + rb"[ \t]+(?:%s)\b" % names) for word in (b"from", b"import")]
    exact = re.compile(
        rb"(?:^(?:\xef\xbb\xbf)?|[\r\n;])[ \t]*(?:from|import)[ \t]+(%s)(?![\w])" % names
    )
    for path in tree.python:
        data = tree.read(path)
        if any(pattern.search(data) for pattern in quick):
            for hit in set(exact.findall(data)):
                _credit(found, hit.decode(), path)
    return dict(found)


def _credit(found: dict[str, set[str]], hit: str, path: str) -> None:
    while hit:
        if hit in found:
            found[hit].add(path)
        hit = hit.rpartition(".")[0]


def join(directory: str, name: str) -> str:
    """`directory/name`, where an empty directory is the project root."""
    if not directory or not name:
        return directory or name
    return f"{directory}/{name}"


def dotted(directory: str) -> str | None:
    """The dotted name of a directory below the project root; None when it cannot have one."""
    parts = directory.split("/")
    return ".".join(parts) if all(part.isidentifier() for part in parts) else None
