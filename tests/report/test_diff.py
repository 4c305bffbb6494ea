"""`unified_diff`: what `git apply` makes of it, and how it reads."""

from __future__ import annotations

import os
import random
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from consolidator.report.diff import unified_diff
from consolidator.workspace.changes import FileChange

Tree = dict[str, bytes | None]


def git_apply(directory: Path, diff: bytes, *options: str) -> None:
    """Apply the diff with the real git, outside any repository and with no one's settings."""
    environment = {
        **os.environ,
        "GIT_CEILING_DIRECTORIES": str(directory.parent),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    command = ["git", "-c", "core.autocrlf=false", "apply", "--whitespace=nowarn", *options, "-"]
    done = subprocess.run(
        command, cwd=directory, input=diff, capture_output=True, env=environment, check=False
    )
    assert done.returncode == 0, done.stderr.decode(errors="replace") + repr(diff)


def write(directory: Path, tree: Tree) -> None:
    for path, data in tree.items():
        if data is not None:
            target = directory / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)


def read(directory: Path, tree: Tree) -> Tree:
    return {
        path: (directory / path).read_bytes() if (directory / path).exists() else None
        for path in tree
    }


def check_there_and_back(directory: Path, changes: list[FileChange]) -> None:
    """`git apply` makes `after` of `before`, `git apply -R` the reverse."""
    before: Tree = {change.path: change.before for change in changes}
    after: Tree = {change.path: change.after for change in changes}
    diff = unified_diff(changes)
    write(directory, before)
    if not diff:
        assert before == after
        return
    git_apply(directory, diff)
    assert read(directory, after) == after
    git_apply(directory, diff, "-R")
    assert read(directory, before) == before


LINES = [b"", b"", b"a", b"b", b"    pass", b"\x0c", b"\xff\xfe", b"x\ry", b"\xe2\x80\xa8", b"-- a"]
LINES += [b"+++ b/x", b"@@ -1 +1 @@", b"\\ No newline at end of file", b" \t", b"\x00"]
ENDINGS = [b"\n", b"\n", b"\n", b"\r\n", b"\r"]
contents = st.one_of(
    st.none(),
    st.binary(max_size=40),
    st.builds(
        lambda lines, rest: b"".join(lines) + rest,
        st.lists(st.builds(bytes.__add__, st.sampled_from(LINES), st.sampled_from(ENDINGS))),
        st.sampled_from([b"", b"", b"x", b"\r", b" "]),
    ),
)


@st.composite
def edited(draw: st.DrawFn) -> tuple[bytes | None, bytes | None]:
    """A longer file and what a few random splices make of it: hunks apart and hunks merged."""
    lines = draw(st.lists(st.sampled_from([*LINES, b"c", b"d", b"e"]), min_size=10, max_size=60))
    old = [line + b"\n" for line in lines]
    new = list(old)
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(new)))
        end = min(len(new), start + draw(st.integers(0, 5)))
        new[start:end] = [
            line + b"\n" for line in draw(st.lists(st.sampled_from(LINES), max_size=4))
        ]
    cut_old, cut_new = draw(st.integers(0, 1)), draw(st.integers(0, 1))
    before, after = b"".join(old), b"".join(new)
    return before[: len(before) - cut_old], after[: max(0, len(after) - cut_new)]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.one_of(st.tuples(contents, contents), edited()), min_size=4, max_size=12))
@example([(None, b""), (b"", None), (b"", b"x"), (b"x", b""), (None, b"x"), (b"x", None)])
@example([(b"a\n", b"a"), (b"a", b"a\n"), (b"\n", b""), (b"", b"\n"), (b"\n\n", b"\n")])
def test_git_apply_makes_after_of_before_and_back(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[bytes | None, bytes | None]]
) -> None:
    changes = [
        FileChange(f"d{number}/f.py", before, after) for number, (before, after) in enumerate(pairs)
    ]
    check_there_and_back(tmp_path_factory.mktemp("tree"), changes)


PATHS = [
    "plain.py",
    "with space.py",
    "a b/c d.py",
    'quo"te.py',
    "back\\slash.py",
    "tab\there.py",
    "new\nline.py",
    "café/π.py",
    " leading.py",
    "trailing ",
    "b/b/b",
    "x b/x",
    "a => b.py",
    "latin\udce9.py",
    "\x7f\x01.py",
    "'single'.py",
]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    ("before", "after"),
    [(b"a\n", b"b\n"), (None, b"a\n"), (b"a\n", None), (None, b""), (b"", None)],
)
def test_every_path_is_understood_by_git(
    tmp_path: Path, path: str, before: bytes | None, after: bytes | None
) -> None:
    check_there_and_back(tmp_path, [FileChange(path, before, after)])


