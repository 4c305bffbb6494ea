"""Whether names mean the same in two modules, where they mean definitions of their own too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from consolidator.index.class_identity.facts import lines_of
from consolidator.index.class_identity.meanings import Meaning, Meanings
from consolidator.index.class_identity.needs import (
    Needs,
    Substance,
    definition_needs,
    definition_substance,
)
from consolidator.index.class_identity.text_facts import text_facts

Named = tuple[str, str]
"""A name in a file: the path and the name."""

# The subclasses of these are registries, each of its own.
_REGISTRIES = frozenset({"DeclarativeBase", "DeclarativeBaseNoMeta", "DeclarativeMeta"})


@dataclass(frozen=True, slots=True)
class Ambiguity:
    """A name that means one thing in one module and another in the other."""

    name: str
    here: Meaning
    there: Meaning
    why: str = ""


@dataclass(frozen=True)
class Sameness:
    """Compares what names mean; what was found out is kept."""

    meanings: Meanings
    _needs: dict[str, Needs | None] = field(default_factory=dict, repr=False)
    _judged: dict[tuple[Named, Named], str | None] = field(default_factory=dict, repr=False)

    def ambiguities(self, here: str, there: str, names: Iterable[str]) -> Iterator[Ambiguity]:
        """The names that do not mean the same in the files `here` and `there`.

        Names that mean definitions of the two modules mean the same if the definitions do.
        """
        for name in sorted(set(names)):
            found = self._differs((here, name), (there, name), frozenset())
            if found is not None:
                left, right = self._meanings_of((here, name), (there, name))
                yield Ambiguity(name, left, right, found)

    def along(self, here: str, there: str, names: Iterable[str]) -> Iterator[tuple[Named, Named]]:
        """The definitions, two by two, that are equal and yet two: what the names stand for."""
        seen: set[tuple[Named, Named]] = set()
        todo = [((here, name), (there, name)) for name in sorted(set(names))]
        while todo:
            pair = todo.pop()
            left, right = (meaning.place for meaning in self._meanings_of(*pair))
            if left is None or right is None or left == right or (left, right) in seen:
                continue
            seen.add((left, right))
            yield left, right
            todo.extend(((left[0], name), (right[0], name)) for name in sorted(self._used_by(left)))

    def needs(self, texts: Iterable[str]) -> dict[str, Needs]:
        """What the definitions in some texts need of their modules, by text."""
        asked = dict.fromkeys(texts)
        wanted = [text for text in asked if text not in self._needs]
        if wanted:
            found = text_facts(self.meanings.index, "needs", definition_needs, wanted)
            self._needs.update((text, found.get(text)) for text in wanted)
        return {text: known for text in asked if (known := self._needs[text]) is not None}

    def state(self, text: str) -> str:
        """What makes the definition in a text another thing than an equal one; empty if nothing."""
        return self._substances([text]).get(text, {"code": "", "state": ""})["state"]

    def _substances(self, texts: Iterable[str]) -> dict[str, Substance]:
        return text_facts(self.meanings.index, "substance", definition_substance, texts)

    # -- judging -----------------------------------------------------------------------------

    def _meanings_of(self, here: Named, there: Named) -> tuple[Meaning, Meaning]:
        return self.meanings.meaning(*here), self.meanings.meaning(*there)

    def _differs(
        self, here: Named, there: Named, assumed: frozenset[tuple[Named, Named]]
    ) -> str | None:
        """Why two names mean different things; None if they mean the same."""
        left, right = self._meanings_of(here, there)
        if left.place is None or right.place is None:
            return None if (left.kind, left.text) == (right.kind, right.text) else "other things"
        pair = (left.place, right.place)
        if left.place == right.place or pair in assumed:
            return None
        if pair not in self._judged:
            verdict = self._definitions_differ(*pair, assumed | {pair})
            if verdict is None and assumed:
                return None  # it may rest on what is only assumed
            self._judged[pair] = verdict
        return self._judged[pair]

    def _definitions_differ(
        self, here: Named, there: Named, assumed: frozenset[tuple[Named, Named]]
    ) -> str | None:
        left = self.meanings.bindings(here[0]).get(here[1], [])
        right = self.meanings.bindings(there[0]).get(there[1], [])
        if not left or [item[0] for item in left] != [item[0] for item in right]:
            return "defined in different ways"
        for one, other in zip(left, right, strict=True):
            why = self._bindings_differ(here[0], one, there[0], other, assumed)
            if why is not None:
                return why
        return None

    def _bindings_differ(
        self, here: str, one: list[Any], there: str, other: list[Any], assumed: Any
    ) -> str | None:
        match one, other:
            case ["logger"], ["logger"]:
                return None
            case ["import", *_], ["import", *_]:
                left = self.meanings.imported(here, one[1], one[2])
                right = self.meanings.imported(there, other[1], other[2])
                return None if left == right else "imported from different modules"
            case ["value", code, names], ["value", other_code, _]:
                if code != other_code:
                    return "different values"
                return self._names_differ(here, there, names, assumed)
            case ["definition", *lines], ["definition", *other_lines]:
                return self._statements_differ(here, lines, there, other_lines, assumed)
        return f"each module has its own (`{one[1]}`)"

    def _statements_differ(
        self, here: str, lines: list[int], there: str, other_lines: list[int], assumed: Any
    ) -> str | None:
        texts = [self._lines(here, lines), self._lines(there, other_lines)]
        needs = self.needs(texts)
        if len(needs) < len(set(texts)):
            return "cannot be read"
        substances = self._substances(texts)
        if len({substance["code"] for substance in substances.values()}) > 1:
            return "different definitions"
        one, state = needs[texts[0]], substances[texts[0]]["state"]
        if one["rebinds"]:
            return f"each changes `{one['rebinds'][0]}` of its own module"
        if state:
            return f"each has its own state (`{state}`)"
        for name in one["uses"].get("", []):
            meaning = self.meanings.meaning(here, name)
            if meaning.kind == "external" and meaning.text.rpartition(".")[2] in _REGISTRIES:
                return "each is a registry of its own"
        return self._names_differ(here, there, _all_names(one), assumed)

    def _names_differ(
        self, here: str, there: str, names: Iterable[str], assumed: Any
    ) -> str | None:
        for name in names:
            if self._differs((here, name), (there, name), assumed) is not None:
                return f"`{name}` differs"
        return None

    def _used_by(self, place: Named) -> set[str]:
        path, name = place
        found: set[str] = set()
        for binding in self.meanings.bindings(path).get(name, []):
            if binding[0] == "value":
                found.update(binding[2])
            elif binding[0] == "definition":
                for needs in self.needs([self._lines(path, binding[1:])]).values():
                    found |= _all_names(needs)
        return found

    def _lines(self, path: str, lines: list[int]) -> str:
        return "\n".join(lines_of(self.meanings.index, path)[lines[0] - 1 : lines[1]])


def _all_names(needs: Needs) -> set[str]:
    return {name for names in needs["uses"].values() for name in names}
