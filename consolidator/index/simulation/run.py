"""Runs import-time events over simulated modules."""

from __future__ import annotations

import builtins
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import islice

from consolidator.index.events import codes as codes
from consolidator.index.events.codes import Block, Event, Ref
from consolidator.index.simulation.arguments import holds
from consolidator.index.simulation.calls import CallSystem
from consolidator.index.simulation.state import (
    ANY,
    REPLACED,
    Branch,
    Class,
    Frame,
    Function,
    Instance,
    ModuleState,
    NameList,
    Raised,
    Swallowed,
    Value,
)

_CALL_DEPTH = 24


MAKING = frozenset({"__new__", "__init__", "__init_subclass__"})
"""What runs when a class is made: of its metaclass, or of its base."""

# Handlers of what did not fail are looked into from at most so many other guesses.
_MOST_DOUBT = 4


class Machine(CallSystem):
    """The simulated interpreter."""

    def run(self, block: Block, frame: Frame) -> int | None:
        """Run events in a namespace; raises `Raised` when one fails."""
        flow = None
        for event in block:
            flow = _RUN[event[0]](self, event, frame)
        return flow

    # Lookups and calls

    def _name(self, event: Event, frame: Frame) -> None:
        _, line, name = event
        if self.lookup(frame, name) is None:
            self.fail(frame, line, "unbound name", name, frame.module.name)

    def _chain(self, event: Event, frame: Frame) -> None:
        _, line, ref = event
        value = self.lookup(frame, ref[0])
        if value is None:
            self.fail(frame, line, "unbound name", ref[0], frame.module.name)
        self._attributes(value, ref, line, frame)

    def _local_chain(self, event: Event, frame: Frame) -> None:
        _, line, ref = event
        self._attributes(self.lookup(frame, ref[0]), ref, line, frame)

    def _attributes(self, value: Value | None, ref: Ref, line: int, frame: Frame) -> None:
        for part in ref[1:]:
            if not isinstance(value, ModuleState):
                return
            holder = value
            value = self.attribute(holder, part, line, frame, "missing attribute")
            if value is None:
                self.fail(frame, line, "missing attribute", part, holder.name)

    def _call(self, event: Event, frame: Frame) -> None:
        _, line, ref, part = event
        self.call(self.resolve(frame, ref), part, line, frame)

    # Bindings

    def _bind(self, event: Event, frame: Frame) -> None:
        self.bind(frame, event[2], self.resolve(frame, event[3]))

    def _bind_global(self, event: Event, frame: Frame) -> None:
        self.bind_in_module(frame, event[2], self.resolve(frame, event[3]))

    def _bind_many(self, event: Event, frame: Frame) -> None:
        for name in event[2]:
            self.bind(frame, name, ANY)

    def _unbind(self, event: Event, frame: Frame) -> None:
        _, line, name = event
        holder = frame if frame.is_class or frame.names is frame.module.names else None
        names = frame.names if holder else frame.module.names
        if name not in names and "*" not in names:
            self.fail(frame, line, "unbound name", name, frame.module.name)
        self.trail.set(names, name, None, frame.epoch if holder else frame.module.epoch)

    def _forget(self, event: Event, frame: Frame) -> None:
        self.trail.set(frame.names, event[2], None, frame.epoch)

    def _set_attr(self, event: Event, frame: Frame) -> None:
        _, _, ref, name, value = event
        holder = self.resolve(frame, ref)
        if isinstance(holder, ModuleState):
            self.trail.set(holder.names, name, self.resolve(frame, value), holder.epoch)
        elif isinstance(holder, Class) and name in MAKING:
            self.trail.set(holder.names, name, self.resolve(frame, value))

    def _names(self, event: Event, frame: Frame) -> None:
        _, _, name, parts, added = event
        names: list[str] = []
        complete = True
        if added:
            parts = (("ref", name), *parts)
        for part in parts:
            if part[0] == "=":
                names += part[1:]
                continue
            value = self.resolve(frame, part[1:]) if part[0] == "ref" else ANY
            if isinstance(value, NameList):
                names += value.names
            complete = complete and isinstance(value, NameList) and value.complete
        self.bind(frame, name, NameList(tuple(names), complete))

    def _define(self, event: Event, frame: Frame) -> None:
        self._decorate(event[5], event[1], frame)
        self.bind(frame, event[2], Function(event, frame.visible_from_inside))

    def _class(self, event: Event, frame: Frame) -> None:
        _, line, name, bases, metaclass, body, decorators, hands_on = event
        parents = tuple(self.resolve(frame, base) for base in bases)
        outer = frame.visible_from_inside
        inner = Frame(frame.module, {}, self.trail.epoch, outer, is_class=True)
        self.run(body, inner)
        kind = self.resolve(frame, metaclass)
        if kind is ANY:
            kind = next((p.metaclass for p in parents if isinstance(p, Class)), ANY)
        made = Class(name, inner.names, parents, kind, hands_on)
        if isinstance(kind, Class):
            for method in ("__new__", "__init__"):
                self._refuse_sealed(kind.member(method), name, line, frame)
                self.call_member(Instance(kind), method, None, line, frame)
        self._refuse_sealed(made.inherited("__init_subclass__"), name, line, frame)
        self.call_inherited(made, "__init_subclass__", line, frame)
        self._decorate(decorators, line, frame)
        self.bind(frame, name, made)

    def _decorate(self, decorators: Sequence[Ref | None], line: int, frame: Frame) -> None:
        part = codes.PASSED
        for decorator in decorators:
            self.call(self.resolve(frame, decorator), part, line, frame)
            part = codes.PASSED_ON

    def _refuse_sealed(self, maker: Value | None, name: str, line: int, frame: Frame) -> None:
        """Fail where what makes a class does nothing but raise.

        def fail(*args): raise TypeError("no more nodes")
        Meta.__new__ = staticmethod(fail)
        """
        body = maker.event[3] if isinstance(maker, Function) else ()
        if body and body[-1][0] == codes.RAISE:
            failure = self.failure(frame, line, "sealed class", name, "", self.is_certain)
            if failure.key not in self.forgiven:
                raise Raised(failure, body[-1][2] or "Exception")

    # Imports

    def _import(self, event: Event, frame: Frame) -> None:
        self.import_statement(frame, *event[1:])

    def _from(self, event: Event, frame: Frame) -> None:
        self.import_from(frame, *event[1:])

    def _star(self, event: Event, frame: Frame) -> None:
        self.import_star(frame, *event[1:])

    def _replace(self, event: Event, frame: Frame) -> None:
        """Something else takes a module's place: it may offer any name."""
        replaced = [frame.module, self.running[-1]] if event[2] is None else []
        if event[2] is not None:
            module = self.loaded.get(event[2])
            if isinstance(module, ModuleState):
                replaced = [module]
            else:
                self.trail.set(self.loaded, event[2], ANY)
        for module in replaced:
            self.trail.set(module.names, "*", REPLACED, module.epoch)

    def _open(self, event: Event, frame: Frame) -> None:
        self.bind_in_module(frame, "*", ANY)

    # Control flow

    def _either(self, event: Event, frame: Frame) -> None:
        blocks = event[2]
        if frame.names is not frame.module.names:
            self.alternatives(blocks, frame)
            return
        choice = frame.module.choices = frame.module.choices + 1
        sides = [Branch(frame.module.name, choice, side) for side in range(len(blocks))]
        taken = [
            (side, b) for side, b in zip(sides, blocks, strict=True) if side not in self.avoided
        ]
        loaded = self.alternatives([block for _, block in taken], frame)
        self.loading += [side for side, _ in taken if loaded.pop(0)]

    def alternatives(self, blocks: Sequence[Block], frame: Frame) -> list[bool]:
        """Run blocks of which one runs; it is a failure for sure only when all of them fail.

        Says for each whether it loaded modules of the project.
        """
        raised: list[Raised] = []
        bound: dict[str, Value | None] = {}
        loading: list[bool] = []
        for block in blocks:
            mark, known = self.trail.mark(), len(self.loaded)
            self.doubt += 1
            try:
                self.run(block, frame)
            except Raised as error:
                self.trail.rollback(mark)
                raised.append(error)
            else:
                for name in self.trail.changed(mark, frame.names):
                    value = frame.names.get(name)
                    bound[name] = value if bound.get(name, value) is value else ANY
                self.trail.commit(mark)
            finally:
                self.doubt -= 1
            loading.append(self._loads_code(known))
        if raised and len(raised) == len(blocks):
            first = raised[0]
            raise Raised(replace(first.failure, certain=self.is_certain), first.exception)
        self._note(raised)
        for name, value in bound.items():
            if value is ANY:
                self.bind(frame, name, ANY)
        return loading

    def _loads_code(self, known: int) -> bool:
        """Whether modules whose bodies ran are among those loaded after so many others."""
        if len(self.loaded) == known:  # mostly so, and to skip many others takes time
            return False
        late = islice(self.loaded.values(), known, None)
        return any(isinstance(state, ModuleState) and state.names for state in late)

    def _note(self, raised: Sequence[Raised]) -> None:
        self.failures += [r.failure for r in raised if r.failure.kind != "raise"]

    def _when(self, event: Event, frame: Frame) -> int:
        """Run the side of an `if` that the arguments of this call decide; says how it ended."""
        _, _, test, then, otherwise, rest, flows = event
        truth = holds(test, frame)
        if truth is None:
            self.alternatives((then, otherwise), frame)
            self._perhaps(rest, frame)
            return codes.MAY_LEAVE
        flow = self._flow(then if truth else otherwise, flows[0 if truth else 1], frame)
        if flow == codes.FALLS:
            return self._flow(rest, flows[2], frame)
        if flow == codes.MAY_LEAVE:
            self._perhaps(rest, frame)
        return flow

    def _flow(self, block: Block, flow: int, frame: Frame) -> int:
        """Run a block; says how it ended, which may be known only now."""
        now = self.run(block, frame)
        return now if now is not None and flow == codes.MAY_LEAVE else flow

    def _perhaps(self, block: Block, frame: Frame) -> None:
        if block:
            self.alternatives((block, ()), frame)

    def _select(self, event: Event, frame: Frame) -> None:
        _, _, names, then, otherwise = event
        if frame.selected is None:
            self.alternatives((then, otherwise), frame)
        else:
            self.run(then if frame.selected in names else otherwise, frame)

    def _lazy(self, event: Event, frame: Frame) -> None:
        """Import the module that stands for the name which `__getattr__` is asked for."""
        _, line, entries, takes_attribute, takes_all, prefix = event
        wanted = frame.selected
        if wanted is None:
            return
        choices = next((c for name, c in entries if name == wanted), ((f"{prefix}{wanted}",),))
        names = [name for choice in choices for name in choice if self._exists(name)]
        if not names:
            return
        value = self.import_module(names[0], line, frame)
        given = [choice[0] for choice in choices if names[0] not in choice]
        if takes_attribute and isinstance(value, ModuleState):
            attribute = given[-1] if given else wanted
            found = self.attribute(value, attribute, line, frame)
            if found is None:
                self.fail(frame, line, "missing attribute", attribute, value.name)
            if takes_all:
                self._all_of(value, names[0], entries, line, frame)
            value = found or ANY
        frame.result = value

    def _all_of(
        self,
        module: ModuleState,
        path: str,
        entries: Sequence[tuple[str, Block]],
        line: int,
        frame: Frame,
    ) -> None:
        """Ask a module for every name that a table has for it."""
        for name, choices in entries:
            if any(path in choice for choice in choices):
                given = [choice[0] for choice in choices if path not in choice]
                self.attribute(module, given[-1] if given else name, line, frame)

    def _exists(self, module: str) -> bool:
        facts = self.find(module) if module else None
        return facts is not None and facts.kind != "absent"

    def _try(self, event: Event, frame: Frame) -> None:
        _, _, body, handlers, orelse, final = event
        try:
            try:
                self.run(body, frame)
            except Raised as raised:
                self._handle(raised, handlers, frame)
            else:
                self.run(orelse, frame)
                if self.doubt < _MOST_DOUBT:
                    self._unlikely(handlers, frame)
        finally:
            self.run(final, frame)

    def _handle(
        self, raised: Raised, handlers: Sequence[tuple[Sequence[str], int, Block]], frame: Frame
    ) -> None:
        handler = next(
            (h for h in handlers if any(_catches(name, raised.exception) for name in h[0])), None
        )
        if handler is None:
            raise raised
        _, line, block = handler
        outer = frame.handling
        frame.handling = (*outer, raised)
        try:
            self.run(block, frame)
        finally:
            frame.handling = outer
        if raised.failure.kind != "raise":
            self.swallowed.append(Swallowed(raised.failure, frame.module.name, line))

    def _unlikely(self, handlers: Sequence[tuple[Sequence[str], int, Block]], frame: Frame) -> None:
        """Look into handlers of what did not fail here but may elsewhere, and take it back."""
        for _, _, block in handlers:
            mark = self.trail.mark()
            self.doubt += 1
            try:
                self.run(block, frame)
            except Raised as raised:
                self._note([raised])
            finally:
                self.doubt -= 1
                names = [n for n in self.trail.changed(mark, frame.names) if n in frame.names]
                self.trail.rollback(mark)
            for name in names:
                if name not in frame.names:
                    self.bind(frame, name, ANY)

    def _raise(self, event: Event, frame: Frame) -> None:
        _, line, name = event
        again = name.count("^") + 1 if not name.strip("^") else 0
        if 0 < again <= len(frame.handling):
            raise frame.handling[-again]
        if frame.handling:  # another exception, because of the one that is handled
            raise Raised(frame.handling[-1].failure, name)
        failure = self.failure(frame, line, "raise", name, "", self.is_certain)
        raise Raised(failure, name or "Exception")

    def _return(self, event: Event, frame: Frame) -> None:
        value = self.resolve(frame, event[2])
        known = frame.result is ANY or frame.result is value
        frame.result = value if known else ANY


