"""The import system of the simulated interpreter: `sys.modules`, parents, from-lists, fallbacks."""

from __future__ import annotations

from collections.abc import Container, Sequence
from types import ModuleType

from consolidator.index.events.arguments import UNKNOWN
from consolidator.index.events.codes import IMPLICIT_NAMES, Block, bound_names
from consolidator.index.simulation.state import (
    ANY,
    REPLACED,
    Branch,
    Call,
    Class,
    Failure,
    FailureKey,
    FailureKind,
    Frame,
    Function,
    ModuleSource,
    ModuleState,
    NameList,
    Raised,
    SimulatedModule,
    Step,
    Swallowed,
    Trail,
    Value,
    lazy_names,
)
from consolidator.names import ModuleName

_MODULE_ATTRIBUTES = (IMPLICIT_NAMES | set(dir(ModuleType))) - {"__path__"}

_EXCEPTIONS: dict[FailureKind, str] = {
    "missing name": "ImportError",
    "missing module": "ModuleNotFoundError",
    "unbound name": "NameError",
    "missing attribute": "AttributeError",
    "sealed class": "TypeError",
    "syntax error": "SyntaxError",
    "raise": "Exception",
}


class ImportSystem:
    """Holds the modules that are loaded and loads more; running events is a subclass's matter."""

    def __init__(
        self,
        source: ModuleSource,
        forgiven: Container[FailureKey],
        avoided: frozenset[Branch] = frozenset(),
    ) -> None:
        self.source = source
        self.forgiven = forgiven
        self.avoided = avoided
        self.loading: list[Branch] = []  # the branches that loaded modules of the project
        self.bound_by: dict[str, frozenset[str]] = {}
        self.found: dict[str, SimulatedModule | None] = {}
        self.loaded: dict[str, Value] = {}
        self.trail = Trail()
        self.doubt = 0
        self.stack: list[Step] = []
        self.running: list[ModuleState] = []
        self.asking: set[ModuleName] = set()  # whether they are packages
        self.guessed: dict[str, bool] = {}  # modules that may have imported anything when asked
        self.failures: list[Failure] = []
        self.swallowed: list[Swallowed] = []
        self.done: dict[Call, Value] = {}
        self.variants: dict[tuple[Function, Class | None], int] = {}  # of their arguments
        self.entered: dict[tuple[Function, Class | None], int] = {}

    def run(self, block: Block, frame: Frame) -> int | None:
        """Run events in a namespace; says how an `if` on parameters at their end ended them."""
        raise NotImplementedError

    @property
    def is_certain(self) -> bool:
        """Whether what happens now happens whenever the first module is imported."""
        return not self.doubt and not self.guessed

    def alternatives(self, blocks: Sequence[Block], frame: Frame) -> list[bool]:
        """Run blocks of which one runs; says for each whether it loaded modules."""
        raise NotImplementedError

    def fail(
        self, frame: Frame | None, line: int, kind: FailureKind, name: str, source: str
    ) -> None:
        """Raise a failure; one that is forgiven is passed over, as though nothing were missing."""
        failure = self.failure(frame, line, kind, name, source, self.is_certain)
        if failure.key not in self.forgiven:
            raise Raised(failure, _EXCEPTIONS[kind])

    def failure(
        self,
        frame: Frame | None,
        line: int,
        kind: FailureKind,
        name: str,
        source: str,
        certain: bool,
    ) -> Failure:
        """A failure in the module that runs now."""
        module = frame.module.name if frame else ModuleName("")
        return Failure(module, line, kind, name, source, tuple(self.stack), certain)

    def find(self, name: str) -> SimulatedModule | None:
        """What the source says of a module, asked once."""
        try:
            return self.found[name]
        except KeyError:
            found = self.found[name] = self.source.find(name)
            return found

    def import_module(self, name: str, line: int, frame: Frame | None) -> Value:
        """`importlib.import_module(name)`: load the module and, before it, its parents."""
        module = self.loaded.get(name)
        if module is not None:
            return module
        parent, _, tail = name.rpartition(".")
        holder: Value | None = None
        if parent:
            holder = self.import_module(parent, line, frame)
            if not isinstance(holder, ModuleState) and self._is_absent(self.find(name)):
                return ANY
            module = self.loaded.get(name)
            if module is not None:  # the parent's own body imported it
                return module
        facts = self._locate(name, parent, holder, line, frame)
        module = ANY if facts is None else self._load(ModuleName(name), facts, line, frame)
        if isinstance(holder, ModuleState):
            self.trail.set(holder.names, tail, module, holder.epoch)
        return module

    def _locate(
        self, name: str, parent: str, holder: Value | None, line: int, frame: Frame | None
    ) -> SimulatedModule | None:
        """The module to load; None when it is a stranger's, which needs no loading."""
        facts = self.find(name)
        if isinstance(holder, ModuleState):
            if not holder.has_path:
                facts = None
            if self._is_absent(facts) and ("__path__" in holder.names or holder.is_open):
                # a package that extends its path may find it elsewhere, and one that binds
                # `__path__ = []` itself, as a copy of six does, makes modules of its own
                return None
            if self._is_absent(facts) and self._is_shared(holder):
                return None
        elif facts is None:
            return None
        if facts is None or self._is_absent(facts):
            self.fail(frame, line, "missing module", name, parent)
            return None
        return facts

    def _is_shared(self, holder: ModuleState) -> bool:
        """Whether other distributions may put modules into a package, as into `google`."""
        parts = holder.name.split(".")
        parents = [self.loaded.get(".".join(parts[:count])) for count in range(1, len(parts) + 1)]
        return all(isinstance(p, ModuleState) and p.kind == "namespace" for p in parents)

    def _is_absent(self, facts: SimulatedModule | None) -> bool:
        return facts is None or facts.kind == "absent"

    def _load(
        self, name: ModuleName, facts: SimulatedModule, line: int, frame: Frame | None
    ) -> Value:
        if facts.kind == "opaque":
            self.trail.set(self.loaded, name, ANY)
            return ANY
        if facts.kind == "unparsable":
            self.fail(frame, line, "syntax error", name, "")
            return ANY
        state = ModuleState(name, facts.kind, self.trail.epoch)
        self.trail.set(self.loaded, name, state)
        self.stack.append(Step(frame.module.name if frame else ModuleName(""), line, name))
        self.running.append(state)
        try:
            self.run(facts.events, Frame(state, state.names, state.epoch))
        except Raised:
            self.trail.set(self.loaded, name, None)
            raise
        finally:
            self.running.pop()
            self.stack.pop()
        return self.loaded.get(name, ANY)

    def attribute(
        self,
        module: ModuleState,
        name: str,
        line: int,
        frame: Frame,
        needed: FailureKind | None = None,
    ) -> Value | None:
        """`getattr(module, name)` as far as it is bound yet; None when it is missing.

        A module that binds names which cannot be read may have any name; one that it binds
        itself only later is noted as possibly missing, as a failure of the kind `needed`.
        """
        value = module.names.get(name)
        if value is not None:
            return value
        if name in _MODULE_ATTRIBUTES or (name == "__path__" and module.has_path):
            return ANY
        asked = module.names.get("__getattr__")
        own = asked is not None and name in self._own_names(module)
        if own and name not in lazy_names(module):
            return None  # a `__getattr__` is there for names that the module does not bind
        replaced = module.names.get("*") is REPLACED
        lazy = lazy_names(module) if replaced else frozenset[str]()
        if isinstance(asked, Function) and (not lazy or name in lazy):
            return self._ask(asked, name, line, frame)
        if asked is not None or replaced:
            self.guess(module)
            return ANY
        if not module.is_open:
            return None
        if needed is not None and name in self._own_names(module):
            self.failures.append(self.failure(frame, line, needed, name, module.name, False))
        return ANY

    def guess(self, module: ModuleState) -> None:
        """Note that a module was asked for something, and may have imported anything."""
        self.trail.set(self.guessed, module.name, True)

    def _own_names(self, module: ModuleState) -> frozenset[str]:
        """The names that a module's own statements bind sooner or later."""
        if module.name not in self.bound_by:
            facts = self.find(module.name)
            self.bound_by[module.name] = bound_names(facts.events) if facts else frozenset()
        return self.bound_by[module.name]

    def _ask(self, function: Function, name: str, line: int, frame: Frame) -> Value | None:
        """Call a module-level `__getattr__` (PEP 562)."""
        if len(self.stack) > 400:
            return ANY
        inner = Frame(function.frame.module, {}, self.trail.epoch, function.frame)
        inner.selected = name
        inner.arguments = {
            p: repr(name) if at == 0 else UNKNOWN for p, at, _ in function.parameters
        }
        self.stack.append(Step(frame.module.name, line, f"__getattr__({name!r})"))
        try:
            self.run(function.event[3], inner)
        except Raised as raised:
            if raised.exception == "AttributeError":
                return None
            raise
        finally:
            self.stack.pop()
        return inner.result

    def bind(self, frame: Frame, name: str, value: Value) -> None:
        """Bind a name in a namespace."""
        trail = self.trail
        if trail.marks and frame.epoch < trail.marks[-1]:
            trail.entries.append((frame.names, name, frame.names.get(name)))
        frame.names[name] = value

    def bind_in_module(self, frame: Frame, name: str, value: Value) -> None:
        """Bind a name in the module that a namespace belongs to."""
        self.trail.set(frame.module.names, name, value, frame.module.epoch)

    def import_statement(
        self, frame: Frame, line: int, module: str, name: str | None, deep: bool
    ) -> None:
        """`import a.b.c`, which binds `a`, or `import a.b.c as x`."""
        self.import_module(module, line, frame)
        if name is None:
            return
        top, _, rest = module.partition(".")
        value = self.loaded.get(top, ANY)
        if deep and rest:
            for part in rest.split("."):
                if isinstance(value, ModuleState):
                    value = self._imported_name(value, part, line, frame)
                elif isinstance(value, Function | Class):  # it hides the package of its name
                    self.fail(frame, line, "missing name", part, module)
        self.bind(frame, name, value)

    def import_from(
        self, frame: Frame, line: int, module: str, pairs: tuple[tuple[str, str], ...]
    ) -> None:
        """`from module import name as bound, ...`."""
        holder = self.import_module(module, line, frame)
        if not isinstance(holder, ModuleState):
            for _, bound in pairs:
                self.bind(frame, bound, ANY)
            return
        self._ask_for_path(holder, line, frame)
        self._import_submodules(holder, [name for name, _ in pairs], line, frame)
        for name, bound in pairs:
            self.bind(frame, bound, self._imported_name(holder, name, line, frame))

    def _ask_for_path(self, holder: ModuleState, line: int, frame: Frame) -> None:
        """`from m import x` looks first whether m is a package, and a `__getattr__` hears of it."""
        asked = holder.names.get("__getattr__")
        if not isinstance(asked, Function) or holder.has_path or holder.name in self.asking:
            return
        self.asking.add(holder.name)
        try:
            self._ask(asked, "__path__", line, frame)
        finally:
            self.asking.discard(holder.name)

    def _import_submodules(
        self, holder: ModuleState, names: list[str], line: int, frame: Frame
    ) -> None:
        """What a package does for the names of a from-list that it does not have: import them."""
        if not holder.has_path:
            return
        for name in names:
            if name in holder.names:
                continue
            self.attribute(holder, name, line, frame)  # `__getattr__` is asked first
            submodule = f"{holder.name}.{name}"
            facts = self.find(submodule)
            if facts is not None and facts.kind != "absent":
                self.import_module(submodule, line, frame)

    def _imported_name(self, holder: ModuleState, name: str, line: int, frame: Frame) -> Value:
        value = self.attribute(holder, name, line, frame, "missing name")
        if value is None or (value is ANY and self._means_submodule(holder, name)):
            # a submodule is in sys.modules before its parent has it
            value = self.loaded.get(f"{holder.name}.{name}") or value
        if value is None:
            self.fail(frame, line, "missing name", name, holder.name)
        return ANY if value is None else value

    def _means_submodule(self, holder: ModuleState, name: str) -> bool:
        """Whether a package that may have any name hardly means another thing by this one.

        sys.modules[__name__] = Lazy(__name__)    # and who comes after says `from pkg import steps`
        """
        if name in holder.names or not holder.is_open:
            return False
        return name not in lazy_names(holder) and name not in self._own_names(holder)

    def import_star(self, frame: Frame, line: int, module: str) -> None:
        """`from module import *`."""
        holder = self.import_module(module, line, frame)
        if not isinstance(holder, ModuleState):
            self.bind_in_module(frame, "*", ANY)
            return
        self._ask_for_path(holder, line, frame)
        for name in self._star_names(holder, line, frame):
            value = self.attribute(holder, name, line, frame, "missing attribute")
            if value is None:
                self.fail(frame, line, "missing attribute", name, holder.name)
            self.bind(frame, name, ANY if value is None else value)
        if holder.is_open:
            self.bind_in_module(frame, "*", ANY)

    def _star_names(self, holder: ModuleState, line: int, frame: Frame) -> list[str]:
        listed = holder.names.get("__all__")
        if isinstance(listed, NameList):
            self._import_submodules(holder, list(listed.names), line, frame)
            if listed.complete:
                return list(listed.names)
        public = [name for name in holder.names if not name.startswith(("_", "*", "<"))]
        if isinstance(listed, NameList):
            return [*listed.names, *(name for name in public if name not in listed.names)]
        return public
