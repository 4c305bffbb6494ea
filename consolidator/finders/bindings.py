"""Which names a module has once it is imported, exactly enough to say that it lacks one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from consolidator.finders.asks import absolute_name, all_asks, users_of_module
from consolidator.finders.binding_facts import binding_facts, may_bind_unseen
from consolidator.finders.scene import Scene
from consolidator.index.file_facts import file_facts

_OF_EVERY_MODULE = frozenset(
    {"__name__", "__doc__", "__file__", "__path__", "__package__", "__spec__", "__loader__"}
    | {"__cached__", "__builtins__", "__dict__", "__annotations__", "__class__"}
)


class Bindings:
    """Answers whether modules have names; what an outline shows is not looked at again."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._facts: dict[str, dict[str, Any] | None] = {}
        self._may_hide: dict[str, bool] = {}

    def prepare(self, wanted: Iterable[tuple[str, str]]) -> None:
        """Read the files that the coming questions need, all at once."""
        self._read({path for path, name in wanted if self._needs_facts(path, name)})

    def _read(self, paths: Iterable[str]) -> None:
        missing = sorted(set(paths) - self._facts.keys())
        found = file_facts(self.scene.index, "bindings", binding_facts, missing)
        self._facts.update({path: found.get(path) for path in missing})

    def has(self, path: str, name: str, *, for_typing: bool = False) -> bool | None:
        """Whether the module in a file has a name; None when that cannot be told.

        What it binds for type checkers alone counts with `for_typing`.
        """
        return self._has(path, name, for_typing, set())

    def _has(
        self, path: str, name: str, for_typing: bool, seen: set[tuple[str, str]]
    ) -> bool | None:
        outline = self.scene.outlines.get(path)
        if outline is None:
            return None
        if name in _OF_EVERY_MODULE or self.submodule(path, name):
            return True
        from_itself = self._takes_from_itself(path, name)
        if name in outline.bound and not from_itself:
            return True
        if (path, name) in seen:
            return False
        seen.add((path, name))
        if not self._needs_facts(path, name):
            return False
        self._read([path])
        facts = self._facts[path]
        if facts is None:
            return None
        if name in facts["not-imported" if from_itself else "bound"]:
            return True
        if for_typing and name in facts["typing"]:
            return True
        unsure = facts["opaque"] or name in facts["perhaps"]
        for star in facts["stars"]:
            brought = self._brings(path, star, name, for_typing, seen)
            if brought:
                return True
            unsure = unsure or brought is None
        return None if unsure else False

    def _needs_facts(self, path: str, name: str) -> bool:
        """Whether the outline leaves it open: the text mentions the name, or can bind unseen."""
        outline = self.scene.outlines.get(path)
        if outline is None:
            return False
        if name in outline.bound:
            return self._takes_from_itself(path, name)
        if outline.is_opaque or outline.stars or name in outline.perhaps:
            return True
        text = self.scene.index.workspace.file(path).text
        if path not in self._may_hide:
            self._may_hide[path] = may_bind_unseen(text)
        return self._may_hide[path] or name in text

    def _takes_from_itself(self, path: str, name: str) -> bool:
        """Whether all that imports a name in a file is `from . import name` in `__init__.py`."""
        taken = self.scene.once(all_asks).of_files.get(path, {}).get(name, ())
        own = {item for user, item in taken if user == path and item.bound == name}
        imports = self.scene.outlines[path].imports
        return bool(own) and all(item in own for item in imports if item.bound == name)

    def submodule(self, path: str, name: str) -> bool:
        """Whether `name` is a module of the package in a file."""
        if path.rpartition("/")[2] != "__init__.py":
            return False
        workspace = self.scene.index.workspace
        return workspace.is_first_party(self.scene.module_of(path).child(name))

    def _brings(
        self, path: str, star: str, name: str, for_typing: bool, seen: set[tuple[str, str]]
    ) -> bool | None:
        """Whether `from star import *` in a file brings a name."""
        module = absolute_name(self.scene, path, star)
        source = self.scene.index.workspace.path_of(module, path) if module else None
        if source is None or source not in self.scene.outlines:
            return None
        outline = self.scene.outlines[source]
        if "__all__" in outline.bound or "__all__" in outline.perhaps:
            self._read([source])
            facts = self._facts[source]
            return None if facts is None or facts["listed"] is None else name in facts["listed"]
        return False if name.startswith("_") else self._has(source, name, for_typing, seen)


def bindings(scene: Scene) -> Bindings:
    """The bindings of a scene; ask for them by `scene.once(bindings)`."""
    return Bindings(scene)


def is_set_from_outside(scene: Scene, path: str, name: str) -> bool:
    """Whether others may give the module in a file the name.

    By `mod.NAME = 1`, by `setattr(mod, …)`, or by a helper that it imports and that fills the
    namespace of its caller.
    """
    word = re.escape(name)
    pattern = rf"\.{word}[ \t]*(?::[^=\n]+)?=(?!=)|['\"]{word}['\"]"
    for user, item in users_of_module(scene, path):
        module = re.escape(item.bound)
        space = rf"(?:\bvars\(\s*{module}\s*\)|\b{module}\.__dict__)"
        at_random = rf"\bsetattr\(\s*{module}\b|{space}(?:\[[^\]\n]+\][ \t]*=(?!=)|\.update\()"
        if re.search(f"{pattern}|{at_random}", scene.index.workspace.file(user).text):
            return True
    return path in scene.once(_filled_by_helpers)


def _filled_by_helpers(scene: Scene) -> frozenset[str]:
    """The files that import from a module which writes into `sys._getframe(1).f_globals`."""
    asks = scene.once(all_asks)
    return frozenset(
        user
        for path, names in asks.of_files.items()
        if path in scene.outlines and "f_globals" in scene.index.workspace.file(path).text
        for taken in names.values()
        for user, _ in taken
    )