def _catches(handler: str, exception: str) -> bool:
    """Whether `except handler` catches an exception, both by name."""
    if handler == exception:
        return True
    caught, raised = getattr(builtins, handler, None), getattr(builtins, exception, None)
    if not (isinstance(caught, type) and issubclass(caught, BaseException)):
        return False
    if isinstance(raised, type) and issubclass(raised, BaseException):
        return issubclass(raised, caught)
    return handler in ("Exception", "BaseException")


_RUN: dict[int, Callable[[Machine, Event, Frame], int | None]] = {
    codes.NAME: Machine._name,
    codes.CHAIN: Machine._chain,
    codes.LOCAL_CHAIN: Machine._local_chain,
    codes.CALL: Machine._call,
    codes.BIND: Machine._bind,
    codes.BIND_GLOBAL: Machine._bind_global,
    codes.BIND_MANY: Machine._bind_many,
    codes.UNBIND: Machine._unbind,
    codes.FORGET: Machine._forget,
    codes.SET_ATTR: Machine._set_attr,
    codes.IMPORT: Machine._import,
    codes.FROM: Machine._from,
    codes.STAR: Machine._star,
    codes.NAMES: Machine._names,
    codes.DEF: Machine._define,
    codes.CLASS: Machine._class,
    codes.EITHER: Machine._either,
    codes.WHEN: Machine._when,
    codes.SELECT: Machine._select,
    codes.LAZY: Machine._lazy,
    codes.TRY: Machine._try,
    codes.RAISE: Machine._raise,
    codes.RETURN: Machine._return,
    codes.REPLACE: Machine._replace,
    codes.OPEN: Machine._open,
}
