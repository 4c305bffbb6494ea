"""The index of a workspace: modules by name and path, and what a name in a module means."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from consolidator.index.called_names import functions_beside_import_errors
from consolidator.index.events.codes import Event
from consolidator.index.explained_imports import explained_imports, may_explain_imports
from consolidator.index.facts_cache import FactsCache
from consolidator.index.import_graph import (
    EVERY,
    certain_imports,
    first_party_sequence,
    import_sequence,
)
from consolidator.index.module import Import, Module
from consolidator.names import ModuleName, QualifiedName
from consolidator.workspace import SourceFile, Workspace


@dataclass(frozen=True, slots=True)
class Origin:
    """What a name means in the end."""

    kind: Literal["definition", "module", "external", "unknown"]
    module: ModuleName
    name: str = ""

    def __str__(self) -> str:
        return f"{self.module}.{self.name}" if self.name else self.module


_MOST_TREES = 500

Progress = Callable[[str, int, int], None]
"""Told what is being read, and how many files of how many are done."""


def no_progress(what: str, done: int, total: int) -> None:
    """Tells nobody."""


@dataclass(frozen=True)
class Index:
    """Facts about the files of one workspace, read when asked for and kept."""

    workspace: Workspace
    cache: FactsCache = field(default_factory=lambda: FactsCache(None), repr=False)
    progress: Progress = field(default=no_progress, repr=False, kw_only=True)
    _known: dict[SourceFile, Module] = field(default_factory=dict, repr=False)
    _events: dict[tuple[SourceFile, str], Sequence[Event]] = field(default_factory=dict, repr=False)
    _imported: dict[tuple[SourceFile, ModuleName, bool], tuple[ModuleName, ...]] = field(
        default_factory=dict, repr=False
    )
    _given_up: set[str] = field(default_factory=set, repr=False)
    """Files that were parsed and whose trees are not kept any more."""
    certain_imports: dict[tuple[SourceFile, ModuleName], tuple[ModuleName, ...]] = field(
        default_factory=dict, repr=False
    )
    """What `imported_for_certain` was asked so far."""
    load_conditions: dict[tuple[SourceFile, ModuleName], tuple[str, ...]] = field(
        default_factory=dict, repr=False
    )
    """What files ask of their surroundings when they are imported, as far as somebody asked."""
    _origins: dict[tuple[str, str], Origin] = field(default_factory=dict, init=False, repr=False)
    """What names of modules mean, as far as somebody asked; of this workspace alone."""

    def after(self, workspace: Workspace) -> Index:
        """The index of a changed workspace; facts of unchanged files are shared."""
        following = Index(
            workspace,
            self.cache,
            self._known,
            self._events,
            self._imported,
            self._given_up,
            self.certain_imports,
            self.load_conditions,
            progress=self.progress,
        )
        following.unreadable.update(self.unreadable)
        following.too_deep.update(self.too_deep)
        if workspace.paths() is self.workspace.paths():
            self._hand_on(following)
        return following

    def relieve(self) -> None:
        """Let go of syntax trees, if there are many: each takes a hundred times its text.

        To be called between one change and the next, when nothing holds a node of them.
        """
        if len(self._known) > _MOST_TREES:
            self._given_up.update(file.path for file in self._known)
            self._known.clear()
            self.importers.clear()

    def _hand_on(self, following: Index) -> None:
        """Let the next index know what was asked, where the changed files do not touch it."""
        following.modules_imported.update(self.modules_imported)
        changed = following.workspace.changed_since(self.workspace)
        data = [index.workspace.file(path).data for index in (self, following) for path in changed]
        for name in {*self.importers, *self.names_set, *self.names_in_strings}:
            if any(name.tail.encode() in text for text in data):
                continue
            if name in self.importers:
                following.importers[name] = self.importers[name]
            if name in self.names_set:
                following.names_set[name] = self.names_set[name]
            if name in self.names_in_strings:
                following.names_in_strings[name] = self.names_in_strings[name]

    def imported_by(self, path: str, name: ModuleName, *, deferred: bool) -> tuple[ModuleName, ...]:
        """What importing a file's module may import, read off its bytes; see `import_sequence`."""
        file = self.workspace.file(path)
        key = (file, name, deferred)
        if key not in self._imported:
            is_package = path.rpartition("/")[2] == "__init__.py"
            self._imported[key] = import_sequence(
                file.data, name, is_package, include_deferred=deferred
            )
        return self._imported[key]

    def imported_for_certain(self, path: str, name: ModuleName) -> tuple[ModuleName, ...]:
        """What importing a file's module always imports, read off its bytes where that will do."""
        file = self.workspace.file(path)
        key = (file, name)
        if key not in self.certain_imports:
            is_package = path.rpartition("/")[2] == "__init__.py"
            found = list(certain_imports(file.data, name, is_package))
            module = self.readable(path) if may_explain_imports(file.data) else None
            found += explained_imports(module) if module is not None else ()
            self.certain_imports[key] = tuple(found)
        return self.certain_imports[key]

    @cached_property
    def beside_import_errors(self) -> frozenset[str]:
        """The names of the functions that may raise an `ImportError` of their own."""
        files = self.workspace.mentioning({"ImportError", "ModuleNotFoundError"})
        return frozenset().union(*(functions_beside_import_errors(file.data) for file in files))

    @cached_property
    def simulated(self) -> dict[Any, Any]:
        """What simulations of this tree came to, for the next attempt at the same change."""
        return {}

    @cached_property
    def called_late(self) -> dict[str, Any]:
        """What functions import that the top of a module may call, as far as somebody asked."""
        return {}

    def modules_imported_by(
        self, path: str, name: ModuleName, *, deferred: bool
    ) -> tuple[ModuleName, ...]:
        """Those of them that are modules of the project, with the packages above them."""
        key = (self.workspace.file(path), name, deferred)
        if key not in self.modules_imported:
            candidates = self.imported_by(path, name, deferred=deferred)
            self.modules_imported[key] = self.modules_among(candidates)
        return self.modules_imported[key]

    def modules_among(self, candidates: Iterable[str]) -> tuple[ModuleName, ...]:
        """Those that are modules of the project, and for `pkg.*` all that the package holds."""
        found: list[str] = []
        for name in candidates:
            package = name.removesuffix(EVERY)
            found += [name] if package == name else self.modules_inside(package)
            if name in self.cython_sources and (text := self.cython_text(ModuleName(name))):
                found += import_sequence(text.encode(), ModuleName(name), False)
        return first_party_sequence(found, self.workspace.is_first_party)

    @cached_property
    def cython_sources(self) -> dict[str, str]:
        """The paths of Cython files, by the names of the modules that they are compiled to."""
        paths = self.workspace.cython_paths()
        names = [self.workspace.module_of(path.removesuffix("x")) for path in paths]
        return {name: path for name, path in zip(names, paths, strict=True) if name}

    def cython_text(self, name: ModuleName) -> str:
        """What the Cython file of a module says; empty when it cannot be read."""
        if name not in self._cython:
            try:
                data = (self.workspace.root / self.cython_sources[name]).read_bytes()
            except OSError:
                data = b""
            self._cython[name] = data.decode("utf-8", "replace").replace("\r\n", "\n")
        return self._cython[name]

    @cached_property
    def _cython(self) -> dict[ModuleName, str]:
        return {}

    def modules_inside(self, package: str) -> Collection[ModuleName]:
        """The modules directly in a package, in the order of their names."""
        return self._by_package.get(ModuleName(package), ())

    @cached_property
    def _by_package(self) -> dict[ModuleName, list[ModuleName]]:
        found: dict[ModuleName, list[ModuleName]] = {}
        for name in sorted(self.workspace.modules()):
            found.setdefault(name.parent, []).append(name)
        return found

    @cached_property
    def modules_imported(self) -> dict[tuple[SourceFile, ModuleName, bool], tuple[ModuleName, ...]]:
        """What `modules_imported_by` was asked so far."""
        return {}

    @cached_property
    def deferrable(self) -> dict[ModuleName, frozenset[str]]:
        """The imports of modules that can go into their functions, as far as somebody asked."""
        return {}

    def events(self, path: str) -> Sequence[Event] | None:
        """The import-time events of a file; None when it cannot be read."""
        file = self.workspace.file(path)
        name = self.workspace.module_of(path) or ModuleName(path.removesuffix(".py"))
        key = (file, name)
        if key not in self._events:
            is_package = path.rpartition("/")[2].startswith("__init__.")
            known: Sequence[Event] | None = self.cache.get(file, name, is_package)
            if known is None:
                module = self.readable(path)
                if module is None:
                    return None
                known = module.events
                self.cache.put(file, name, is_package, known)
            self._events[key] = known
        return self._events[key]

    def module(self, name: str) -> Module | None:
        """The module of that name, or None when no file of the project provides it."""
        path = self.workspace.path_of(name)
        return None if path is None else self._module_at(path, ModuleName(name))

    def module_at(self, path: str) -> Module:
        """The module in a file; one that cannot be imported goes by its path."""
        name = self.workspace.module_of(path) or ModuleName(path.removesuffix(".py"))
        return self._module_at(path, name)

    def _module_at(self, path: str, name: ModuleName) -> Module:
        file = self.workspace.file(path)
        known = self._known.get(file)
        if known is None or known.name != name:
            is_package = path.rpartition("/")[2].startswith("__init__.")
            known = self._known[file] = Module(name, is_package, file)
        return known

    @cached_property
    def importers(self) -> dict[ModuleName, tuple[Module, ...]]:
        """Who imports a module, as far as that was asked; see `index.importers`."""
        return {}

    @cached_property
    def names_set(self) -> dict[ModuleName, frozenset[str]]:
        """What others replace in a module, as far as that was asked; see `index.importers`."""
        return {}

    @cached_property
    def cycles(self) -> dict[frozenset[ModuleName], frozenset[ModuleName]]:
        """What a change of modules may disturb, as far as that was asked; see `disturbance`."""
        return {}

    @cached_property
    def doors(self) -> dict[ModuleName, frozenset[ModuleName]]:
        """Where modules come into cycles, as far as that was asked; see `import_doors`."""
        return {}

    @cached_property
    def asked_for_heirs(self) -> list[frozenset[tuple[str, str]]]:
        """Classes whose `__subclasses__` is called, by file and name; empty until that is asked."""
        return []

    @cached_property
    def usages(self) -> dict[str, Any]:
        """The usage facts of each file, as far as that was asked; see `index.usage`."""
        return {}

    @cached_property
    def offers(self) -> dict[str, Any]:
        """The facts that offers rest on, by path, as far as that was asked; see `index.offer`."""
        return {}

    @cached_property
    def below(self) -> dict[str, frozenset[str] | None]:
        """What subclasses add, by the name of the class, as far as asked; see `index.offer`."""
        return {}

    @cached_property
    def extending(self) -> dict[str, list[tuple[str, str]]]:
        """Classes by what they extend, if that was asked; see `index.offer`."""
        return {}

    @cached_property
    def offered(self) -> dict[str, Any]:
        """What definitions offer, as far as that was asked; see `index.offer`."""
        return {}

    @cached_property
    def names_in_strings(self) -> dict[ModuleName, set[str]]:
        """What strings say of a module, as far as that was asked; see `index.importers`."""
        return {}

    @cached_property
    def unreadable(self) -> dict[str, str]:
        """Files that could not be parsed so far, with the reason."""
        return {}

    @cached_property
    def too_deep(self) -> set[str]:
        """Files that are nested too deeply to be analysed; see `index.nesting`."""
        return set()

    def read_as_code(self) -> frozenset[str]:
        """The paths of the files whose syntax or events were asked for."""
        parsed = {file.path for file in self._known} | self._given_up
        return frozenset(parsed | {file.path for file, _ in self._events})

    def readable(self, path: str) -> Module | None:
        """The module in a file, or None (and remembered) when it cannot be decoded or parsed."""
        from consolidator.errors import Refusal

        if path in self.too_deep:
            self.unreadable[path] = "it is nested too deeply to be analysed"
            return None
        module = self.module_at(path)
        try:
            _ = module.syntax
        except SyntaxError as error:
            self.unreadable[path] = f"line {error.lineno}: {error.msg}"
            return None
        except Refusal as refusal:
            self.unreadable[path] = refusal.problems[0].message
            return None
        return module

    def mentioning(self, words: Collection[str]) -> Iterator[Module]:
        """The readable modules in whose text one of the words stands."""
        for file in self.workspace.mentioning(words):
            module = self.readable(file.path)
            if module is not None:
                yield module

    # -- resolution --------------------------------------------------------------------------

    def resolve(self, module: str, name: str) -> Origin:
        """What `name` means as an attribute of `module`, through re-exports and star imports."""
        key = (module, name)
        if key not in self._origins:
            self._origins[key] = self._resolve(ModuleName(module), name, set())
        return self._origins[key]

    def _resolve(self, module: ModuleName, name: str, seen: set[QualifiedName]) -> Origin:
        if not self.workspace.is_first_party(module):
            return Origin("external", module, name)
        place = QualifiedName(module, name)
        if place in seen:
            # `from pkg import sub` in pkg itself gets the submodule.
            child = module.child(name)
            known = self.workspace.is_first_party(child)
            return Origin("module", child) if known else Origin("unknown", module, name)
        seen.add(place)
        facts = self._facts(module)
        if facts is not None and name in facts.scope.bindings:
            imports = facts.imports_by_name.get(name, [])
            if not imports or any(b.kind in _DEFINING for b in facts.bindings(name)):
                return Origin("definition", module, name)
            # not `from pkg.mod import C` in pkg.mod itself, for a running program
            others = [item for item in imports if item.module != module or item.name != name]
            return self.resolve_import((others or imports)[-1], seen)
        if facts is not None:
            for star in reversed(facts.star_imports):  # the last one wins
                origin = self._through_star(star, name, seen)
                if origin is not None:
                    return origin
        child = module.child(name)
        if self.workspace.is_first_party(child):
            return Origin("module", child)
        return Origin("unknown", module, name)

    def resolve_import(self, item: Import, seen: set[QualifiedName] | None = None) -> Origin:
        """What the name bound by an import means."""
        if item.name is None:
            return Origin("module", item.module if item.alias else ModuleName(item.module.top))
        if seen is None:
            return self.resolve(item.module, item.name)
        return self._resolve(item.module, item.name, seen)

    def through_star(self, star: Import, name: str) -> Origin | None:
        """What a star import may bind `name` to; None when it surely does not bring it."""
        if self.workspace.is_first_party(star.module):
            return self._through_star(star, name, set())
        return None if name.startswith("_") else Origin("external", star.module, name)

    def _through_star(self, star: Import, name: str, seen: set[QualifiedName]) -> Origin | None:
        if not self.workspace.is_first_party(star.module):
            return None
        facts = self._facts(star.module)
        if facts is None or not exports(facts, name):
            return None
        origin = self._resolve(star.module, name, seen)
        return None if origin.kind == "unknown" else origin

    def _facts(self, module: ModuleName) -> Module | None:
        path = self.workspace.path_of(module)
        return None if path is None else self.readable(path)

    def binds(self, module: str, name: str) -> bool | None:
        """Whether `from module import name` finds something; None when that cannot be told."""
        origin = self.resolve(module, name)
        if origin.kind != "unknown":
            return True
        facts = self._facts(ModuleName(module))
        if facts is None:
            return None if self.workspace.path_of(module) else False
        opaque = "__getattr__" in facts.scope.bindings or any(
            not self.workspace.is_first_party(star.module) for star in facts.star_imports
        )
        return None if opaque or _fills_globals(facts) else False


_DEFINING = frozenset({"class", "function"})


def exports(module: Module, name: str) -> bool:
    """Whether `from module import *` may bring `name`."""
    if module.all_names is not None and name in module.all_names:
        return True
    return "__all__" not in module.scope.bindings and not name.startswith("_")


def _fills_globals(module: Module) -> bool:
    """`globals()[name] = …` and its like bind names that no analysis sees."""
    return any(name in module.readers for name in ("globals", "vars", "exec", "setattr"))
