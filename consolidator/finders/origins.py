"""Whether a name can really be had from a module: followed to a definition through outlines."""

from __future__ import annotations

from consolidator.errors import Refusal
from consolidator.finders.asks import absolute_name
from consolidator.finders.bindings import bindings
from consolidator.finders.scene import Scene


def comes_from(scene: Scene, path: str, name: str) -> bool:
    """Whether `from module import name` would work, as far as first-party modules are concerned.

    `path` is the module's file. What it imports from a module of the project must be there too.
    """
    return _comes_from(scene, path, name, frozenset())


def _comes_from(scene: Scene, path: str, name: str, seen: frozenset[tuple[str, str]]) -> bool:
    if (path, name) in seen or scene.once(bindings).has(path, name) is not True:
        return False
    imports = [item for item in scene.outlines[path].imports if item.bound == name]
    if not imports or any(each.name == name for each in scene.outlines[path].classes):
        return True
    is_ours = scene.index.workspace.is_first_party
    for item in imports:
        module = absolute_name(scene, path, item.module)
        try:
            source = scene.index.workspace.path_of(module, path) if module else None
        except Refusal:
            return True
        if source is None:
            asked = module.child(item.name) if item.name else module
            if not is_ours(module.top) or is_ours(asked):
                return True
        elif item.name is None or _comes_from(scene, source, item.name, seen | {(path, name)}):
            return True
    return False
