"""Whether a module that no file provides is really meant to be one of the project."""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

from consolidator.errors import Refusal
from consolidator.finders.asks import Ask, all_asks
from consolidator.finders.findings import Suppression
from consolidator.finders.requirements import is_required
from consolidator.finders.scene import Scene
from consolidator.names import ModuleName
from consolidator.workspace.unlisted import IgnoreFiles, unlisted_module

# A package that looks for its modules elsewhere: six.moves, pkgutil.extend_path.
# `sys.modules[__name__]` is but the package itself, unless another module is put there.
_OPENS_PATH = re.compile(
    r"\b__path__\b|\bsys\.modules\b(?!\[__name__\](?!\s*=[^=]))|\bmeta_path\b|\bdeclare_namespace\b"
)
_GENERATED = re.compile(r".*_pb2(?:_grpc)?|_?_?version_?_?|.*_version|_version_info")
_EXTENSION = re.compile(r"\bExtension\(\s*(?:name\s*=\s*)?['\"]([\w.]+)['\"]")
_BUILD_FILES = (
    *("pyproject.toml", "setup.py", "setup.cfg", "meson.build", "CMakeLists.txt", ".gitmodules"),
)


def is_surely_missing(scene: Scene, module: ModuleName, asks: Sequence[Ask]) -> bool:
    """Whether no file, no other package and no trick can make the imports of a module succeed."""
    above = nearest_package(scene, module)
    if not above or _opens_path(scene, above):
        return False
    is_ours = _has_package(scene, above) and module.top not in sys.stdlib_module_names
    if not is_ours and not _is_meant(scene, module, asks):
        return False
    return not any(modules_nearby(scene, module, path) for path in {path for path, _ in asks})


def _is_meant(scene: Scene, module: ModuleName, asks: Sequence[Ask]) -> bool:
    """Whether a folder that others could share is meant to hold the module.

    A folder `docker` without `__init__.py` is not what `from docker.errors import APIError` means.
    """
    if all(item.module[0] == "." for _, item in asks):
        return True
    succeeding, failing = scene.once(_outcomes)
    return succeeding[module.top] > failing[module.top] and not is_required(scene, module.top)


def why_generated(scene: Scene, module: ModuleName) -> Suppression | None:
    """Why the module may come into being when the project is built; None when nothing says so."""
    stem = expected_stem(scene, module)
    if stem is None:
        return None
    workspace = scene.index.workspace
    on_disk = unlisted_module(workspace.root, stem)
    reason = ""
    if on_disk:
        reason = f"{on_disk} is there, but is no source file of the project"
    elif _GENERATED.fullmatch(module.tail):
        reason = f"modules called {module.tail} are made by a build"
    elif scene.once(_ignore_files).exclude(f"{stem}.py"):
        reason = f"git ignores {stem}.py"
    elif build_file := _named_in_build(scene, stem, module):
        reason = f"{build_file} names it"
    elif submodule := _in_submodule(scene, stem):
        reason = f"it belongs to the git submodule {submodule}"
    return Suppression("generated-module", reason) if reason else None


def _ignore_files(scene: Scene) -> IgnoreFiles:
    return IgnoreFiles(scene.index.workspace.root)


def nearest_package(scene: Scene, module: ModuleName) -> ModuleName:
    """The innermost package (or module) above `module` that the project has; empty for none."""
    workspace = scene.index.workspace
    for above in reversed(module.ancestors()):
        if workspace.is_first_party(above):
            return above
    return ModuleName("")


def expected_stem(scene: Scene, module: ModuleName) -> str | None:
    """The path, without suffix, that the file of a missing module would have."""
    folder = folder_of(scene, above := nearest_package(scene, module))
    if folder is None:
        return None
    return f"{folder}/{module[len(above) + 1 :].replace('.', '/')}"


