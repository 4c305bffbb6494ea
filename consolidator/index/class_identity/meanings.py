"""What a name of a module means, told from outlines wherever they suffice."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Literal

from consolidator.errors import Refusal
from consolidator.index.class_identity.module_bindings import Bindings, module_bindings
from consolidator.index.file_facts import file_facts
from consolidator.index.index import Index
from consolidator.index.outline import Outline
from consolidator.index.outlining import outline
from consolidator.names import ModuleName, QualifiedName

MeaningKind = Literal["definition", "module", "external", "builtin", "missing", "unbound", "own"]

_BUILTINS = frozenset(dir(builtins))
_OF_THE_MODULE = frozenset(
    ("__name__", "__file__", "__path__", "__package__", "__spec__", "__loader__", "globals")
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name stands for, as far as reading tells."""

    kind: MeaningKind
    text: str
    """`pkg.base.Base`, `logging`; equal meanings of one kind have equal texts."""
    place: tuple[str, str] | None = None
    """Of a definition in the project: the path and the name there."""

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Meanings:
    """What names mean all over one project; what was found out is kept."""

    index: Index
    outlines: Mapping[str, Outline] = field(default_factory=dict, repr=False)
    """By path, as far as they are known; others are made when needed."""
    _known: dict[tuple[str, str], Meaning] = field(default_factory=dict, repr=False)
    _outlined: dict[str, Outline | None] = field(default_factory=dict, repr=False)
    _bindings: dict[str, Bindings] = field(default_factory=dict, repr=False)

    def meaning(self, path: str, name: str) -> Meaning:
        """What `name` means in the module in the file `path`; `.module` for a relative module."""
        known = self._known.get((path, name))
        if known is None:
            known = self._known[path, name] = self._find(path, name, set())
        return known

    def qualified(self, path: str, name: str) -> QualifiedName:
        """A name in a file by its module."""
        return QualifiedName(self._module_of(path), name)

    def bindings(self, path: str) -> Bindings:
        """What binds the names of a module; nothing for one that cannot be read."""
        if path not in self._bindings:
            self.prepare([path])
        return self._bindings[path]

    def prepare(self, paths: Iterable[str]) -> None:
        """Read the bindings of these modules together, which is faster than one by one."""
        wanted = [path for path in dict.fromkeys(paths) if path not in self._bindings]
        if not wanted:
            return
        facts = file_facts(self.index, "meanings", module_bindings, wanted)
        self._bindings.update((path, facts.get(path, {})) for path in wanted)

    def imported(
        self,
        path: str,
        module: str,
        name: str | None,
        seen: set[tuple[str, str]] | None = None,
    ) -> Meaning:
        """What an import in the file `path` brings: a module, or `name` of it."""
        absolute = self._absolute(path, module)
        if name is None:
            return Meaning("module", absolute)
        if not self.index.workspace.is_first_party(absolute):
            return Meaning("external", _usual(f"{absolute}.{name}"))
        child = ModuleName(absolute).child(name)
        target = self._path_of(absolute, path)
        if target is not None:
            found = self._find(target, name, set() if seen is None else seen)
            if found.kind not in ("unbound", "builtin"):
                return found
        if self.index.workspace.is_first_party(child):
            return Meaning("module", child)
        return Meaning("missing", child)

    def outline(self, path: str) -> Outline | None:
        """The outline of a file; None for one that cannot be read."""
        if path in self.outlines:
            return self.outlines[path]
        if path not in self._outlined:
            try:
                self._outlined[path] = outline(self.index.workspace.file(path).text)
            except (SyntaxError, Refusal):
                self._outlined[path] = None
        return self._outlined[path]

    # -- finding -----------------------------------------------------------------------------

    def _find(self, path: str, name: str, seen: set[tuple[str, str]]) -> Meaning:
        module = self._module_of(path)
        if name.startswith("."):
            return Meaning("module", self._absolute(path, name))
        if name in _OF_THE_MODULE:
            return Meaning("own", f"{name} of {module}")
        outlined = self.outline(path)
        if outlined is None or (path, name) in seen:
            return Meaning("unbound", name)
        seen.add((path, name))
        imported = self._imports(path, outlined, name)
        if imported is not None:
            return self.imported(path, *imported, seen)
        here = Meaning("definition", f"{module}.{name}", (path, name))
        if name in outlined.bound:
            return here
        if name in outlined.perhaps and name in self.bindings(path):
            # try: from fast import C
            # except ImportError: from slow import C
            found = [item for item in self.bindings(path)[name] if item[0] == "import"]
            if len(found) == len(self.bindings(path)[name]):
                meanings = [self.imported(path, item[1], item[2], seen) for item in found]
                return meanings[0] if len(set(meanings)) == 1 else _either(meanings)
            return here
        return self._through_stars(path, outlined, name, seen)

    def _imports(self, path: str, outlined: Outline, name: str) -> tuple[str, str | None] | None:
        """The import that alone gives a name its value: the module and what is taken from it."""
        found = [item for item in outlined.imports if not item.column and item.bound == name]
        if not found or len({(item.module, item.name) for item in found}) > 1:
            return None
        if any(item.name == name and not item.column for item in outlined.classes):
            return None
        if self._assigns(path, name):
            return None
        item = found[-1]
        if item.name is None:
            return (item.module if item.alias else item.module.partition(".")[0], None)
        return item.module, item.name

    def _assigns(self, path: str, name: str) -> bool:
        """Whether a line of the module may assign to a name that it also imports."""
        text = self.index.workspace.file(path).text
        if f"\n{name}" not in text and "def " + name not in text:
            return False
        found = re.search(
            rf"^(?:(?:async )?def +)?{re.escape(name)}\s*(?:\(|[:=](?!=))", text, re.M
        )
        return found is not None

    def _through_stars(
        self, path: str, outlined: Outline, name: str, seen: set[tuple[str, str]]
    ) -> Meaning:
        outside = []
        for star in reversed(outlined.stars):
            absolute = self._absolute(path, star.module)
            target = self._path_of(absolute, path)
            if target is None:
                outside.append(absolute)
            elif not name.startswith("_"):
                found = self._find(target, name, seen)
                if found.kind not in ("unbound", "builtin"):
                    return found
        if outside:
            return Meaning("unbound", f"{name} (perhaps from {', '.join(outside)})")
        return Meaning("builtin" if name in _BUILTINS else "unbound", name)

    # -- modules -----------------------------------------------------------------------------

    def _module_of(self, path: str) -> ModuleName:
        return self.index.workspace.module_of(path) or ModuleName(path.removesuffix(".py"))

    def _absolute(self, path: str, module: str) -> str:
        """`a.b` for `..b` in the module `a.c.d`."""
        name = module.lstrip(".")
        level = len(module) - len(name)
        if not level:
            return module
        parts = self._module_of(path).split(".")
        is_package = path.rpartition("/")[2] == "__init__.py"
        kept = parts[: len(parts) - level + is_package]
        return ".".join([*kept, *([name] if name else [])])

    def _path_of(self, module: str, near: str) -> str | None:
        try:
            return self.index.workspace.path_of(module, near)
        except Refusal:
            return None  # several roots hold it


def _either(meanings: list[Meaning]) -> Meaning:
    return Meaning("external", " or ".join(str(meaning) for meaning in meanings))


def _usual(name: str) -> str:
    """One name for what the standard library offers under several."""
    for start in ("typing_extensions.", "collections.abc."):
        if name.startswith(start):
            return "typing." + name.removeprefix(start)
    return name
