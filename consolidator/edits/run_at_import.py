"""Functions that may run while modules are imported: rather too many of them than too few."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from consolidator.edits.builtin_names import BUILTINS
from consolidator.edits.called_code import (
    CALLED,
    Attribute,
    Callable,
    CalledCode,
    ClassCode,
    Imported,
    Named,
    Receiver,
    Token,
    called_code,
)
from consolidator.index.index import Index
from consolidator.names import ModuleName

_ONLY_TYPES = frozenset({"abc", "collections", "enum", "typing", "typing_extensions"})


def functions_run_by(index: Index, modules: Iterable[ModuleName]) -> frozenset[int]:
    """The ids of functions and methods that the import of some modules may call, if indirectly.

    @attrs                     # calls attrs(), that calls builder.add_init(), ...
    class Point: ...           # ... and that calls Converter()

    Names are followed to what they mean. `builder.add_init`, of an object that is not known, means
    that method of every class that some code on the way has named (rapid type analysis: Bacon and
    Sweeney 1996).
    """
    reach = Reach(index)
    for name in sorted(modules):
        reach.import_(name)
    return frozenset(reach.run())


_CALL = Attribute("__call__", Receiver.OBJECT)
_NOT_ASKED = Receiver.OBJECT + 1


def _with_result(token: Token) -> Token:
    """The same where it is called, and what comes of it as well."""
    return token._replace(called=True, result_called=True) if isinstance(token, Named) else token


class _Alive(NamedTuple):
    module: ModuleName
    code: ClassCode
    has_objects: bool
    """Whether it may have been called, so that what objects have for themselves may run."""


class Reach:
    """Follows what is used from function to function, and reads the modules that it leads to."""

    def __init__(self, index: Index) -> None:
        self.index = index
        self._code: dict[ModuleName, CalledCode] = {}
        self._queue: list[tuple[ModuleName, Token]] = []
        self._seen: set[tuple[ModuleName, Token]] = set()
        self._attributes: dict[str, int] = {}
        """Attributes that are asked of something unknown, and of what at the most."""
        self._called: set[str] = set()
        """Those of them that are called."""
        self._alive: dict[int, _Alive] = {}
        """Classes that somebody has, by id: their methods may be called by name."""
        self._handed_over: list[tuple[ModuleName, Callable]] = []
        self._returned: list[tuple[ModuleName, Callable]] = []
        """Functions that have run and made others."""
        self._found: set[int] = set()

    def run(self) -> set[int]:
        while self._queue:
            module, token = self._queue.pop()
            if isinstance(token, Attribute):
                self.ask_all(token)
            else:
                self._use(module, token)
        return self._found

    def read(self) -> list[ModuleName]:
        """The modules that were read on the way."""
        return list(self._code)

    def import_(self, module: ModuleName) -> None:
        """What importing a module itself runs."""
        code = self.code(module)
        self.execute(module, code)
        self._add(module, code.functions.get("__getattr__", ()))

    def execute(self, module: ModuleName, code: CalledCode) -> None:
        """What the code of a module runs, or a part of it."""
        self._follow(module, code.at_import)
        functions = [item for items in code.functions.values() for item in items]
        for each in (item for items in code.classes.values() for item in items):
            self._make(module, each)
            functions += each.methods
        for function in functions:
            if any(self._is_ours(module, token) for token in function.decorators):
                self._hand_over(module, function)

    def code(self, module: ModuleName) -> CalledCode:
        """What a module of the project says; nothing when it cannot be read."""
        if module not in self._code:
            path = self.index.workspace.path_of(module)
            facts = self.index.readable(path) if path else None
            code = called_code(facts.syntax.tree) if facts else CalledCode(frozenset())
            self._code[module] = code
            for name in self._attributes:
                self._ask(module, code, name)
        return self._code[module]

    def _follow(self, module: ModuleName, tokens: Iterable[Token]) -> None:
        fresh = {(module, token) for token in tokens} - self._seen
        self._seen |= fresh
        self._queue += fresh

    def _add(self, module: ModuleName, functions: Iterable[Callable]) -> None:
        for function in functions:
            if function.node not in self._found:
                self._found.add(function.node)
                self._follow(module, function.uses)
                self._follow(module, map(_with_result, function.decorators))
                if CALLED.name in self._attributes:
                    self._follow(module, function.result_uses)
                else:
                    self._returned.append((module, function))

    def _hand_over(self, module: ModuleName, function: Callable) -> None:
        """A decorator of the project has a function, and calls it if it calls what it is given."""
        if CALLED.name in self._attributes:
            self._add(module, [function])
        else:
            self._handed_over.append((module, function))

    # -- classes ---------------------------------------------------------------------------------

    def _make(self, module: ModuleName, made: ClassCode) -> None:
        """A class statement runs; what makes or decorates the class may call its methods."""
        decorated = any(self._is_ours(module, token) for token in made.decorators)
        if self._is_hooked(module, made, set()) or decorated:
            self._use_class(module, made, has_objects=False)

    def _is_hooked(self, module: ModuleName, made: ClassCode, seen: set[int]) -> bool:
        if id(made) in seen:
            return False
        seen.add(id(made))
        hooked = made.has_metaclass
        for home, base in self._bases(module, made):
            self._add(home, base.on_subclassing)
            hooked |= bool(base.on_subclassing) or self._is_hooked(home, base, seen)
        return hooked

    def _bases(self, module: ModuleName, made: ClassCode) -> Iterator[tuple[ModuleName, ClassCode]]:
        for token in made.bases:
            if isinstance(token, Named):
                for home, name, _ in self._meanings(module, token):
                    yield from ((home, each) for each in self.code(home).classes.get(name, ()))

    def _is_from_elsewhere(self, module: ModuleName, base: Token) -> bool:
        """`ast.NodeVisitor`: code outside the project may call any method of its objects."""
        if not isinstance(base, Named) or self._is_ours(module, base):
            return False
        homes = {
            item.module.partition(".")[0] for item in self.code(module).imports.get(base.root, ())
        }
        return bool(homes - _ONLY_TYPES)

    def _is_ours(self, module: ModuleName, token: Token) -> bool:
        return isinstance(token, Named) and any(True for _ in self._meanings(module, token))

    def _use_class(self, module: ModuleName, used: ClassCode, has_objects: bool = True) -> None:
        """Somebody has a class, and perhaps objects of it, and asks it for its methods."""
        foreign = any(self._is_from_elsewhere(module, token) for token in used.bases)
        # class Color(Enum): RED = 1
        has_objects |= foreign or CALLED.name in self._attributes
        known = self._alive.get(id(used))
        if known is not None and (known.has_objects or not has_objects):
            return
        self._alive[id(used)] = _Alive(module, used, has_objects)
        if has_objects:
            self._add(module, used.methods if foreign else used.own)
        for name in list(self._attributes):
            self._ask_class(module, used, name)
        for home, base in self._bases(module, used):
            self._use_class(home, base, has_objects)

    # -- attributes of something unknown ----------------------------------------------------------

    def ask_all(self, token: Attribute) -> None:
        """An attribute is asked of something that is not known, or called."""
        asked = self._attributes.get(token.name, _NOT_ASKED)
        called = token.called and token.name not in self._called
        if asked <= token.receiver and not called:
            return
        # what was asked of anything is so still when `self` is asked for it and calls it
        self._attributes[token.name] = min(asked, token.receiver)
        self._called |= {token.name} if called else set()
        for module, code in list(self._code.items()):
            self._ask(module, code, token.name)
        for alive in list(self._alive.values()):
            self._ask_class(alive.module, alive.code, token.name)
            if token == CALLED:
                self._use_class(alive.module, alive.code)
        if token == CALLED:
            self._call_something()

    def _call_something(self) -> None:
        """Something is called of which nothing is known."""
        for module, function in self._handed_over:
            self._add(module, [function])
        for module, function in self._returned:
            self._follow(module, function.result_uses)
        self.ask_all(_CALL)

    def _ask(self, module: ModuleName, code: CalledCode, name: str) -> None:
        self._follow_values(module, code.set_attributes.get(name, ()), name in self._called)
        if self._attributes[name] == Receiver.ANYTHING:
            self._add(module, code.functions.get(name, ()))

    def _ask_class(self, module: ModuleName, asked: ClassCode, name: str) -> None:
        of_class = self._attributes[name] < Receiver.OBJECT or self._alive[id(asked)].has_objects
        methods = [method for method in asked.methods if method.name == name]
        self._add(module, [method for method in methods if of_class or method.is_of_class])
        tokens = [token for given, token in asked.attributes if given == name]
        self._follow_values(module, tokens, name in self._called)

    def _follow_values(self, module: ModuleName, tokens: Iterable[Token], called: bool) -> None:
        """What a name may stand for: functions, classes, or objects of those."""
        tokens = list(tokens)
        if called and tokens:
            tokens = [_with_result(token) for token in tokens]
            self.ask_all(_CALL)
        self._follow(module, tokens)

    def _ask_unknown(self, name: str, called: bool) -> None:
        if not name.startswith("__"):
            self.ask_all(Attribute(name, called=called))

    # -- names that mean something -----------------------------------------------------------------

    def _use(self, module: ModuleName, token: Named) -> None:
        known = False
        for home, name, rest in self._meanings(module, token):
            known, code = True, self.code(home)
            functions, values = code.functions.get(name, ()), code.values.get(name, ())
            self._add(home, functions)
            if token.result_called:
                for function in functions:
                    self._follow(home, function.result_uses)
            self._follow_values(home, values, token.called)
            for each in code.classes.get(name, ()):
                self._use_class(home, each, has_objects=token.called and not rest)
            for attribute in rest:
                self._ask_unknown(attribute, token.called)
        name = token.path[-1] if token.path else token.root
        if not known and not self._is_foreign(module, token.root):
            self._ask_unknown(name, token.called)

    def _is_foreign(self, module: ModuleName, name: str) -> bool:
        """Whether a name means something outside the project, for sure."""
        items = self.code(module).imports.get(name, [])
        homes = [self.absolute(module, item) for item in items]
        if not items:
            return name in BUILTINS
        return not any(self.index.workspace.is_first_party(home) for home in homes)

    def _meanings(
        self, module: ModuleName, token: Named
    ) -> Iterator[tuple[ModuleName, str, tuple[str, ...]]]:
        """The modules of the project that bind what a token names, the name there, and the rest."""
        queue: list[tuple[ModuleName, tuple[str, ...]]] = [(module, (token.root, *token.path))]
        seen = set()
        while queue:
            home, path = queue.pop()
            if (home, path) in seen or not path:
                continue
            seen.add((home, path))
            code, name, rest = self.code(home), path[0], path[1:]
            if name in code.functions or name in code.classes or name in code.values:
                yield home, name, rest
            elif name not in code.imports and self._is_ours_to_read(home.child(name)):
                queue.append((home.child(name), rest))
            for item in code.imports.get(name, ()):
                there = self.absolute(home, item)
                queue.append((there, rest if item.name is None else (item.name, *rest)))
            for item in code.stars if name not in code.imports else ():
                queue.append((self.absolute(home, item), path))
            queue = [entry for entry in queue if self._is_ours_to_read(entry[0])]

    def _is_ours_to_read(self, module: ModuleName) -> bool:
        return bool(module) and self.index.workspace.is_first_party(module)

    def absolute(self, module: ModuleName, item: Imported) -> ModuleName:
        """The module that an import of a module means."""
        if not item.level:
            return ModuleName(item.module)
        path = self.index.workspace.path_of(module) or ""
        parts = module.split(".")
        if path.rpartition("/")[2] != "__init__.py":
            parts = parts[:-1]
        parts = parts[: len(parts) - item.level + 1]
        return ModuleName(".".join([*parts, *([item.module] if item.module else [])]))
