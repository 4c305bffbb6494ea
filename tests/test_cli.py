"""The command line: exit codes, what goes to which stream, and what is written."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

import pytest
from case_tree import snapshot
from small_tree import plant

from consolidator import __version__, cli
from consolidator.cli import DONE, FINDINGS, REFUSED, USAGE, run_cli

TREE = {
    "pyproject.toml": '[project]\nname = "x"\nversion = "0"\n',
    "pkg/__init__.py": "",
    "pkg/a.py": "class Moved:\n    pass\n\n\nclass Stays:\n    pass\n",
    "pkg/b.py": "class There:\n    pass\n",
    "pkg/user.py": "from pkg.a import Moved\n\nprint(Moved)\n",
    "pkg/tied.py": "class Tied:\n    def here(self):\n        return __file__\n",
}
MOVE = ["move", "Moved", "--to", "pkg.b"]


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep caches of the machine and colours of the terminal out."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("NO_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project, which is also the working directory."""
    directory = plant(tmp_path / "project", TREE)
    monkeypatch.chdir(directory)
    return directory


Streams = pytest.CaptureFixture[str]


class TestMove:
    def test_done(self, root: Path, capfd: Streams) -> None:
        assert run_cli(MOVE) == DONE
        out, err = capfd.readouterr()
        assert out == ""
        assert "moved class Moved: pkg.a -> pkg.b\n3 files changed\n" in err
        assert "references rewritten: 1 import\n" in err
        assert "class Moved" in (root / "pkg/b.py").read_text()
        assert "from pkg.b import Moved" in (root / "pkg/user.py").read_text()

    def test_a_second_time_there_is_nothing_to_do(self, root: Path, capfd: Streams) -> None:
        run_cli(MOVE)
        before = snapshot(root)
        assert run_cli(MOVE) == DONE
        assert "nothing to do" in capfd.readouterr().err
        assert snapshot(root) == before

    def test_dry_run_prints_the_diff_and_writes_nothing(self, root: Path, capfd: Streams) -> None:
        before = snapshot(root, without=())
        assert run_cli([*MOVE, "--dry-run"]) == DONE
        out, err = capfd.readouterr()
        assert snapshot(root, without=()) == before
        assert "--- a/pkg/a.py\n+++ b/pkg/a.py\n@@" in out
        assert all(line[:1] in set("-+ @\\d") for line in out.splitlines())
        assert "would move class Moved" in err

    def test_git_can_apply_the_diff(self, root: Path, capfd: Streams) -> None:
        run_cli([*MOVE, "--dry-run"])
        patch = capfd.readouterr().out
        apply = ["git", "apply", "-"]
        subprocess.run(apply, cwd=root, input=patch.encode(), check=True, capture_output=True)
        applied = snapshot(root)
        plant(root, TREE)
        run_cli(MOVE)
        assert snapshot(root) == applied

    def test_check(self, root: Path, capfd: Streams) -> None:
        assert run_cli([*MOVE, "--dry-run", "--check"]) == FINDINGS
        run_cli(MOVE)
        capfd.readouterr()
        assert run_cli([*MOVE, "--dry-run", "--check"]) == DONE
        assert capfd.readouterr().out == ""

    def test_refused(self, root: Path, capfd: Streams) -> None:
        before = snapshot(root, without=())
        assert run_cli(["move", "Tied", "--to", "pkg.b"]) == REFUSED
        out, err = capfd.readouterr()
        assert snapshot(root, without=()) == before
        assert out == ""
        assert "refused[depends-on-module]" in err
        assert "--> pkg/tied.py:3" in err
        assert "return __file__" in err

    def test_a_class_variable_made_from_the_file_is_refused(self, root: Path) -> None:
        (root / "pkg/tied.py").write_text("class Tied:\n    HERE = [__file__]\n")
        assert run_cli(["move", "Tied", "--to", "pkg.b"]) == REFUSED

    def test_accepted(self, root: Path, capfd: Streams) -> None:
        accept = ["--accept", "depends-on-module"]
        assert run_cli(["move", "Tied", "--to", "pkg.b", *accept]) == DONE
        assert "warning[depends-on-module]" in capfd.readouterr().err

    @pytest.mark.parametrize("name", ["pkg.a:Moved", "Moved"])
    def test_the_source_may_be_said(self, root: Path, name: str) -> None:
        arguments = ["--from", "pkg.a"] if ":" not in name else []
        assert run_cli(["move", name, "--to", "pkg.b", *arguments]) == DONE

    def test_several_at_once_into_a_new_module(self, root: Path) -> None:
        names = ["Moved", "Stays", "pkg.b:There"]
        assert run_cli(["move", *names, "--to", "pkg.sub.new"]) == DONE
        text = (root / "pkg/sub/new.py").read_text()
        assert [f"class {name}" in text for name in ("Moved", "Stays", "There")] == [True] * 3

    def test_another_root(
        self, root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert run_cli([*MOVE, "--root", str(root)]) == DONE
        assert "class Moved" in (root / "pkg/b.py").read_text()

    def test_from_a_directory_below(self, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(root / "pkg")
        assert run_cli(MOVE) == DONE

    def test_explain(self, root: Path, capfd: Streams) -> None:
        assert run_cli([*MOVE, "--explain", "--dry-run"]) == DONE
        assert "strategy: shared helpers stay; leave-behind import" in capfd.readouterr().err

    def test_explain_leaves_out_what_only_helpers_need(self, root: Path, capfd: Streams) -> None:
        helpers = "def near():\n    return far()\n\n\ndef far():\n    return 1\n"
        moved = "class Moved:\n    def near(self):\n        return near()\n"
        (root / "pkg/a.py").write_text(f"{helpers}\n\n{moved}\n\nPLACES = near, far\n")
        assert run_cli([*MOVE, "--explain", "--dry-run"]) == DONE
        told = capfd.readouterr().err
        assert "near stays: other code uses it too" in told
        assert "far stays" not in told

    def test_a_name_that_tests_replace_is_no_helper_to_take_along(
        self, root: Path, capfd: Streams
    ) -> None:
        moved = (
            "from time import time\n\n\nclass Moved:\n    def now(self):\n        return time()\n"
        )
        (root / "pkg/a.py").write_text(f"{moved}\n\ndef now():\n    return time()\n")
        (root / "test_a.py").write_text(
            "from unittest import mock\n\n\ndef test_now():\n"
            '    with mock.patch("pkg.a.time"):\n        pass\n'
        )
        assert run_cli([*MOVE, "--dry-run"]) == DONE
        told = capfd.readouterr().err
        assert "note[imports-back]: pkg.b imports `time` from pkg.a" in told
        assert "let them replace it in pkg.b instead" in told
        assert "--helpers travel" not in told

    def test_no_note_on_annotations_that_are_not_there(self, root: Path, capfd: Streams) -> None:
        (root / "pkg/a.py").write_text("from enum import Enum\n\n\nclass Moved(Enum):\n    A = 1\n")
        (root / "pkg/b.py").write_text("from __future__ import annotations\n")
        assert run_cli([*MOVE, "--dry-run"]) == DONE
        assert "annotations-postponed" not in capfd.readouterr().err

    def test_explain_a_refusal(self, root: Path, capfd: Streams) -> None:
        (root / "pkg/a.py").write_text("class Moved:\n    pass\n\n\nFIRST = Moved()\n")
        (root / "pkg/b.py").write_text("import pkg.a\n\nNAME = pkg.a.FIRST.__class__\n")
        before = snapshot(root)
        assert run_cli([*MOVE, "--explain"]) == REFUSED
        told = capfd.readouterr().err
        assert told.startswith("refused[import-cycle]")
        assert "given up: shared helpers stay; leave-behind import: importing pkg.a first" in told
        assert "given up: shared helpers stay; leave-behind lazy: `Moved` is needed" in told
        assert run_cli(MOVE) == REFUSED
        assert "given up" not in capfd.readouterr().err
        assert snapshot(root) == before

    def test_the_remedy_names_only_what_was_not_tried(self, root: Path, capfd: Streams) -> None:
        (root / "pkg/a.py").write_text("class Moved:\n    pass\n\n\nFIRST = Moved()\n")
        (root / "pkg/b.py").write_text("import pkg.a\n\nNAME = pkg.a.FIRST.__class__\n")
        assert run_cli(MOVE) == REFUSED
        told = capfd.readouterr().err
        assert "choose a target that pkg.a does not depend on, or a new module" in told
        assert "--leave-behind" not in told
        assert run_cli([*MOVE, "--leave-behind", "import"]) == REFUSED
        assert "leave a lazy import behind (--leave-behind lazy)" in capfd.readouterr().err

    def test_the_remedy_names_the_heirs_that_would_stay(self, root: Path, capfd: Streams) -> None:
        text = "class Moved(Exception):\n    pass\n\n\nclass Late(Moved):\n    pass\n"
        (root / "pkg/a.py").write_text(text)
        (root / "pkg/b.py").write_text("import pkg.c\n")
        (root / "pkg/c.py").write_text("from pkg.a import Late\n\nNAME = Late.__name__\n")
        assert run_cli(MOVE) == REFUSED
        told = capfd.readouterr().err
        assert "move what pkg.a makes of it in the same command (Late), or choose" in told
        assert run_cli(["move", "Moved", "Late", *MOVE[2:]]) == DONE

    @pytest.mark.parametrize(
        ("options", "left"),
        [
            (["--leave-behind", "none"], ""),
            (["--leave-behind", "import"], "from pkg.b import Moved"),
            (["--leave-behind", "lazy"], "def __getattr__(name: str) -> object:"),
            (["--leave-behind", "import", "--comment", "# {kind} {source}"], "# class pkg.a"),
        ],
    )
    def test_what_is_left_behind(self, root: Path, options: list[str], left: str) -> None:
        assert run_cli([*MOVE, *options]) == DONE
        text = (root / "pkg/a.py").read_text()
        assert left in text
        assert ("Moved" in text) == bool(left)

    def test_no_cache_leaves_none(self, root: Path, tmp_path: Path) -> None:
        assert run_cli([*MOVE, "--no-cache"]) == DONE
        assert not list((tmp_path / "cache").rglob("*.sqlite3"))

    def test_the_configuration_counts_until_the_command_says_otherwise(self, root: Path) -> None:
        settings = '[tool.consolidate]\nleave-behind = "lazy"\naccept = ["depends-on-module"]\n'
        (root / "pyproject.toml").write_text(settings)
        assert run_cli(["move", "Tied", "--to", "pkg.b"]) == DONE
        assert run_cli(MOVE) == DONE
        assert "__getattr__" in (root / "pkg/a.py").read_text()
        assert run_cli(["move", "Stays", "--to", "pkg.b", "--leave-behind", "none"]) == DONE
        assert "Stays" not in (root / "pkg/a.py").read_text()

    def test_the_configuration_takes_the_same_template(self, root: Path) -> None:
        settings = '[tool.consolidate]\ncomment = "# {name} was in {source}"\n'
        (root / "pyproject.toml").write_text(settings)
        assert run_cli(MOVE) == DONE


class TestJson:
    FIELDS: ClassVar = [
        "version",
        "status",
        "moves",
        "edits",
        "references",
        "problems",
        "timings",
        "transaction",
    ]

    def report(self, capfd: Streams) -> dict[str, object]:
        return json.loads(capfd.readouterr().out)

    @pytest.mark.parametrize(
        ("arguments", "code", "status"),
        [
            (MOVE, DONE, "done"),
            ([*MOVE, "--dry-run"], DONE, "planned"),
            ([*MOVE, "--dry-run", "--check"], FINDINGS, "planned"),
            (["move", "There", "--to", "pkg.b"], DONE, "nothing to do"),
            (["move", "Tied", "--to", "pkg.b"], REFUSED, "refused"),
        ],
    )
    def test_each_outcome(
        self, root: Path, capfd: Streams, arguments: list[str], code: int, status: str
    ) -> None:
        assert run_cli([*arguments, "--format", "json"]) == code
        report = self.report(capfd)
        assert list(report) == self.FIELDS
        assert (report["version"], report["status"]) == (1, status)
        assert (report["transaction"] is not None) == (status == "done")

    def test_a_refusal(self, root: Path, capfd: Streams) -> None:
        run_cli(["move", "Tied", "--to", "pkg.b", "--format", "json"])
        (problem,) = self.report(capfd)["problems"]  # type: ignore[misc]
        assert problem["code"] == "depends-on-module"
        assert problem["location"] == {
            "file": "pkg/tied.py",
            "line": 3,
            "text": "        return __file__",
        }

    @pytest.mark.parametrize("option", [["--format=json"], ["--format", "json"]])
    def test_a_refusal_of_the_command_itself(
        self, root: Path, capfd: Streams, option: list[str]
    ) -> None:
        assert run_cli(["move", "Moved", "--to", "pkg.class", *option]) == REFUSED
        (problem,) = self.report(capfd)["problems"]  # type: ignore[misc]
        assert problem["code"] == "bad-module-name"

    def test_nobody_asked_for_it(self, root: Path, capfd: Streams) -> None:
        assert run_cli(["move", "Moved", "--to", "pkg.class", "--report", "json"]) == REFUSED
        assert capfd.readouterr().out == ""

    def test_where_the_terminal_knows_no_such_letters(self, root: Path) -> None:
        (root / "pkg/maß.py").write_text("class Größe:\n    pass\n", encoding="utf-8")
        ascii_only = {**os.environ, "PYTHONIOENCODING": "ascii"}
        moved, log = (
            subprocess.run(
                [sys.executable, "-m", "consolidator", *arguments],
                cwd=root,
                capture_output=True,
                env=ascii_only,
            )
            for arguments in (["move", "Größe", "--to", "pkg.größe", "--format", "json"], ["log"])
        )
        assert (moved.returncode, log.returncode) == (DONE, DONE)
        assert json.loads(moved.stdout)["moves"][0]["name"] == "Größe"
        assert "move Größe --to pkg.größe" in log.stdout.decode()


class TestUsage:
    @pytest.mark.parametrize(
        ("arguments", "said"),
        [
            ([*MOVE, "--check"], "--check goes with --dry-run"),
            ([*MOVE, "--accept", "nonsense"], "nonsense cannot be accepted"),
            (["move", "Nobody", "--to", "pkg.b"], "no module of this project defines 'Nobody'"),
            (["move", "No-Name", "--to", "pkg.b"], "'No-Name' is not a name"),
            (["move", "pkg.none:Moved", "--to", "pkg.b"], "there is no module pkg.none"),
            (["move", "Moved", "--from", "pkg.b", "--to", "pkg.c"], "pkg.b does not define"),
            (["move", "pkg.a.Moved", "--to", "pkg.b"], "write pkg.a:Moved"),
            (["move", "Moved.method", "--to", "pkg.b"], "at the top level of a module"),
            (["move", "pkg/a.py:Moved", "--to", "pkg.b"], "did you mean pkg.a?"),
            (["move", "pkg.usr:Moved", "--to", "pkg.b"], "did you mean pkg.user?"),
            (["move", "pkg.a:Movd", "--to", "pkg.b"], "did you mean Moved?"),
            (["move", "pkg.user:Moved", "--to", "pkg.c"], "; it takes it from pkg.a"),
            ([*MOVE, "--verify", "no-such-command"], "'no-such-command' cannot be run"),
            ([*MOVE, "--comment", "{nonsense}"], "comment template"),
            ([*MOVE, "--comment", "no comment"], "comment template"),
        ],
    )
    def test_errors(self, root: Path, capfd: Streams, arguments: list[str], said: str) -> None:
        before = snapshot(root, without=())
        assert run_cli(arguments) == USAGE
        out, err = capfd.readouterr()
        assert said in err
        assert (out, "Traceback" in err) == ("", False)
        assert snapshot(root, without=()) == before

    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["move"],
            ["move", "Moved"],
            [*MOVE, "--format", "xml"],
            [*MOVE, "--nonsense"],
            ["nonsense"],
        ],
    )
    def test_what_the_parser_refuses(self, root: Path, arguments: list[str]) -> None:
        assert run_cli(arguments) == USAGE

    def test_a_name_in_two_modules(self, root: Path, capfd: Streams) -> None:
        (root / "pkg/c.py").write_text("class Moved: pass\n")
        assert run_cli(MOVE) == USAGE
        assert "say which with --from or MODULE:Moved: pkg.a, pkg.c" in capfd.readouterr().err

    @pytest.mark.parametrize("settings", ["nonsense = 1", "strings = 'x'", "accept = ['x']", "["])
    def test_a_wrong_configuration(self, root: Path, capfd: Streams, settings: str) -> None:
        (root / "pyproject.toml").write_text(f"[tool.consolidate]\n{settings}\n")
        assert run_cli(MOVE) == USAGE
        assert "Traceback" not in capfd.readouterr().err

    def test_a_path_in_place_of_a_module(self, root: Path, capfd: Streams) -> None:
        assert run_cli(["move", "Moved", "--to", "pkg/c.py"]) == REFUSED
        assert "write it as pkg.c\n" in capfd.readouterr().err

    @pytest.mark.parametrize("target", ["pkg.class", "pkg.a b", ".b", "pkg..b", ""])
    def test_a_target_that_is_no_module(self, root: Path, capfd: Streams, target: str) -> None:
        before = snapshot(root, without=())
        assert run_cli(["move", "Moved", "--to", target]) in {USAGE, REFUSED}
        assert snapshot(root, without=()) == before

    @pytest.mark.parametrize(
        "command",
        [
            *("move", "roots", "undo"),
            *(name for name in ("log", "recover")),
        ],
    )
    def test_a_root_that_is_not_there(
        self, root: Path, capfd: Streams, tmp_path: Path, command: str
    ) -> None:
        rest = MOVE[1:] if command == "move" else []
        missing = tmp_path / "missing"
        assert run_cli([command, *rest, "--root", str(missing)]) != DONE
        assert not missing.exists()

    def test_version_and_help(self, capfd: Streams) -> None:
        assert run_cli(["--version"]) == DONE
        assert capfd.readouterr().out == f"consolidate {__version__}\n"
        assert run_cli(["--help"]) == DONE
        assert "move" in capfd.readouterr().out

    def test_as_a_program(self, root: Path) -> None:
        command = [sys.executable, "-m", "consolidator", *MOVE, "--dry-run", "--check"]
        done = subprocess.run(command, cwd=root, capture_output=True, text=True)
        assert done.returncode == FINDINGS
        assert done.stdout.startswith("diff --git a/")

    def test_main_takes_the_arguments_of_the_process(
        self, monkeypatch: pytest.MonkeyPatch, capfd: Streams
    ) -> None:
        monkeypatch.setattr(sys, "argv", ["consolidate", "--version"])
        with pytest.raises(SystemExit) as left:
            cli.main()
        assert left.value.code == DONE


