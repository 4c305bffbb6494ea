"""Directories that are on the import path although no setting says so.

A script's directory is the first entry of its import path; pytest (in its default "prepend" mode)
adds the first directory without `__init__.py` above a test file; a service is started from its own
directory. There `helpers.py` is `helpers`, where the project root would make it `tests.helpers`.
What the files themselves import decides which of the two is meant.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator, Mapping, Set
from dataclasses import dataclass

from consolidator.workspace.build_settings import imports_by_path
from consolidator.workspace.source_root import SourceRoot, Tree, dotted, importers, join

_IMPORTED = re.compile(
    rb"(?:^(?:\xef\xbb\xbf)?|[\r\n;])[ \t]*(?:from|import)[ \t]+(\.|\w+(?:\.\w+)?)"
)
# These start with a literal, which makes them ten times as fast.
_QUICK = (re.compile(rb"from[ \t]+(\.|\w+)"), re.compile(rb"import[ \t]+(\w+)"))
_TEST_FILE = re.compile(r"(?:test_.*|.*_test|conftest)\.py")


def own_path_roots(tree: Tree, roots: Collection[SourceRoot]) -> Iterator[SourceRoot]:
    """The directories that are roots of their own, beside the `roots` known already.

    Such a directory has no `__init__.py`, and more files import what stands in it by short names
    than by long ones; where nobody imports any of it, pytest's rule decides.
    """
    taken = {root.directory for root in roots}
    offered = {name for root in roots for name in tree.tops(root.directory)}
    offered |= sys.stdlib_module_names
    pytest = _pytest_directories(tree)
    weighed = []
    for directory in sorted(tree.by_directory):
        if directory not in taken and not tree.is_regular_package(directory):
            candidate = _candidate(tree, directory, offered)
            if candidate.neighbours or directory in pytest:
                weighed.append(candidate)
    names = {name for c in weighed for name in (*c.neighbours, c.long_name) if name}
    by_name = {
        name: {path for path in paths if not _means_a_nearer(tree, path, name)}
        for name, paths in importers(tree, names).items()
    }
    for candidate in weighed:
        reason = _reason(candidate, by_name, candidate.directory in pytest)
        if reason:
            yield SourceRoot(candidate.directory, reason, takes_new=False)


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A directory without `__init__.py`, and what the files below import from it.

    `neighbours` maps the short names to their importers; `relative` are the files directly in it
    that use relative imports, as only the modules of a package can.
    """

    directory: str
    long_name: str | None
    neighbours: Mapping[str, Set[str]]
    relative: Set[str]


def _candidate(tree: Tree, directory: str, offered: Set[str]) -> _Candidate:
    tops = tree.tops(directory) - offered
    neighbours: dict[str, set[str]] = {}
    relative = set()
    for path in tree.below(directory) if tops else ():
        if not path.endswith(".py"):
            continue  # nobody runs a stub: where it looks for `yaml` is a type checker's matter
        imported = _imported(tree.read(path), tops)
        if "." in imported and path.rpartition("/")[0] == directory:
            relative.add(path)
        for name in imported:
            top = name.partition(".")[0]
            if top in tops and _stands_in(tree, directory, name) and not _is_itself(path, top):
                neighbours.setdefault(top, set()).add(path)
    return _Candidate(directory, dotted(directory), neighbours, relative)


def _imported(data: bytes, wanted: Set[str]) -> set[str]:
    """The first two components of the absolute imports, if a wanted one may be among them.

    A relative import gives ".".
    """
    wanted = wanted | {"."}
    if not any(wanted & _decoded(pattern.findall(data)) for pattern in _QUICK):
        return set()
    return _decoded(_IMPORTED.findall(data))


def _decoded(names: list[bytes]) -> set[str]:
    return {name.decode("ascii", "replace") for name in set(names)}


def _stands_in(tree: Tree, directory: str, name: str) -> bool:
    """Whether a bare import can mean what stands in the directory.

    `from flask import Flask` in examples/flask/app.py does not mean the folder examples/flask,
    which has no `__init__.py` and so no `Flask`; `from flask.app import x` could.
    """
    top, _, second = name.partition(".")
    folder = join(directory, top)
    if f"{folder}.py" in tree.files or tree.is_regular_package(folder):
        return True
    return second in tree.tops(folder)


def _means_a_nearer(tree: Tree, path: str, name: str) -> bool:
    """Whether a file that imports `name` has something of that name in a directory above it.

    `import tests.x` in fixtures/project/a.py means fixtures/project/tests, if there is one.
    """
    directory = path.rpartition("/")[0]
    while directory:
        if not tree.is_regular_package(directory) and name.partition(".")[0] in tree.tops(
            directory
        ):
            return True
        directory = directory.rpartition("/")[0]
    return False


def _is_itself(path: str, top: str) -> bool:
    return path.rpartition("/")[2] == f"{top}.py"


def _reason(candidate: _Candidate, by_name: Mapping[str, Set[str]], by_pytest: bool) -> str:
    """Why the directory is a root of its own; empty when it is none."""
    short: set[str] = set()
    example = ""
    for name, paths in sorted(candidate.neighbours.items()):
        # `scripts/redis.py` is not what most of the project means by `import redis`.
        if len(by_name[name] - paths) <= len(paths):
            short |= paths
            example = example or f"{min(paths)} imports {name} from here"
    long = by_name.get(candidate.long_name or "", frozenset()) | candidate.relative
    if len(short) > len(long):
        return example
    if by_pytest and not short and not long:
        return "pytest puts it on the import path, since it has no __init__.py"
    return ""


def _pytest_directories(tree: Tree) -> Set[str]:
    """The directories that pytest puts on the import path, unless the project root is one."""
    found = set()
    for directory, names in tree.by_directory.items():
        if any(_TEST_FILE.fullmatch(name) for name in names):
            while directory and tree.is_regular_package(directory):
                directory = directory.rpartition("/")[0]
            found.add(directory)
    if "" in found or imports_by_path(tree):
        return frozenset()  # `tests.x` can be imported too, and says more
    return {
        directory
        for directory in found
        if not tree.is_regular_package(directory.rpartition("/")[0])
    }
