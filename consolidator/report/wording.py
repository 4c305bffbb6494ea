"""How findings are worded, for all reports alike: titles of the kinds, and a sentence for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from consolidator.finders.findings import (
    BrokenImport,
    Candidate,
    Concern,
    Duplicate,
    ExpiredLeaveBehind,
    Misplaced,
    MissingModule,
    SecondDefinition,
    ThroughLeaveBehind,
    is_namesake,
)
from consolidator.report.lines import counted, limited, span


@dataclass(frozen=True, slots=True)
class Wording:
    """What one kind of finding is called, and what it means."""

    title: str
    meaning: str


WORDINGS: dict[type[Concern], Wording] = {
    BrokenImport: Wording(
        "broken imports", "A name is imported from a module of the project that does not have it."
    ),
    MissingModule: Wording(
        "missing modules", "A module is imported that the project does not have."
    ),
    Duplicate: Wording("duplicates", "A class is written several times."),
    Misplaced: Wording("misplaced", "A class lives where its users would not look for it."),
    ExpiredLeaveBehind: Wording(
        "unused leave-behinds", "Nobody imports a moved class from its old place any more."
    ),
    SecondDefinition: Wording(
        "second definitions", "A class that has a home is defined again elsewhere."
    ),
    ThroughLeaveBehind: Wording(
        "imports through leave-behinds", "A moved class is still imported from its old place."
    ),
}


NAMESAKES = Wording(
    "namesakes", "Classes have one name and contradict each other; they may well be several things."
)
"""Of duplicates that contradict each other."""


def wording_of(finding: Concern) -> Wording:
    """What a finding is called."""
    return NAMESAKES if is_namesake(finding) else WORDINGS[type(finding)]


def headline(finding: Concern) -> str:
    """One finding in one line, without its places."""
    match finding:
        case BrokenImport():
            name, module = finding.asked.name, finding.asked.module
            if finding.answer == "nowhere" and not finding.candidates:
                return f"{name} is asked for from {module}, and defined nowhere"
            return f"{name} is asked for from {module}, which does not have it"
        case MissingModule():
            return f"module {finding.module} does not exist"
        case Duplicate():
            longest = max(copy.last_line - copy.first_line + 1 for copy in finding.copies)
            what = _RELATIONS[finding.relation].format(count=len(finding.copies))
            return f"{finding.name}: {what}, {counted(longest, 'line')}"
        case Misplaced():
            reason = _REASONS[finding.reason].format(expected=limited(finding.expected, 3))
            return f"{finding.definer.qualified.name} {reason}"
        case ExpiredLeaveBehind():
            return f"{finding.qualified} is imported by nobody any more"
        case SecondDefinition():
            return f"{finding.name} is defined again outside its home {finding.home}"
        case ThroughLeaveBehind():
            return f"{finding.qualified} moved to {finding.target}, but is imported from here"


_RELATIONS = {
    "identical": "{count} identical copies",
    "same code": "{count} copies of the same code",
    "superset": "{count} copies, the first with all that is in the others",
    "union": "{count} copies that would go together",
    "renamed": "{count} copies under different names",
    "conflict": "{count} classes of this name that contradict each other",
}

_REASONS = {
    "asked for elsewhere": "is expected in {expected}",
    "in a test module": "is defined in a test module and imported by others",
    "in a script": "is defined in a script and imported by others",
    "test code imported": "is test code and imported by production code",
}


def message(finding: Concern) -> str:
    """A few sentences that stand on their own: what it is, and the main evidence."""
    return " ".join(f"{part}." for part in (_as_sentence(headline(finding)), *_evidence(finding)))


def _as_sentence(text: str) -> str:
    """With a capital, unless it begins with a name of the code."""
    first = text.partition(" ")[0]
    return text[0].upper() + text[1:] if first.isalpha() else text


def _evidence(finding: Concern) -> Iterator[str]:
    match finding:
        case BrokenImport():
            if finding.candidates:
                yield answer(finding)
            yield from _misfits(finding.candidates)
        case MissingModule():
            if finding.names:
                yield f"Asked for: {limited(finding.names, 8)}"
            yield from (sentence[0].upper() + sentence[1:] for sentence in namesakes(finding))
        case Duplicate():
            yield f"They stand at {limited([span(copy) for copy in finding.copies], 5)}"
            differing = [difference.member for difference in finding.differences]
            if differing:
                yield f"They differ in {limited(differing, 8)}"
        case Misplaced():
            yield f"It stands at {span(finding.definer)}"
        case ExpiredLeaveBehind():
            yield f"It lives in {finding.target}; the leave-behind can go"
        case SecondDefinition():
            yield finding.why[0].upper() + finding.why[1:]
        case ThroughLeaveBehind():
            yield f"The leave-behind stands at {finding.location}"


def answer(finding: BrokenImport) -> str:
    """Where a name that is asked for stands instead."""
    found = [candidate.definer for candidate in finding.candidates]
    where = limited([span(definer) for definer in found], 3)
    if finding.answer == "another kind":
        kinds = sorted({definer.kind for definer in found})
        return f"It is defined as a {' or '.join(kinds)}: {where}"
    if len(found) == 1:
        return f"It is defined once, at {where}"
    return f"It is defined in {len(found)} places: {where}"


def namesakes(finding: MissingModule) -> Iterator[str]:
    """Which modules offer what is asked of one that does not exist."""
    offers = "offers all of it" if finding.names else "has the same name"
    if finding.namesake is not None:
        yield f"{finding.namesake} {offers}: the imports are to be rewritten"
    elif finding.namesakes:
        yield f"several modules offer it: {limited(finding.namesakes, 5)}"


def _misfits(candidates: Sequence[Candidate]) -> Iterator[str]:
    for candidate in candidates:
        for misfit in candidate.fit.misfits[:1]:
            more = len(candidate.fit.misfits) - 1
            also = f" (and {counted(more, 'misfit')} more)" if more else ""
            yield f"{span(candidate.definer)} does not fit `{misfit.use}`: {misfit.why}{also}"
