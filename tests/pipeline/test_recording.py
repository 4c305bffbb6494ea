"""`move --report`: what is told of a real move, held against what happened."""

from __future__ import annotations

from pathlib import Path

import pytest
from case_tree import snapshot
from small_tree import plant

from consolidator.cli import DONE, REFUSED, USAGE, run_cli

TREE = {
    "pyproject.toml": '[project]\nname = "x"\nversion = "0"\n',
    "pkg/__init__.py": "",
    "pkg/old.py": '''
        """Where it was."""

        import json
        from dataclasses import dataclass


        def _helper():
            return json.dumps({})


        @dataclass
        class Tester:
            """Tests."""

            def text(self):
                return _helper()


        class Stays:
            text = dataclass
        ''',
    "pkg/home.py": '"""The home."""\n',
    "pkg/user.py": "from pkg.old import Tester\n\nprint(Tester.text)\n",
    "pkg/asks.py": "def ask():\n    from pkg.home import Tester\n    return Tester(3)\n",
    "pkg/lost.py": "from pkg.nowhere import Tester\n",
}
MOVE = ["move", "Tester", "--to", "pkg.home", "--report", "report.md"]


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project, which is also the working directory; caches of the machine kept out."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("NO_COLOR", "1")
    directory = plant(tmp_path / "project", TREE)
    monkeypatch.chdir(directory)
    return directory


def lines_at(place: str, root: Path) -> list[str]:
    """The lines that `path:3-5` speaks of."""
    path, _, span = place.partition(":")
    first, _, last = span.partition("-")
    return (root / path).read_text().splitlines()[int(first) - 1 : int(last)]


def test_a_move_is_told_as_it_was_done(root: Path) -> None:
    before = plant(root.parent / "before", TREE)
    assert run_cli(MOVE) == DONE
    text = (root / "report.md").read_text()
    (row,) = [line for line in text.splitlines() if line.startswith("| `Tester`")]
    _, _, _, old, new, why, _ = [cell.strip(" `") for cell in row.split("|")]
    assert why == "asked for"
    assert lines_at(old, before) == lines_at(new, root)
    assert lines_at(new, root)[0] == "@dataclass"
    assert "| `_helper` | function |" in text
    assert "`pkg/asks.py:2` asks `pkg.home` for `Tester`: `from pkg.home import Tester`" in text
    assert "+ import json" in text
    assert "- `pkg/lost.py:1` asks `pkg.nowhere`" in text
    assert "`pkg/asks.py:3`: `Tester(3)`" in text
    assert "consolidate undo " in text


def test_the_report_is_no_part_of_the_change(root: Path) -> None:
    before = snapshot(root)
    assert run_cli(MOVE) == DONE
    assert run_cli(["undo"]) == DONE
    (root / "report.md").unlink()
    assert snapshot(root) == before


def test_a_dry_run_is_reported_too(root: Path) -> None:
    assert run_cli([*MOVE, "--dry-run"]) == DONE
    text = (root / "report.md").read_text()
    assert "planned; nothing was written" in text
    assert "| `Tester` |" in text


def test_what_was_verified_by_running_is_told(root: Path) -> None:
    plant(root, {"pkg/old.py": "class Tester:\n    pass\n", "pkg/user.py": ""})
    assert run_cli([*MOVE, "--verify", "imports"]) == DONE
    text = (root / "report.md").read_text()
    assert "nothing new fails" in text
    assert "Nothing of the project was run" not in text


def test_a_refused_move_has_no_report(root: Path) -> None:
    plant(root, {"pkg/old.py": "class Tester:\n    place = __file__\n"})
    assert run_cli(MOVE) == REFUSED
    assert not (root / "report.md").exists()


def test_a_place_where_none_can_be_written_is_found_out_first(root: Path) -> None:
    before = snapshot(root)
    assert run_cli([*MOVE[:-1], "none/report.md"]) == USAGE
    assert snapshot(root) == before


def test_a_plan_is_told_with_its_entries(root: Path) -> None:
    (root / "plan.toml").write_text('[[move]]\nid = "one"\nnames = ["Tester"]\nto = "pkg.home"\n')
    assert run_cli(["apply", "plan.toml", "--report", "report.md"]) == DONE
    text = (root / "report.md").read_text()
    assert "- `one`: done" in text
    assert "| `Tester` | class |" in text
