"""What the parameters of a called function hold, and what tests on them come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from consolidator.index.events.arguments import CALLABLE, OBJECT, UNKNOWN, given, value_of
from consolidator.index.events.conditions import DATA_TYPES
from consolidator.index.simulation.state import Frame
from consolidator.names import ModuleName

_KINDS = frozenset({UNKNOWN, OBJECT, CALLABLE})


def argument(frame: Frame, name: str) -> str:
    """What is known of a parameter of the function that runs, or of one around it."""
    scope: Frame | None = frame
    while scope is not None:
        if name in scope.arguments:
            return scope.arguments[name]
        scope = scope.outer
    return UNKNOWN


def bound_arguments(
    parameters: Iterable[Sequence[Any]], part: str | None, bound: bool, frame: Frame
) -> tuple[str, ...]:
    """What each parameter holds in a call made from `frame`; `bound` is the call of a method.

    Without a `part` nothing is known of the arguments.
    """
    if part is None:
        return tuple(UNKNOWN for _ in parameters)
    call = given(part)
    found = []
    for name, position, default in parameters:
        index = None if position is None else position - bound
        if index is None:
            text = UNKNOWN
        elif name in call.keywords:
            text = call.keywords[name]
        elif 0 <= index < len(call.positional):
            text = call.positional[index]
        else:
            text = default if call.complete else UNKNOWN
        found.append(argument(frame, text[1:]) if text.startswith("%") else text)
    return tuple(found)


def holds(test: Sequence[Any], frame: Frame) -> bool | None:
    """Whether a test on parameters holds in this call, None when that cannot be known."""
    kind = test[0]
    if kind == "=":
        return bool(test[1])
    if kind == "?":
        return None
    if kind == "not":
        inner = holds(test[1], frame)
        return None if inner is None else not inner
    if kind in ("and", "or"):
        truths = [holds(part, frame) for part in test[1]]
        decisive = kind == "or"
        return decisive if decisive in truths else None if None in truths else not decisive
    text = argument(frame, test[1])
    return _TESTS[kind](text, *test[2:]) if text != UNKNOWN else None


def joined(frame: Frame, parts: Iterable[str]) -> str:
    """The text that `=text` and `%parameter` make in this call; empty if that is not known."""
    found = [p[1:] if p[0] == "=" else _text(argument(frame, p[1:])) for p in parts]
    return "".join(each for each in found if each) if None not in found else ""


def named(name: str, package: str) -> str:
    """The module that `import_module(name, package)` imports; empty if that is not known."""
    rest = name.lstrip(".")
    above = ModuleName(package)
    for _ in range(len(name) - len(rest) - 1):
        above = above.parent
    if rest == name:
        return name
    return f"{above}.{rest}" if above and rest else ""


def _text(text: str) -> str | None:
    value = None if text in _KINDS else value_of(text)
    return value if isinstance(value, str) else None


def _truth(text: str) -> bool | None:
    return None if text in _KINDS else bool(value_of(text))


def _is(text: str, other: str) -> bool | None:
    return text == other


def _equals(text: str, other: str) -> bool | None:
    return None if text in _KINDS else bool(value_of(text) == value_of(other))


def _in(text: str, others: str) -> bool | None:
    return None if text in _KINDS else value_of(text) in value_of(others)


def _starts(text: str, prefix: str) -> bool | None:
    value = None if text in _KINDS else value_of(text)
    return value.startswith(value_of(prefix)) if isinstance(value, str) else None


def _isinstance(text: str, names: Sequence[str]) -> bool | None:
    if text == OBJECT:
        return None
    known = tuple(DATA_TYPES[name] for name in names if name != "?")
    if text != CALLABLE and isinstance(value_of(text), known):
        return True
    return None if "?" in names else False


def _callable(text: str) -> bool | None:
    return None if text == OBJECT else text == CALLABLE


_TESTS: dict[str, Callable[..., bool | None]] = {
    "truth": _truth,
    "is": _is,
    "==": _equals,
    "in": _in,
    "starts": _starts,
    "isinstance": _isinstance,
    "callable": _callable,
}
