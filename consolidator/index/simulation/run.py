"""Runs import-time events over simulated modules."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from consolidator.index.events import codes as codes
from consolidator.index.events.codes import Block, Event, Ref
from consolidator.index.simulation.arguments import joined, named
from consolidator.index.simulation.control_flow import ControlFlow
from consolidator.index.simulation.state import (
    ANY,
    REPLACED,
    Class,
    Frame,
    Function,
    Instance,
    ModuleState,
    NameList,
    Raised,
    Value,
    lazy_names,
)

_MAKING = frozenset({"__new__", "__init__", "__init_subclass__"})
"""What runs when a class is made: of its metaclass, or of its base."""


class Machine(ControlFlow):
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
        _, line, ref, name, value = event
        holder = self.resolve(frame, ref)
        if isinstance(holder, ModuleState):
            self.trail.set(holder.names, name, self.resolve(frame, value), holder.epoch)
        elif isinstance(holder, Class) and name in _MAKING:
            self.trail.set(holder.names, name, self.resolve(frame, value))
        elif isinstance(holder, Instance):
            self.call_member(holder, name + codes.SETTER, None, line, frame)

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
            for name in ("*", *lazy_names(module)):  # the one that took its place asks for these
                self.trail.set(module.names, name, REPLACED if name == "*" else None, module.epoch)

    def _load_any(self, event: Event, frame: Frame) -> None:
        """Import what a computed name stands for in this call.

        If that is not known it may be any of the names. What comes after sees none of them: it
        has to work as well where nothing was loaded.
        """
        _, line, names, parts, package = event
        told = named(joined(frame, parts), joined(frame, package))
        if told:
            self.import_statement(frame, line, told, None, False)
            return
        here = (frame.module.name, self.running[-1].name)
        mark = self.trail.mark()
        for name in names:
            for each in (name, *self.source.inside(name)):
                facts = None if each in self.loaded or each in here else self.find(each)
                if facts is not None and facts.kind != "absent":
                    block: Block = ((codes.IMPORT, line, each, None, False),)
                    self.alternatives((block, ()), frame)
        self.trail.rollback(mark)

    def _open(self, event: Event, frame: Frame) -> None:
        self.bind_in_module(frame, "*", ANY)


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
    codes.LOAD_ANY: Machine._load_any,
}
