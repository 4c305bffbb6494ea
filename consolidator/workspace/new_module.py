"""Where the file of a module that does not exist yet would stand, if it may stand there."""

from __future__ import annotations

import keyword
import sys
from collections.abc import Iterator, Set
from pathlib import Path

from consolidator.errors import Problem, Refusal
from consolidator.names import ModuleName
from consolidator.workspace.modules import Modules, is_init
from consolidator.workspace.source_root import SourceRoot, join
from consolidator.workspace.unlisted import EXTENSION


def new_module_path(
    modules: Modules, root: Path, module: str, near: str | None, deleted: Set[str]
) -> str:
    """The path that the file of `module` would have, relative to the project at `root`.

    `near` is a file that decides between roots; `deleted` are files on disk that count as gone.
    A module that exists already keeps its path. Raises `Refusal`: `bad-module-name`,
    `ambiguous-root`, `ambiguous-module`, `other-module-name` or `shadows-module`.
    """
    name = ModuleName(module)
    _check_spelling(name)
    existing = modules.path_of(name, near)
    if existing is not None:
        return existing
    _check_packages_above(modules, name, near)
    home = _home(modules, name, near)
    if not modules.is_known(name.top) and name.top in sys.stdlib_module_names:
        raise _shadows(f"{name.top} is the name of a module of the standard library")
    if modules.is_namespace(name):
        raise _shadows(f"{name} is a directory of modules, which a file of this name would hide")
    path = _path_under(home, name)
    _check_name_of(modules, path, name)
    _check_disk(modules, root, path, deleted)
    return path


def new_module_files(modules: Modules, path: str, module: str) -> tuple[str, ...]:
    """The files to make so that `module` can be imported from `path`, `path` itself last.

    Before it come the `__init__.py` of packages that do not exist yet; none where the packages
    around have none either.
    """
    missing: list[str] = []
    directory = path.rpartition("/")[0]
    package = ModuleName(module).parent
    while package and not modules.is_known(package):
        missing.insert(0, f"{directory}/__init__.py")
        directory = directory.rpartition("/")[0]
        package = package.parent
    if path in modules.files or _has_namespace_style(modules, directory, bool(package)):
        return (path,)
    return (*missing, path)


def _check_spelling(name: ModuleName) -> None:
    for part in name.split("."):
        if keyword.iskeyword(part):
            raise _bad_name(name, f"{part!r} is a keyword", "choose another name")
        if not part.isidentifier():
            raise _bad_name(name, f"{part!r} is no identifier", f"write it as {_dotted(name)}")
        if part == "__init__":
            raise _bad_name(name, "it is a package's file", f"name the package: {name.parent}")


def _dotted(name: str) -> str:
    """`shop.billing` for `shop/billing.py`; an example where nothing can be made of it."""
    dotted = name.removesuffix(".py").strip("./").replace("/", ".")
    is_path = "/" in name and all(part.isidentifier() for part in dotted.split("."))
    return dotted if is_path else "pkg.module"


def _bad_name(name: ModuleName, reason: str, remedy: str) -> Refusal:
    return Refusal(
        Problem(
            "bad-module-name",
            f"{name or repr(str(name))} is no module to import: {reason}",
            remedy=remedy,
        )
    )


def _check_packages_above(modules: Modules, name: ModuleName, near: str | None) -> None:
    for package in name.ancestors():
        path = modules.path_of(package, near)
        if path is not None and not is_init(path):
            raise _shadows(f"{package} is a module ({path}), so nothing can stand below it")


def _home(modules: Modules, name: ModuleName, near: str | None) -> SourceRoot:
    """The root that has the nearest package above; for a new top-level name, the one to take it."""
    own = modules.root_of(near) if near else None
    for package in reversed(name.ancestors()):
        fitting = [
            root
            for root, directory in modules.directories_for(package)
            if directory in modules.directories
        ]
        if fitting:
            return _one_of(fitting, own, name)
    if own is not None and not own.takes_new and own.directory:
        return own  # from a test that pytest runs by its own directory: its neighbour
    return _one_of([root for root in modules.roots if root.takes_new], own, name)


