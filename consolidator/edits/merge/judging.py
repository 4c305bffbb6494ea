"""Whether a copy may be merged into the home's class, by the policy that was asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from consolidator.edits.merge.members import ClassSide, Comparison, Member, surprising
from consolidator.edits.merge.sameness import Environment, Unlike, same_code
from consolidator.edits.merge.schema import inherited, is_schema
from consolidator.edits.pinned import place
from consolidator.errors import Problem, Refusal
from consolidator.index.definitions import Definition
from consolidator.index.importers import importers
from consolidator.index.index import Index
from consolidator.index.module import Module
from consolidator.index.scopes import NameUse
from consolidator.plan.plan import Policy

Relation = Literal["same code", "home has more", "copy has more", "union"]


@dataclass(frozen=True)
class Copies:
    """A copy and the home's class: the definitions that are to become one."""

    index: Index
    here: Module
    mine: Definition
    """The copy, and its module."""
    there: Module
    theirs: Definition
    """What the home has, and the home."""
    allows_schema: bool = False
    """Whether fields may be added to dataclasses, enums, models and their like."""

    @property
    def renamed(self) -> dict[str, str]:
        """What the home calls the copy, where it calls it otherwise."""
        mine, theirs = self.mine.name, self.theirs.name
        return {} if mine == theirs else {mine: theirs}

    @property
    def comparison(self) -> Comparison:
        """The two as classes, member by member."""
        return Comparison(
            ClassSide(self.here, self.mine, self.renamed),
            ClassSide(self.there, self.theirs, {}),
        )

    @property
    def title(self) -> str:
        return f"`{self.mine.name}` of {self.here.name}"


def judge(copies: Copies, policy: Policy) -> Relation:
    """How the copy and the home's class relate; `Refusal` when the policy does not allow it."""
    relation = _relation(copies, policy)
    if relation != "same code":
        _refuse(_schema_problems(copies))
        _refuse(_surprises(copies, relation))
    return relation


def same_environment(copies: Copies, uses: Iterable[NameUse]) -> frozenset[str]:
    """The helpers of the copy that the home has in the same way, as far as `uses` need them.

    Raises `Refusal` when a free name of the copy means something else in the home, or when a
    helper with a state of its own would go on to live twice.
    """
    environment = Environment(copies.index, copies.here, copies.there, copies.renamed)
    unlike = list(environment.differences(copies.mine, uses))
    unlike += environment.split_state(copies.mine)
    _refuse(_environment_problem(copies, item) for item in unlike)
    return frozenset(environment.helpers)


def _refuse(problems: Iterator[Problem]) -> None:
    found = list(problems)
    if found:
        raise Refusal(found)


def _relation(copies: Copies, policy: Policy) -> Relation:
    here, mine, there, theirs = copies.here, copies.mine, copies.there, copies.theirs
    if policy == "identical" and not _is_identical(copies):
        raise Refusal(_conflict(copies, "is not written the same"))
    if same_code(here, mine, there, theirs, copies.renamed):
        return "same code"
    comparison = copies.comparison
    if {mine.kind, theirs.kind} != {"class"} or copies.renamed or policy in {"identical"}:
        raise Refusal(_conflict(copies, "differs"))
    if comparison.conflicts:
        raise Refusal(_conflict(copies, "contradicts it in " + ", ".join(comparison.conflicts)))
    if comparison.only_copy and comparison.only_home:
        if policy != "union":
            raise Refusal(_conflict(copies, "has members that the other lacks, on both sides"))
        return "union"
    if policy not in {"superset", "union"}:
        raise Refusal(_conflict(copies, "has other members"))
    return "copy has more" if comparison.only_copy else "home has more"


def _is_identical(copies: Copies) -> bool:
    texts = [
        [module.span_with_lines(module.body[i]).of(module.text).split() for i in item.statements]
        for module, item in ((copies.here, copies.mine), (copies.there, copies.theirs))
    ]
    return texts[0] == texts[1] or bool(copies.renamed)


def _conflict(copies: Copies, how: str) -> Problem:
    comparison = copies.comparison
    is_class = copies.mine.kind == copies.theirs.kind == "class"
    shown = f":\n{comparison.difference()}" if is_class else ""
    users = [
        f"{side.module.name}: {_users(copies.index, side.module, side.definition.name)}"
        for side in (comparison.home, comparison.copy)
    ]
    return Problem(
        "merge-conflict",
        f"{copies.title} {how}, held against `{copies.theirs.name}` of {copies.there.name} "
        f"(used from {'; '.join(users)}){shown}",
        place(copies.here, copies.here.body[copies.mine.statements[0]]),
        "make the two alike, give one of them another name, or take the entry out of the plan",
    )


def _users(index: Index, module: Module, name: str, most: int = 5) -> str:
    found = sorted(
        other.path
        for other in importers(index, module.name)
        if any(i.module == module.name and i.name == name for i in other.imports)
    )
    if name in module.readers:
        found.insert(0, module.path)
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more if found else "nowhere"


def _schema_problems(copies: Copies) -> Iterator[Problem]:
    """Fields that one side lacks change how its users make, compare or store it."""
    sides = (copies.comparison.copy, copies.comparison.home)
    schema = any(s.node is not None and is_schema(copies.index, s.module, s.node) for s in sides)
    if not schema or (copies.allows_schema and not _both_have_more(copies)):
        return
    union = " (which a union never is, for the order of fields)" if _both_have_more(copies) else ""
    extra = [m.name for m in (*copies.comparison.only_copy, *copies.comparison.only_home)]
    yield Problem(
        "merge-schema",
        f"{copies.title} is a class of fields, and only one of the two has {_quoted(extra)}",
        place(copies.here, copies.here.body[copies.mine.statements[0]]),
        f"check who makes, compares or stores it, then go on with --allow-schema{union}",
    )


def _both_have_more(copies: Copies) -> bool:
    return bool(copies.comparison.only_copy and copies.comparison.only_home)


def _surprises(copies: Copies, relation: Relation) -> Iterator[Problem]:
    """Members that change what users get who never asked for them."""
    comparison = copies.comparison
    extra: tuple[Member, ...] = ()
    if relation in {"copy has more", "union"}:
        extra += comparison.only_copy
    if relation in {"home has more", "union"}:
        extra += comparison.only_home
    changing = [member.name for member in surprising(extra)]
    node = comparison.home.node
    assert node is not None, "a class statement, or this were a conflict"
    above = inherited(copies.index, copies.there, node)
    if above is None and not copies.allows_schema:
        changing += [m.name for m in extra if m.name not in changing]
        why = "a base outside this project may have these, and they would override them"
    else:
        changing += [m.name for m in extra if m.name in (above or ()) and m.name not in changing]
        why = "these act, or override what is inherited, without being asked for"
    if changing:
        yield Problem(
            "merge-overrides",
            f"only one of {copies.title} and `{copies.theirs.name}` of {copies.there.name} has "
            f"{_quoted(changing)}: {why}",
            place(copies.here, copies.here.body[copies.mine.statements[0]]),
            "make the two alike first, or take the entry out of the plan",
        )


def _quoted(names: list[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _environment_problem(copies: Copies, unlike: Unlike) -> Problem:
    name = unlike.use.name
    return Problem(
        "merge-environment",
        f"{copies.title} uses `{name}`, which is {unlike.here} there and {unlike.there} in the "
        "home",
        place(copies.here, unlike.use.node),
        f"make `{name}` mean the same in both modules first (merge it, if it is a copy too)",
    )
