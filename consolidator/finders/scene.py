"""What a finder has before it: the index, the outlines of all files, and where to look."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

from consolidator.index.index import Index
from consolidator.index.outline import Outline
from consolidator.names import ModuleName

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Scene:
    """One state of the project, seen as a whole."""

    index: Index
    outlines: Mapping[str, Outline] = field(repr=False)
    """By path; a file that cannot be read has none."""
    _answers: dict[Callable[..., Any], Any] = field(default_factory=dict, repr=False)

    def once(self, ask: Callable[[Scene], Answer]) -> Answer:
        """What a function of the scene returns; it runs once, for all finders that ask."""
        if ask not in self._answers:
            self._answers[ask] = ask(self)
        known: Answer = self._answers[ask]
        return known

    @cached_property
    def paths_by_word(self) -> Mapping[str, tuple[str, ...]]:
        """The files that import, define or bind a name, by that name."""
        found: dict[str, dict[str, None]] = {}
        for path, outline in self.outlines.items():
            for item in outline.imports:
                found.setdefault(item.name or item.module, {})[path] = None
            for name in outline.bound:
                found.setdefault(name, {})[path] = None
        return {word: tuple(paths) for word, paths in found.items()}

    def outline_of(self, module: str) -> Outline | None:
        """The outline of a module of the project; None when no readable file provides it."""
        path = self.index.workspace.path_of(module)
        return None if path is None else self.outlines.get(path)

    def module_of(self, path: str) -> ModuleName:
        """The name of the module in a file; one that cannot be imported goes by its path."""
        return self.index.workspace.module_of(path) or ModuleName(path.removesuffix(".py"))
