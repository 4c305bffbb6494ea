"""The fast way through .gitignore patterns gives what pathspec gives."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pathspec import GitIgnoreSpec

from consolidator.workspace.ignore import IgnoreRules

NAMES = st.sampled_from(["a", "b", "ab", "a.py", "b.py", "a_b.py", "#a", "!b", "a b", "_p.py"])
PATTERN = st.text(alphabet="ab*?/!#[]._py\\ ", min_size=1, max_size=7)


@pytest.mark.filterwarnings("ignore::FutureWarning")
@settings(deadline=None)
@given(st.lists(PATTERN, max_size=4), st.lists(NAMES, min_size=1, max_size=3), st.booleans())
def test_the_verdict_is_that_of_pathspec(
    lines: list[str], parts: list[str], is_directory: bool
) -> None:
    path = "/".join(parts)
    spec = GitIgnoreSpec.from_lines([line for line in lines if _is_valid(line)])
    slow = [spec.check_file("/".join(parts[:n]) + "/").include for n in range(1, len(parts))]
    if any(slow):
        return  # a walk never gets below an ignored directory
    expected = spec.check_file(path + "/" if is_directory else path).include
    # None for False: no rule speaks of the path itself, only of a directory above it.
    assert bool(IgnoreRules(tuple(lines)).verdict(path, is_directory)) == bool(expected)


def _is_valid(line: str) -> bool:
    try:
        GitIgnoreSpec.from_lines([line])
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    ("line", "path", "ignored"),
    [
        ("build/", "build/x/a.py", True),
        ("build/", "build", None),
        ("*.py[cod]", "a/b.pyc", True),
        ("**/gen", "a/b/gen/c.py", True),
        ("src/*/gen", "src/a/gen/b.py", True),
        ("src/*/gen", "lib/a/gen/b.py", None),
        ("[Bb]in", "x/Bin/a.py", True),
        ("/a.py", "a.py", True),
        ("/a.py", "b/a.py", None),
        ("# a.py", "a.py", None),
        ("", "a.py", None),
        ("doc?/x", "docs/x/y.py", True),
    ],
)
def test_files_below_an_ignored_directory(line: str, path: str, ignored: bool | None) -> None:
    assert IgnoreRules((line,)).excludes(path) == bool(ignored)