def _one_of(fitting: list[SourceRoot], own: SourceRoot | None, name: ModuleName) -> SourceRoot:
    if own in fitting and own is not None:
        return own
    if len(fitting) == 1:
        return fitting[0]
    where = ", ".join(root.directory or "." for root in fitting) or "none"
    raise Refusal(
        Problem(
            "ambiguous-root",
            f"{name} could stand under more than one source root ({where})",
            remedy="make its top-level package first, or list one directory as `roots` in "
            "[tool.consolidate] of pyproject.toml",
        )
    )


def _path_under(home: SourceRoot, name: ModuleName) -> str:
    relative = name[len(home.package) + 1 :] if home.package else name
    return join(home.directory, f"{relative.replace('.', '/')}.py")


def _check_name_of(modules: Modules, path: str, name: ModuleName) -> None:
    found = next(iter(modules.names_of(path)), None)
    if found is not None and found[1] != name:
        root, other = found
        raise Refusal(
            Problem(
                "other-module-name",
                f"{path} is imported as {other}, not as {name} (source root "
                f"{root.directory or '.'}: {root.origin})",
                remedy=f"say {other}, or list the directories that are imported from as `roots` "
                "in [tool.consolidate] of pyproject.toml",
            )
        )


def _check_disk(modules: Modules, root: Path, path: str, deleted: Set[str]) -> None:
    """Refuse what exists on disk though the workspace does not list it, and what case confuses."""
    directory = ""
    *above, file_name = path.split("/")
    for part in above:
        names = _names_in(modules, root, directory, deleted)
        _check_case(names, directory, part)
        directory = join(directory, part)
        if part in names and (root / directory).is_symlink():
            raise _shadows(f"{directory} is a symbolic link")
        if part in names and (root / directory).is_file():
            raise _shadows(f"{directory} is a file, not a directory")
    names = _names_in(modules, root, directory, deleted)
    _check_case(names, directory, file_name)
    if file_name in names:
        raise _shadows(f"{path} exists, but is ignored, excluded or a symbolic link")
    stem = file_name.removesuffix(".py")
    for other in names:
        if other.startswith(stem) and EXTENSION.fullmatch(other, len(stem)):
            raise _shadows(f"{join(directory, other)} is a compiled module of the same name")
    if (root / directory / stem / "__init__.py").is_file():
        initial = f"{join(directory, stem)}/__init__.py"
        if initial not in deleted:
            raise _shadows(f"{initial} exists, so the package would be imported in its place")


def _names_in(modules: Modules, root: Path, directory: str, deleted: Set[str]) -> set[str]:
    """What is in a directory, on disk and in the workspace."""
    try:
        found = {entry.name for entry in (root / directory).iterdir()}
    except OSError:
        found = set()
    found -= {path.rpartition("/")[2] for path in deleted if path.rpartition("/")[0] == directory}
    return found | set(_listed_in(modules, directory))


def _listed_in(modules: Modules, directory: str) -> Iterator[str]:
    prefix = directory + "/" if directory else ""
    for path in modules.files:
        if path.startswith(prefix):
            yield path[len(prefix) :].partition("/")[0]


def _check_case(names: set[str], directory: str, name: str) -> None:
    if name in names:
        return
    for other in names:
        if other.casefold() == name.casefold():
            raise _shadows(
                f"{join(directory, name)} differs only by letter case from {other}, "
                "which is the same file on some disks"
            )


def _has_namespace_style(modules: Modules, directory: str, in_package: bool) -> bool:
    """Whether packages around have no `__init__.py`, so that a new one should have none."""
    if in_package:
        return f"{directory}/__init__.py" not in modules.files
    prefix = directory + "/" if directory else ""
    tops = {
        path[len(prefix) :].partition("/")[0]
        for path in modules.files
        if path.startswith(prefix) and "/" in path[len(prefix) :]
    }
    return bool(tops) and not any(f"{prefix}{top}/__init__.py" in modules.files for top in tops)


def _shadows(message: str) -> Refusal:
    return Refusal(Problem("shadows-module", message, remedy="choose another name for the module"))
