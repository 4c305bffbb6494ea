"""Usage fit: what the users of a definition do with it, held against what it offers."""

from __future__ import annotations

import ast
import enum
from collections.abc import Iterable, Iterator, Sequence

from consolidator.errors import Location
from consolidator.finders.findings import Fit, Misfit
from consolidator.index.file_facts import file_facts
from consolidator.index.index import Index
from consolidator.index.offer import (
    Answer,
    Held,
    Offer,
    attribute_answer,
    call_answer,
    follow,
    may_bring,
    members_of,
    method_answer,
    offer_of,
)
from consolidator.index.offer.names import Meaning, absolute, meaning, read_ahead
from consolidator.index.syntax import split_lines
from consolidator.index.usage import Group, Use, groups_of, usage_facts
from consolidator.names import ModuleName, QualifiedName

Question = tuple[QualifiedName, Sequence[tuple[str, str]]]
_LONGEST = 100


def usage_fit(index: Index, candidate: QualifiedName, users: Iterable[tuple[str, str]]) -> Fit:
    """How a definition fits those who use it.

    `users` are files, by path, each with the name that is bound there to what they import. Where a
    file binds that name in several scopes to different things, only the imports that are broken,
    or mean the candidate, count.
    """
    wanted = list(dict.fromkeys(users))
    _read_usages(index, [path for path, _ in wanted])
    offer = offer_of(index, candidate)
    answers = [
        (path, use, answer)
        for path, bound in wanted
        for use in _uses(index, candidate, path, bound)
        for answer in [_judge(index, offer, use)]
    ]
    wrong: dict[str, list[tuple[Use, str]]] = {}
    for path, use, answer in answers:
        if answer.holds is False:
            wrong.setdefault(path, []).append((use, answer.why))
    misfits = [found for path in sorted(wrong) for found in _misfits(index, path, wrong[path])]
    checked = sum(answer.holds is not None for _, _, answer in answers)
    if misfits:
        return Fit("contradicts", checked, tuple(misfits))
    if checked:
        return Fit("fits", checked)
    reasons = [answer.why for _, _, answer in answers if answer.why]
    return Fit("cannot tell", 0, unknown=next(iter([*reasons, "nothing is done with it"])))


def usage_fits(index: Index, questions: Sequence[Question]) -> list[Fit]:
    """`usage_fit` for many candidates, with the files read all at once."""
    _read_usages(index, [path for _, users in questions for path, _ in users])
    read_ahead(index, [candidate.module for candidate, _ in questions])
    return [usage_fit(index, candidate, users) for candidate, users in questions]


