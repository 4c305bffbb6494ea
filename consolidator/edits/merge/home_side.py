"""What becomes of the home in a merge: its own definition stays, and it stops asking the copy."""

from __future__ import annotations

from consolidator.edits.closure import Closure
from consolidator.edits.imports import edit_imports
from consolidator.edits.needs import Need
from consolidator.edits.pinned import place
from consolidator.edits.references import own_references
from consolidator.edits.survey import Survey
from consolidator.edits.target_imports import Classify
from consolidator.edits.target_side import TargetSide
from consolidator.edits.text_edit import apply_edits
from consolidator.errors import Problem


def edit_home(survey: Survey, leaving: Closure, classify: Classify) -> TargetSide:
    """The home, using its own definition wherever it took the copy's."""
    home = survey.target
    assert home is not None, "a merge has a home"
    source = leaving.source.name
    own = own_references(survey.index, home, source, leaving.names, survey.renamed)
    if not own.changes_something:
        return TargetSide(home.text, None, ())
    edits = edit_imports(
        home.syntax,
        home.name,
        home.is_package,
        newline=home.file.newline,
        classify=classify,
        remove=own.remove,
    )
    return TargetSide(apply_edits(home.text, [*own.edits, *edits]), None, tuple(own.references))


def needs_at_home(leaving: Closure) -> tuple[Need, ...]:
    """What the dropped code uses: the home was found to have all of it under the same names."""
    return tuple(
        Need(name, "present", tuple(uses), reason="the home has the same")
        for name, uses in leaving.uses.items()
    )


def split_patch(leaving: Closure, name: str) -> Problem:
    """A test patches a name for what stays in the module of a copy, and for the copy."""
    return Problem(
        "patch-split",
        f"a test patches `{name}` of {leaving.source.name} for code that stays there and for "
        f"`{leaving.roots[0].name}`, which would read the home's",
        place(leaving.source, leaving.uses[name][0].node),
        "patch both places, then go on with --accept patch-split",
    )