def test_executable_files_keep_their_bit(tmp_path: Path) -> None:
    git_apply(tmp_path, unified_diff([FileChange("run.py", None, b"x\n", 0o755)]))
    assert (tmp_path / "run.py").stat().st_mode & 0o111
    git_apply(tmp_path, unified_diff([FileChange("run.py", b"x\n", None, 0o755)]))
    assert not (tmp_path / "run.py").exists()


def test_files_come_ordered_by_path_and_unchanged_ones_not_at_all() -> None:
    diff = unified_diff(
        [FileChange("b.py", b"", b"1\n"), FileChange("a.py", b"1", b"2"), FileChange("c", b"", b"")]
    )
    headers = [line for line in diff.splitlines() if line.startswith(b"diff ")]
    assert headers == [b"diff --git a/a.py b/a.py", b"diff --git a/b.py b/b.py"]
    assert unified_diff([]) == b""


def hunks(before: str, after: str) -> str:
    """The diff without its header."""
    diff = unified_diff([FileChange("m.py", before.encode(), after.encode())]).decode()
    return diff.split("+++ b/m.py\n")[1]


CLASS = """\
@decorated
class C:
    def f(self):
        return 1

    def g(self):
        return 2
"""


def test_a_class_between_others_is_taken_out_in_one_block_that_begins_with_it() -> None:
    others = (
        "import os\n\n\n@decorated\nclass A:\n    x = 1\n\n\n{}@decorated\nclass Z:\n    x = 2\n"
    )
    text = hunks(others.format(CLASS + "\n\n"), others.format(""))
    changed = [line for line in text.splitlines() if line[0] in "+-"]
    assert changed == ["-" + line for line in (CLASS + "\n\n").splitlines()]


def test_a_class_that_is_added_reads_as_one_block() -> None:
    others = "class A:\n    def f(self):\n        return 1\n\n\n{}def last():\n    return 1\n"
    text = hunks(others.format(""), others.format(CLASS + "\n\n"))
    changed = [line for line in text.splitlines() if line[0] in "+-"]
    assert changed == ["+" + line for line in (CLASS + "\n\n").splitlines()]


def test_a_leave_behind_with_a_blank_line_does_not_tear_the_class_apart() -> None:
    body = "".join(f"    def f{n}(self):\n        return {n}\n\n" for n in range(5))
    left = "# moved\n\nfrom home import C\n\nD = C\n"
    text = hunks(f"x = 1\n\n\nclass C:\n{body}\n\ny = 1\n", f"x = 1\n\n\n{left}\n\ny = 1\n")
    marks = "".join(line[0] for line in text.splitlines()[1:])
    assert marks.count("-+") == 1


def test_far_edits_get_hunks_of_their_own_with_three_lines_around() -> None:
    old = [f"line{n}\n" for n in range(30)]
    new = [line.replace("line3\n", "three\n").replace("line20\n", "twenty\n") for line in old]
    heads = [line for line in hunks("".join(old), "".join(new)).splitlines() if line[0] == "@"]
    assert heads == ["@@ -1,7 +1,7 @@", "@@ -18,7 +18,7 @@"]


def hard_files() -> dict[str, tuple[bytes, bytes]]:
    source = random.Random(1)
    few = [source.choice([b"    0,\n", b"    1,\n", b"\n", b"    pass\n"]) for _ in range(50_000)]
    two_edits = [b"    2,\n", *few[:40_000], b"    3,\n", *few[40_000:]]
    shuffled = few.copy()
    source.shuffle(shuffled)
    unique = [b"%d\n" % n for n in range(50_000)]
    mixed = unique.copy()
    source.shuffle(mixed)
    return {
        "repeated lines, two edits": (b"".join(few), b"".join(two_edits)),
        "repeated lines, other order": (b"".join(few), b"".join(shuffled)),
        "unique lines, other order": (b"".join(unique), b"".join(mixed)),
        "unique lines, reversed": (b"".join(unique), b"".join(unique[::-1])),
        "nothing in common": (b"".join(unique), b"".join(few)),
    }


@pytest.mark.parametrize("name", hard_files())
def test_fifty_thousand_lines(tmp_path: Path, name: str) -> None:
    before, after = hard_files()[name]
    check_there_and_back(tmp_path, [FileChange("m.py", before, after)])


def test_two_edits_far_apart_in_repeated_lines_stay_small() -> None:
    before, after = hard_files()["repeated lines, two edits"]
    diff = unified_diff([FileChange("m.py", before, after)])
    assert sum(line[:1] == b"+" for line in diff.split(b"\n")[4:]) == 2