def offers_difference(
    index: Index, first: QualifiedName, second: QualifiedName
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The members that only the first class offers, and those that only the second does.

    Members from classes outside the project do not count.
    """
    own, other = (members_of(offer_of(index, name)) for name in (first, second))
    return tuple(sorted(own - other)), tuple(sorted(other - own))


def _read_usages(index: Index, paths: list[str]) -> None:
    wanted = [path for path in dict.fromkeys(paths) if path not in index.usages]
    if wanted:
        found = file_facts(index, "usage", usage_facts, wanted)
        index.usages.update({path: found.get(path) for path in wanted})


def _uses(index: Index, candidate: QualifiedName, path: str, bound: str) -> Iterator[Use]:
    groups = groups_of(index.usages[path] or [], bound)
    if len({source for group in groups for source in group.sources}) > 1:
        groups = [group for group in groups if _may_mean(index, candidate, path, group)]
    for group in groups:
        yield from group.uses


def _may_mean(index: Index, candidate: QualifiedName, path: str, group: Group) -> bool:
    """Whether what a scope imports is broken, or is the candidate whichever import runs."""
    importer = index.workspace.module_of(path) or ModuleName(path.removesuffix(".py"))
    found = [meaning(index, absolute(index, importer, m), name) for m, name in group.sources]
    if any(_is_broken(index, one) for one in found):
        return True
    return all((one.module, one.name) == (candidate.module, candidate.name) for one in found)


def _is_broken(index: Index, found: Meaning) -> bool:
    """Whether an import from the project finds nothing: no such name, or no such module."""
    is_missing = found.kind == "foreign" and index.workspace.is_first_party(found.module.top)
    return found.kind == "unknown" or is_missing


# -- judging ---------------------------------------------------------------------------------


def _judge(index: Index, offer: Offer, use: Use) -> Answer:
    """Whether a definition offers what one use asks for."""
    held = follow(index, offer, use.path)
    if held is None:
        return Answer(None, offer.gap)
    if use.kind in {"call", "sub call"}:
        return _called(held, use)
    if use.kind in {"attr", "method", "super"}:
        answer = _asked_of(held, use)
        if answer.holds is False and _is_from_a_subclass(index, held, use.name):
            return Answer(None, f"a subclass of {held.offer.name} may bring {use.name}")
        return answer
    if use.kind in _SPECIAL:
        return _special(held, _SPECIAL[use.kind])
    if use.kind in {"base", "except", "class test"}:
        return _as_class(held, use.kind)
    return _item(held) if use.kind == "item" else Answer(None)


_SPECIAL = {
    "with": ("__enter__",),
    "awith": ("__aenter__",),
    "iter": ("__iter__", "__getitem__"),
    "aiter": ("__aiter__",),
    "await": ("__await__",),
}


def _called(held: Held, use: Use) -> Answer:
    if held.mode == "class" and held.extended is None:
        return call_answer(held.offer, use.arguments, extended=use.kind == "sub call")
    return _special(held, ("__call__",))


def _asked_of(held: Held, use: Use) -> Answer:
    if use.kind == "attr":
        return attribute_answer(held, use.name)
    return method_answer(held, use.name, use.arguments)


def _is_from_a_subclass(index: Index, held: Held, name: str) -> bool:
    """Whether what is declared as one class may be another that extends it and has the name."""
    if held.extended is None:
        return False
    return may_bring(index, held.offer.name, name)


def _special(held: Held, names: tuple[str, ...]) -> Answer:
    """Whether an instance can be entered, iterated, awaited or called."""
    offer = held.offer
    if held.mode != "instance" or offer.kind != "class":
        return Answer(None)
    if any(attribute_answer(held, name).holds for name in names):
        return Answer(True)
    if offer.gap or held.extended is not None:
        return Answer(None, offer.gap or f"a subclass may bring {names[0]}")
    return Answer(False, f"{offer.name} has no {names[0]}")


def _item(held: Held) -> Answer:
    """`C[int]`, `x[0]`."""
    offer = held.offer
    if offer.kind != "class" or held.mode == "instance":
        return _special(held, ("__getitem__",))
    if held.mode != "class" or offer.gap or offer.metaclass or held.extended is not None:
        return Answer(None, offer.gap)
    is_generic = any(
        entry.fact["generic"] or any(subscripted for _, subscripted in entry.fact["bases"])
        for entry in offer.entries
    )
    known = is_generic or offer.inherits(enum.Enum)
    if known or attribute_answer(held, "__class_getitem__").holds:
        return Answer(True)
    return Answer(False, f"{offer.name} takes no type parameters")


def _as_class(held: Held, kind: str) -> Answer:
    """`class D(C)`, `except C`, `isinstance(x, C)`."""
    if held.mode != "class":
        return Answer(None)
    if held.offer.kind == "function":
        plain = all(item["kind"] == "plain" for item in held.offer.defs)
        return Answer(False, f"{held.offer.name} is a function") if plain else Answer(None)
    if held.offer.kind != "class":
        return Answer(None, held.offer.gap)
    if kind == "except" and not held.offer.inherits(BaseException):
        gap = held.offer.gap
        return Answer(None, gap) if gap else Answer(False, f"{held.offer.name} is no exception")
    return Answer(True)


# -- misfits ---------------------------------------------------------------------------------


def _misfits(index: Index, path: str, wrong: Iterable[tuple[Use, str]]) -> Iterator[Misfit]:
    """The misfits in one file, by line."""
    lines = split_lines(index.workspace.file(path).text)
    ordered = sorted(dict.fromkeys(wrong), key=lambda item: item[0].where)
    for use, why in ordered:
        line, column, last, end = use.where
        code = _code(lines[line - 1 : last], column, end)
        yield Misfit(Location(path, line, lines[line - 1].strip()), code, why)


def _code(lines: list[str], column: int, end: int) -> str:
    """A piece of code in one line, in the form that `ast.unparse` gives it."""
    data = [line.encode() for line in lines]
    data[-1] = data[-1][:end]
    data[0] = data[0][column:]
    text = b"\n".join(data).decode(errors="replace")
    try:
        text = ast.unparse(ast.parse(f"({text}\n)", mode="eval"))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        text = " ".join(text.split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
