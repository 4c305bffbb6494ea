"""Source roots: the directories whose content is imported by top-level names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

from consolidator.workspace.source_root import SourceRoot, Tree, dotted, importers, join

_SETTINGS = ("pyproject.toml", "setup.cfg", "setup.py")
# A project below one of these is an example or a test's material, not a part of this project.
_NOT_OURS = frozenset(
    {"test", "tests", "testing", "testdata", "test_data", "fixture", "fixtures", "data", "cases"}
    | {"example", "examples", "sample", "samples", "doc", "docs", "template", "templates"}
    | {"vendor", "vendored", "_vendor", "third_party", "benchmark", "benchmarks"}
)


def find_root(start: Path) -> Path:
    """The nearest directory upward with a pyproject.toml or .git; `start` when there is none."""
    start = start.absolute()
    if not start.is_dir():
        start = start.parent
    for directory in (start, *start.parents):
        if (directory / "pyproject.toml").exists() or (directory / ".git").exists():
            return directory
    return start


def find_roots(
    tree: Tree, configured: Collection[str] = (), name: str = ""
) -> tuple[SourceRoot, ...]:
    """The source roots of a project whose directory is called `name`, each with its origin.

    What the configuration says stands alone. Otherwise: what the build settings declare, else a
    src layout; the project root itself; the projects in directories below; the directories that
    scripts and pytest put on the import path.
    """
    if configured:
        return _distinct(_configured(configured))
    main = _distinct(_project(tree, ""))
    main = _distinct([*main, _project_root(tree, name, alone=not any(r.takes_new for r in main))])
    main = _distinct([*main, *_nested_projects(tree)])
    from consolidator.workspace.own_path import own_path_roots

    return _distinct([*main, *own_path_roots(tree, main)])


def _configured(configured: Iterable[str]) -> Iterator[SourceRoot]:
    for directory in configured:
        parts = [part for part in directory.split("/") if part not in ("", ".")]
        yield SourceRoot("/".join(parts), "roots in [tool.consolidate]")


def _project(tree: Tree, directory: str) -> Iterator[SourceRoot]:
    """What the settings in a project's directory declare, else its src layout if it has one."""
    from consolidator.workspace.build_settings import declared_roots

    declared = list(declared_roots(tree, directory))
    yield from declared
    if not any(root.takes_new for root in declared) and _has_src_layout(tree, directory):
        yield SourceRoot(join(directory, "src"), "src layout")


def _has_src_layout(tree: Tree, directory: str) -> bool:
    src = join(directory, "src")
    if src not in tree.by_directory or tree.is_regular_package(src):
        return False
    return not _is_imported_as(tree, src, "src")


def _project_root(tree: Tree, name: str, alone: bool) -> SourceRoot:
    if tree.is_regular_package("") and name.isidentifier() and _is_imported_as(tree, "", name):
        return SourceRoot("", f"its files import each other as {name}.…", package=name)
    origin = "flat layout" if alone else "the project root, for tests and scripts beside the roots"
    return SourceRoot("", origin, takes_new=alone)


def _nested_projects(tree: Tree) -> Iterator[SourceRoot]:
    for directory in _settings_directories(tree):
        if _NOT_OURS & set(directory.split("/")) or tree.is_regular_package(directory):
            continue
        long_name = dotted(directory)
        if long_name and _is_imported_as(tree, directory, long_name):
            continue
        yield from _project(tree, directory)
        yield SourceRoot(directory, f"the project in {directory}")


def _settings_directories(tree: Tree) -> list[str]:
    found = set()
    for path in (*tree.settings, *tree.python):
        directory, _, name = path.rpartition("/")
        if name not in _SETTINGS or directory not in tree.by_directory or not directory:
            continue
        # A file called setup.py or setup.cfg can be anything.
        if name == "pyproject.toml" or any(
            word in tree.read(path) for word in (b"setuptools", b"distutils", b"[metadata]")
        ):
            found.add(directory)
    return sorted(found)


def _is_imported_as(tree: Tree, directory: str, long_name: str) -> bool:
    """Whether more files say `long_name.x` than `x`, for what stands in the directory."""
    long = importers(tree, [long_name])[long_name]
    if not long:
        return False
    short = importers(tree, tree.tops(directory)).values()
    return len(long) > len(set().union(*short))


def _distinct(roots: Iterable[SourceRoot]) -> tuple[SourceRoot, ...]:
    found: dict[str, SourceRoot] = {}
    for root in roots:
        found.setdefault(root.directory, root)
    return tuple(found.values())