class TestHistory:
    def test_undo_takes_back_to_the_byte(self, root: Path, capfd: Streams) -> None:
        before = snapshot(root)
        run_cli(MOVE)
        assert run_cli(["undo"]) == DONE
        assert "move Moved" in capfd.readouterr().err
        assert snapshot(root) == before
        assert run_cli(["undo"]) == REFUSED
        assert "nothing-to-undo" in capfd.readouterr().err

    def test_a_long_title_is_one_line(self, root: Path, capfd: Streams) -> None:
        run_cli(["move", "Moved", "--to", f"pkg.{'x' * 150}"])
        capfd.readouterr()
        assert run_cli(["undo"]) == DONE
        assert len(capfd.readouterr().err.splitlines()) == 1

    def test_one_file_and_two_imports(self, root: Path, capfd: Streams) -> None:
        (root / "pkg/both.py").write_text("from pkg.a import Moved, Stays\n\nprint(Moved, Stays)\n")
        run_cli(["move", "Moved", "Stays", "--to", "pkg.new"])
        assert "references rewritten: 3 imports\n" in capfd.readouterr().err

    def test_undo_of_one_by_its_number(self, root: Path, capfd: Streams) -> None:
        run_cli([*MOVE, "--format", "json"])
        transaction = json.loads(capfd.readouterr().out)["transaction"]
        assert run_cli(["undo", "nonsense"]) in {USAGE, REFUSED}
        assert run_cli(["undo", transaction]) == DONE

    def test_undo_refuses_where_a_file_was_edited(self, root: Path, capfd: Streams) -> None:
        run_cli(MOVE)
        with (root / "pkg/b.py").open("a") as file:
            file.write("# mine\n")
        after = snapshot(root)
        assert run_cli(["undo"]) == REFUSED
        assert "undo-conflict" in capfd.readouterr().err
        assert snapshot(root) == after

    def test_log(self, root: Path, capfd: Streams) -> None:
        assert run_cli(["log"]) == DONE
        assert capfd.readouterr().out == ""
        run_cli(MOVE)
        capfd.readouterr()
        assert run_cli(["log"]) == DONE
        (line,) = capfd.readouterr().out.splitlines()
        assert line.split("\t")[2] == "move Moved --to pkg.b"

    def test_recover_with_nothing_to_do(self, root: Path, capfd: Streams) -> None:
        assert run_cli(["recover"]) == DONE
        assert "nothing to recover" in capfd.readouterr().err

    def test_roots(self, root: Path, capfd: Streams) -> None:
        assert run_cli(["roots"]) == DONE
        assert [line.split("\t")[0] for line in capfd.readouterr().out.splitlines()] == ["."]


class TestTrouble:
    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
    def test_a_read_only_folder(self, root: Path, capfd: Streams) -> None:
        (root / "pkg").chmod(stat.S_IRUSR | stat.S_IXUSR)
        try:
            assert run_cli(MOVE) == REFUSED
        finally:
            (root / "pkg").chmod(stat.S_IRWXU)
        assert "Traceback" not in capfd.readouterr().err

    @pytest.mark.parametrize("data", [b"class Moved(:\n", b"\xff\xfeclass Moved: pass\n", b"\0"])
    def test_a_source_that_cannot_be_read(self, root: Path, capfd: Streams, data: bytes) -> None:
        (root / "pkg/a.py").write_bytes(data)
        assert run_cli(["move", "pkg.a:Moved", "--to", "pkg.b"]) == REFUSED
        err = capfd.readouterr().err
        assert "does-not-parse" in err or "undecodable" in err

    def test_a_broken_file_that_names_the_class_is_told(self, root: Path, capfd: Streams) -> None:
        (root / "pkg/broken.py").write_text("from pkg.a import Moved\n\ndef (:\n")
        assert run_cli(MOVE) == DONE
        err = capfd.readouterr().err
        assert "warning[not-read]" in err
        assert "--> pkg/broken.py:1" in err
