"""The control flow of the simulated interpreter: blocks that may run, exceptions, `return`."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice

from consolidator.index.events import codes as codes
from consolidator.index.events.codes import Block, Event
from consolidator.index.simulation.arguments import holds
from consolidator.index.simulation.calls import CallSystem
from consolidator.index.simulation.state import (
    ANY,
    Branch,
    Frame,
    ModuleState,
    Raised,
    Swallowed,
    Value,
)

# Handlers of what did not fail are looked into from at most so many other guesses.
_MOST_DOUBT = 4


class ControlFlow(CallSystem):
    """Runs the blocks inside events: those of branches, of handlers, of a `__getattr__`."""

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
        choices = next((c for name, c in entries if name == wanted), None)
        if choices is None and prefix is None:
            self.guess(frame.module)
            return
        choices = choices or ((f"{prefix}{wanted}",),)
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
