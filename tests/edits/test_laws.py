"""Laws of moving, over small generated packages: there and back, twice, in either order, bytes."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks import fidelity, metamorphic
from benchmarks.sample import Move
from consolidator.pipeline import open_workspace
from consolidator.workspace import Workspace

SMALL = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
BODIES = (
    "    size = 1\n",
    "    def path(self):\n        name = os.sep\n        return name + LIMIT\n",
    "    def other(self) -> 'Other':\n        return Other()\n",
    "    values = dict(limit=LIMIT)\n",
)


@st.composite
def sources(draw: st.DrawFn) -> str:
    """A module with `Moved` in it, neighbours that it may use, and perhaps users of it."""
    future = draw(st.sampled_from(("", "from __future__ import annotations\n\n")))
    body = draw(st.sampled_from(BODIES))
    user = draw(st.sampled_from(("", "\n\ndef make():\n    return Moved()\n")))
    return (
        f"# A comment.\n{future}import os\n\nLIMIT = 'x'\n\n\nclass Other:\n    text = LIMIT\n\n\n"
        f"class Moved:\n{body}{user}\n\nprint(os.name, LIMIT)\n"
    )


MOVE = Move("pkg", 0, "Moved", "pkg.source", "pkg/source.py", "pkg.target", "pkg/target.py",
            "sibling")  # fmt: skip
APART = Move("pkg", 1, "Apart", "pkg.one", "pkg/one.py", "pkg.two", "pkg/two.py", "sibling")


def package(folder: Path, source: str) -> Workspace:
    files = {
        "pyproject.toml": "",
        "pkg/__init__.py": "",
        "pkg/source.py": source,
        "pkg/target.py": (
            "# Another comment.\nimport json\n\n\ndef dump(x):\n    return json.dumps(x)\n"
        ),
        "pkg/one.py": "class Apart:\n    pass\n",
        "pkg/two.py": "import re\n\nDIGIT = re.compile('1')\n",
        "pkg/user.py": (
            "from pkg.one import Apart\nfrom pkg.source import Moved\n\nboth = (Apart, Moved)\n"
        ),
    }
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return open_workspace(folder)


@SMALL
@given(source=sources())
def test_there_and_back_differs_in_imports_at_most(tmp_path: Path, source: str) -> None:
    found = metamorphic.there_and_back(package(tmp_path, source), MOVE)

    assert found.verdict in {"held", "imports only"}, found.detail


@SMALL
@given(source=sources())
def test_the_same_move_again_has_nothing_to_do(tmp_path: Path, source: str) -> None:
    assert metamorphic.twice(package(tmp_path, source), MOVE).verdict == "held"


@SMALL
@given(source=sources())
def test_moves_with_nothing_in_common_commute(tmp_path: Path, source: str) -> None:
    found = metamorphic.commute(package(tmp_path, source), MOVE, APART)

    assert found.verdict in {"held", "imports only"}, found.detail


@SMALL
@given(source=sources())
def test_the_names_of_locals_decide_nothing(tmp_path: Path, source: str) -> None:
    workspace = package(tmp_path, source)

    found = metamorphic.same_decisions(workspace, MOVE, "renamed", metamorphic.with_other_locals)

    assert found.verdict == "held", found.detail


@pytest.mark.parametrize("writing", fidelity.WRITINGS)
@SMALL
@given(source=sources(), seed=st.integers(0, 9))
def test_untouched_lines_keep_their_bytes(
    tmp_path: Path, writing: str, source: str, seed: int
) -> None:
    found = fidelity.check(package(tmp_path, source), MOVE, writing, seed)

    assert found.verdict == "held", found.detail
