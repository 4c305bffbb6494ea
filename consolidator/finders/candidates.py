"""Who defines a name: the candidates for what a broken import asks for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal

from consolidator.finders.findings import Answer, Candidate, Definer, Fit, Site
from consolidator.finders.roles import is_test
from consolidator.finders.scene import Scene
from consolidator.names import ModuleName, QualifiedName

NOT_COMPARED = Fit("cannot tell", 0, (), "not compared")
_MOST_COMPARED = 6  # more definitions than that are no candidates but a common name
_BEFORE_NAME: tuple[tuple[str, Literal["function", "constant"]], ...] = (
    ("def ", "function"),
    ("async def ", "function"),
    ("", "constant"),
)
_VERDICTS = ("fits", "cannot tell", "contradicts")


@dataclass(frozen=True, slots=True)
class Demand:
    """A name that some imports ask for, and who defines it."""

    asked: QualifiedName
    sites: tuple[Site, ...]
    definers: tuple[Definer, ...]
    """Classes; where there are none, functions and constants."""

    @property
    def answer(self) -> Answer:
        """What the definitions say to the demand."""
        if not self.definers:
            return "nowhere"
        if self.definers[0].kind != "class":
            return "another kind"
        return "defined once" if len(self.definers) == 1 else "defined in several places"

    @property
    def users(self) -> tuple[tuple[str, str], ...]:
        """The files that ask, each with the name that the import binds."""
        return tuple(sorted({(site.location.path, site.bound) for site in self.sites}))


def demand(scene: Scene, asked: QualifiedName, sites: tuple[Site, ...]) -> Demand:
    """The demand for a name, with all that define it."""
    classes = classes_named(scene, asked.name)
    return Demand(asked, sites, classes or tuple(_others_named(scene, asked.name)))


def candidates(scene: Scene, demands: Sequence[Demand]) -> list[tuple[Candidate, ...]]:
    """For each demand the candidates, best first, held against what their users do with them."""
    from consolidator.finders.usage_fit import usage_fits

    pairs = [(n, definer) for n, one in enumerate(demands) for definer in _compared(one)]
    questions = [(definer.qualified, demands[n].users) for n, definer in pairs]
    fits = dict(zip(pairs, usage_fits(scene.index, questions), strict=True))
    found = []
    for n, one in enumerate(demands):
        made = [Candidate(d, fits.get((n, d), NOT_COMPARED)) for d in one.definers]
        found.append(tuple(sorted(made, key=partial(_rank, one.asked.module))))
    return found


def _compared(one: Demand) -> tuple[Definer, ...]:
    is_common = len(one.definers) > _MOST_COMPARED
    return () if is_common or one.answer == "another kind" else one.definers


def classes_named(scene: Scene, name: str) -> tuple[Definer, ...]:
    """The top-level classes of a name, by path."""
    return tuple(scene.once(_classes).get(name, ()))


def is_defined(scene: Scene, name: str) -> bool:
    """Whether any module defines a class, function or constant of a name."""
    return bool(classes_named(scene, name)) or any(_others_named(scene, name))


def definer_in(scene: Scene, path: str, name: str) -> Definer | None:
    """The top-level class, function or constant of a name in a file; None for an import of it."""
    for definer in classes_named(scene, name):
        if definer.path == path:
            return definer
    outline = scene.outlines[path]
    if name not in outline.bound or any(item.bound == name for item in outline.imports):
        return None
    return _other(scene, path, name)


def _classes(scene: Scene) -> dict[str, list[Definer]]:
    found: dict[str, list[Definer]] = {}
    for path, outline in sorted(scene.outlines.items()):
        for item in outline.classes:
            if item.column == 0 and item.name in outline.bound:
                qualified = QualifiedName(scene.module_of(path), item.name)
                definer = Definer(qualified, path, item.first_line, item.last_line)
                found.setdefault(item.name, []).append(definer)
    return found


def _others_named(scene: Scene, name: str) -> Iterator[Definer]:
    """The functions and constants of a name that are no imports."""
    for path in sorted(scene.paths_by_word.get(name, ())):
        definer = definer_in(scene, path, name)
        if definer is not None:
            yield definer


def _other(scene: Scene, path: str, name: str) -> Definer | None:
    text = "\n" + scene.index.workspace.file(path).text
    for before, kind in _BEFORE_NAME:
        place = _find_word(text, f"\n{before}{name}")
        if place >= 0:
            line = text.count("\n", 0, place + 1)
            return Definer(QualifiedName(scene.module_of(path), name), path, line, line, kind)
    return None


def _find_word(text: str, word: str) -> int:
    """Where a word begins that goes no further; -1 when it does not stand in the text."""
    place = text.find(word)
    while place >= 0:
        after = text[place + len(word) : place + len(word) + 1]
        if not (after.isalnum() or after == "_"):
            return place
        place = text.find(word, place + 1)
    return -1


def _rank(asked: ModuleName, candidate: Candidate) -> tuple[int, bool, int, int, str, int]:
    """The better fit first, then what stands nearer to the module that is asked."""
    definer = candidate.definer
    return (
        _VERDICTS.index(candidate.fit.verdict),
        is_test(definer.path),
        -shared_tail(definer.qualified.module, asked),
        -_shared_head(definer.qualified.module, asked),
        definer.path,
        definer.first_line,
    )


def shared_tail(one: str, other: str) -> int:
    """How many of the last components two module names have in common."""
    return _shared_head(*(".".join(reversed(name.split("."))) for name in (one, other)))


def _shared_head(one: str, other: str) -> int:
    pairs = list(zip(one.split("."), other.split("."), strict=False))
    return next((n for n, (a, b) in enumerate(pairs) if a != b), len(pairs))