def folder_of(scene: Scene, package: ModuleName) -> str | None:
    """The directory of a package, with or without `__init__.py`; None when that is not clear."""
    try:
        path = scene.index.workspace.path_of(package)
    except Refusal:
        return None
    if path is not None:
        return path.removesuffix("/__init__.py").removesuffix(".py")
    return next(iter(scene.once(_namespace_folders).get(package, ())), None)


def _namespace_folders(scene: Scene) -> Mapping[ModuleName, list[str]]:
    found: dict[ModuleName, list[str]] = {}
    for path in scene.outlines:
        folder, module = path.rpartition("/")[0], scene.index.workspace.module_of(path)
        name = module.parent if module and not path.endswith("/__init__.py") else module
        while folder and name and name.tail == folder.rpartition("/")[2]:
            folders = found.setdefault(name, [])
            if folder not in folders:
                folders.append(folder)
            folder, name = folder.rpartition("/")[0], name.parent
    return found


def _has_package(scene: Scene, module: ModuleName) -> bool:
    """Whether a file provides the module or a package above it: then it hides installed ones."""
    for name in (*module.ancestors(), module):
        try:
            if scene.index.workspace.path_of(name) is not None:
                return True
        except Refusal:
            return False
    return False


def _outcomes(scene: Scene) -> tuple[Counter[str], Counter[str]]:
    """By top-level name: the files that import what is there below it, and what is not."""
    asks = scene.once(all_asks)
    succeeding = {
        (item.module.partition(".")[0], path)
        for names in asks.of_files.values()
        for taken in names.values()
        for path, item in taken
        if "." in item.module[1:] and item.module[0] != "."
    }
    failing = {
        (item.module.partition(".")[0], path)
        for taken in asks.of_nothing.values()
        for path, item in taken
    }
    return Counter(top for top, _ in succeeding), Counter(top for top, _ in failing)


def _opens_path(scene: Scene, package: ModuleName) -> bool:
    for name in (*package.ancestors(), package):
        path = scene.index.workspace.path_of(name)
        if path is not None and _OPENS_PATH.search(scene.index.workspace.file(path).text):
            return True
    return False


def modules_nearby(scene: Scene, module: ModuleName, importer: str) -> list[str]:
    """The modules that the importer may find by that name under a directory of its own.

    That is one above it, or any that it may put on its import path. They are given as paths
    without suffix, and without `__init__`.
    """
    wanted = module.replace(".", "/")
    stems = scene.once(stems_by_tail).get(module.tail, ())
    found = [stem for stem in stems if f"/{stem}".endswith(f"/{wanted}")]
    if found and "sys.path" in scene.index.workspace.file(importer).text:
        return found
    return [stem for stem in found if importer.startswith(stem[: -len(wanted)])]


def stems_by_tail(scene: Scene) -> dict[str, list[str]]:
    """The paths of all modules without suffix (and without `__init__`), by their last part."""
    found: dict[str, list[str]] = {}
    for path in sorted(scene.outlines):
        stem = path.removesuffix(".py").removesuffix("/__init__")
        found.setdefault(stem.rpartition("/")[2], []).append(stem)
    return found


def _named_in_build(scene: Scene, stem: str, module: ModuleName) -> str:
    """The build file that names the file to be written or the extension to be compiled."""
    for name in _BUILD_FILES:
        text = scene.once(_build_texts).get(name, "")
        if f"{stem}.py" in text or module in _EXTENSION.findall(text):
            return name
    return ""


def _in_submodule(scene: Scene, stem: str) -> str:
    """The git submodule in which the file would stand, or nothing."""
    text = scene.once(_build_texts).get(".gitmodules", "")
    paths = re.findall(r"^\s*path\s*=\s*(\S+)", text, re.MULTILINE)
    return next((path for path in paths if f"{stem}/".startswith(f"{path}/")), "")


def _build_texts(scene: Scene) -> dict[str, str]:
    found = {}
    for name in _BUILD_FILES:
        try:
            data = (scene.index.workspace.root / name).read_bytes()
        except OSError:
            continue
        found[name] = data.decode("utf-8", "replace")
    return found
