"""What the target has under the names that the moved code uses, and whether it is the same."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from consolidator.edits.builtin_names import BUILTINS, has_the_builtin, means_the_builtin
from consolidator.edits.closure import Closure
from consolidator.edits.fixed_loggers import same_fixed_logger
from consolidator.edits.imports.names import ImportedName
from consolidator.edits.plain_aliases import same_alias
from consolidator.edits.type_variables import same_type_variable
from consolidator.index.definitions import is_main_guard, is_own_logger
from consolidator.index.import_doors import may_be_half_imported
from consolidator.index.index import Index, Origin
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse
from consolidator.index.surely_bound import binds_when_all_goes_well

_TYPING_MODULES = frozenset({"typing", "typing_extensions", "collections"})
"""Of a name that several of these offer, each is as good."""


@dataclass(frozen=True, slots=True)
class TargetNames:
    """The names of a target that exists, with those that arrive there."""

    index: Index
    closure: Closure
    target: Module

    @property
    def source(self) -> Module:
        return self.closure.source

    def binds(self, name: str) -> bool:
        """Whether a name is taken there: bound, brought along, or a builtin that is used."""
        if self.target.bindings(name) or name in self.closure.names:
            return True
        # A builtin that the target's own code uses must not be hidden from it.
        used = name in BUILTINS and name in self.target.readers
        origins = [self.index.through_star(star, name) for star in self.target.star_imports]
        return used or any(origin and origin.kind == "definition" for origin in origins)

    def has_same(self, name: str, origin: Origin, imported: tuple[ImportedName, ...]) -> bool:
        """Whether a name that is taken there means what comes from `origin`."""
        if name in self.closure.names or name not in self.target.scope.bindings:
            stars = self.target.star_imports
            return any(self.index.through_star(star, name) == origin for star in stars)
        theirs = self.target.imports_by_name.get(name, [])
        mine = self.index.resolve(self.target.name, name)
        if name == origin.name == mine.name and self._are_as_good(origin, mine):
            return True
        if len(theirs) != len(self.target.bindings(name)):
            return origin.kind == "definition" and mine == origin
        return all(self.index.resolve_import(item) == origin for item in theirs) or any(
            ImportedName(i.module, i.name, i.alias) in imported for i in theirs
        )

    def imports_as_good(self, name: str) -> bool:
        """Whether the target imports what the source prefers; of the same types, any of them."""
        items = self.source.imports_by_name.get(name, [])
        theirs = self.target.imports_by_name.get(name, [])
        if not items or not theirs:
            return False
        # try: import ujson as json / except ImportError: import json
        if theirs[-1].module.top not in _TYPING_MODULES:
            items = items[:1]
        return self.index.resolve_import(theirs[-1]) in map(self.index.resolve_import, items)

    def may_be_half_bound(self, name: str) -> bool:
        """Whether the target has a name by `from m import *` only, where m imports the target."""
        if name in self.target.scope.bindings:
            return False
        return any(
            self.index.through_star(star, name)
            and may_be_half_imported(self.index, star.module, self.target.name)
            for star in self.target.star_imports
        )

    def has_same_block(self, name: str, block: ast.stmt) -> bool:
        """Whether a name is bound there by a statement that reads like this one."""
        return any(
            ast.dump(self.target.body[binding.statement]) == ast.dump(block)
            for binding in self.target.bindings(name)
        )

    def has_on_occasion(self, name: str) -> bool:
        """Whether a name is imported there for the type checker alone, or when it is the script.

        Or in the `except ImportError:` of another import, where that one is not there.
        """
        items = self.target.imports_by_name.get(name, [])
        return bool(items) and all(
            item.is_typing_only
            or any(map(is_main_guard, item.guards))
            or not binds_when_all_goes_well(self.target.body[item.statement], name)
            for item in items
        )

    def imports(self, wanted: ImportedName) -> bool:
        """Whether the very same import stands at the target's top."""
        return any(
            (i.module, i.name, i.alias) == (wanted.module, wanted.name, wanted.alias)
            for i in self.target.imports
            if i.scope is self.target.scope
        )

    def called_otherwise(
        self, uses: tuple[NameUse, ...], imported: tuple[ImportedName, ...], origin: Origin
    ) -> str:
        """The name without its alias, when the target has that, and the moved code can use it."""
        name = imported[0].name or ""
        theirs = self.target.imports_by_name.get(name, [])
        inner = (scope for scope in self.source.scope.walk() if scope is not self.source.scope)
        if not imported[0].alias or not theirs or origin.kind != "definition":
            return ""
        if len(theirs) != len(self.target.bindings(name)) or any(u.span is None for u in uses):
            return ""
        if name in self.closure.uses or any(name in scope.bindings for scope in inner):
            return ""
        typing_only = any(item.guards for item in theirs)
        if typing_only and not all(use.is_type for use in uses):
            return ""
        return name if all(self.index.resolve_import(item) == origin for item in theirs) else ""

    def shadow_of(self, name: str) -> ast.AST | None:
        """What binds the name of a builtin in the target: a statement of its own or a `*`."""
        if self.target.bindings(name):
            same = has_the_builtin(self.index, self.target, name)
            return None if same else self.target.bindings(name)[0].node
        for star in self.target.star_imports if not name.startswith("__") else ():
            origin = self.index.through_star(star, name)
            if origin is None or means_the_builtin(self.index, origin, name):
                continue
            if origin.kind in {"definition", "module"}:
                return star.node
        return None

    def own_loggers(self) -> list[str]:
        """What the target calls the loggers that it makes for itself."""
        return [
            binding.name
            for bindings in self.target.scope.bindings.values()
            for binding in bindings
            if binding.statement < len(self.target.body)
            and isinstance(binding.node, ast.Name)
            and is_own_logger(self.target.body[binding.statement])
        ]

    def unused_name(self, wish: str) -> str:
        """A name that neither module nor any scope in them binds or uses."""
        taken = names_in(self.source) | names_in(self.target)
        name, count = wish, 2
        while name in taken:
            name, count = f"{wish}_{count}", count + 1
        return name

    def _are_as_good(self, first: Origin, second: Origin) -> bool:
        """Whether both are a `T = TypeVar("T")`, an `Old = New` or a logger, and say the same."""
        if first.kind != "definition" or second.kind != "definition":
            return False
        found = [self.index.module(origin.module) for origin in (first, second)]
        modules = [m for m in found if m is not None and self.index.readable(m.path) is not None]
        says_same = same_type_variable, same_alias, same_fixed_logger
        return len(modules) == 2 and any(
            says(self.index, modules[0], modules[1], first.name) for says in says_same
        )


def names_in(module: Module) -> set[str]:
    """Every name that a module, or any scope in it, binds or uses."""
    return {name for scope in module.scope.walk() for name in scope.bindings} | set(module.readers)
