"""Where the file of a module that does not exist yet would stand, if it may stand there."""

from __future__ import annotations

import keyword
import sys
from pathlib import Path

from consolidator.errors import Problem, Refusal
from consolidator.names import ModuleName
from consolidator.workspace.modules import Modules
from consolidator.workspace.roots import SourceRoot


def new_module_path(modules: Modules, root: Path, module: str, near: str | None = None) -> str:
    """The path of the file that `module` would have."""
    name = ModuleName(module)
    for part in module.split("."):
        if not part.isidentifier() or keyword.iskeyword(part):
            raise Refusal(Problem("bad-module-name", f"{part!r} in {module!r} is no module name"))
    existing = modules.path_of(module, near)
    if existing is not None:
        return existing
    home = _home(modules, name, near)
    relative = module[len(home.package) + 1 :] if home.package else module
    if name.top == relative.partition(".")[0] and not modules.is_known(name.top):
        if name.top in sys.stdlib_module_names:
            raise Refusal(
                Problem("shadows-module", f"{name.top} is a module of the standard library")
            )
    prefix = home.directory + "/" if home.directory else ""
    return f"{prefix}{relative.replace('.', '/')}.py"


def new_module_files(modules: Modules, path: str, module: str) -> tuple[str, ...]:
    """`path`, after the `__init__.py` files that must be made so that it can be imported."""
    missing: list[str] = []
    directory = path.rpartition("/")[0]
    package = ModuleName(module).parent
    while package and not modules.is_known(package):
        missing.append(f"{directory}/__init__.py")
        directory = directory.rpartition("/")[0]
        package = package.parent
    if package and f"{directory}/__init__.py" not in modules.files:
        missing.clear()
    return (*reversed(missing), path)


def _home(modules: Modules, name: ModuleName, near: str | None) -> SourceRoot:
    for package in reversed(name.ancestors()):
        fitting = [
            root for root, stem in modules.directories_for(package) if stem in modules.directories
        ]
        if fitting:
            return _one(modules, fitting, name, near)
    return _one(modules, [root for root in modules.roots if root.takes_new], name, near)


def _one(
    modules: Modules, fitting: list[SourceRoot], name: ModuleName, near: str | None
) -> SourceRoot:
    own = modules.root_of(near) if near else None
    if own in fitting and own is not None:
        return own
    if len(fitting) != 1:
        raise Refusal(Problem("ambiguous-root", f"{name} could stand under several roots"))
    return fitting[0]
