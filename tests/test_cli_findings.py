"""`consolidate scan` and `check`: exit codes, formats, baselines, and what is written."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from case_tree import snapshot
from small_tree import plant

from consolidator.cli import DONE, FINDINGS, USAGE, run_cli

CLASS = "class Rate:\n    def of(self, amount):\n        return amount * self.value\n"
TREE = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "0"\n',
    "shop/__init__.py": "",
    "shop/bank.py": CLASS,
    "shop/orders.py": "from shop.bank import Missing\n\nprint(Missing)\n",
}


@pytest.fixture(autouse=True)
def surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep caches of the machine and colours of the terminal out."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("NO_COLOR", "1")


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The project, which is also the working directory."""
    directory = plant(tmp_path / "project", TREE)
    monkeypatch.chdir(directory)
    return directory


Streams = pytest.CaptureFixture[str]


class TestScan:
    def test_findings_are_no_failure_unless_asked_for(self, root: Path, capfd: Streams) -> None:
        before = snapshot(root)
        assert run_cli(["scan"]) == DONE
        assert "Missing is asked for from shop.bank" in capfd.readouterr().out
        assert run_cli(["scan", "--exit-code"]) == FINDINGS
        (root / "shop/orders.py").unlink()
        assert run_cli(["scan", "--exit-code"]) == DONE
        (root / "shop/orders.py").write_text(TREE["shop/orders.py"])
        assert snapshot(root) == before

    def test_namesakes_are_no_failure(self, tmp_path: Path, capfd: Streams) -> None:
        for name, base in (("a", "dict"), ("b", "list")):
            body = f"class Order({base}):\n    def total(self):\n        return '{name}'\n"
            (tmp_path / f"{name}.py").write_text(body)
        assert run_cli(["scan", "--root", str(tmp_path), "--exit-code"]) == DONE
        assert "NAMESAKES" in capfd.readouterr().out

    def test_a_second_run_from_the_cache_says_the_same(self, root: Path, capfd: Streams) -> None:
        outputs = []
        for more in ([], [], ["--no-cache"]):
            assert run_cli(["scan", *more]) == DONE
            outputs.append(capfd.readouterr().out)
        assert outputs[0] == outputs[1] == outputs[2]

    @pytest.mark.parametrize("path", ["shop/bank.py", "./shop/../shop/bank.py"])
    def test_paths_start_from_the_working_directory(
        self, root: Path, capfd: Streams, path: str
    ) -> None:
        assert run_cli(["scan", path, "--exit-code"]) == DONE
        assert "nothing found" in capfd.readouterr().out

    def test_paths_may_start_from_the_root(
        self, root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        assert run_cli(["scan", "shop", "--root", str(root), "--exit-code"]) == FINDINGS

    @pytest.mark.parametrize("path", ["nowhere.py", "..", "/etc"])
    def test_other_paths_are_usage_errors(self, root: Path, capfd: Streams, path: str) -> None:
        assert run_cli(["scan", path]) == USAGE
        assert path in capfd.readouterr().err

    def test_json_and_sarif_are_data(self, root: Path, capfd: Streams) -> None:
        assert run_cli(["scan", "--format", "json"]) == DONE
        assert json.loads(capfd.readouterr().out)["findings"][0]["kind"] == "broken-import"
        assert run_cli(["scan", "--format", "sarif"]) == DONE
        results = json.loads(capfd.readouterr().out)["runs"][0]["results"]
        assert [result["ruleId"] for result in results] == ["broken-import"]

    def test_github_says_nothing_when_there_is_nothing(self, root: Path, capfd: Streams) -> None:
        assert run_cli(["scan", "--format", "github"]) == DONE
        assert capfd.readouterr().out.startswith("::warning file=shop/orders.py,line=1,")
        (root / "shop/orders.py").unlink()
        assert run_cli(["scan", "--format", "github"]) == DONE
        assert capfd.readouterr().out == ""

    def test_a_report_is_written_by_its_name_only(self, root: Path, capfd: Streams) -> None:
        assert run_cli(["scan", "--report", "found.md"]) == DONE
        text = (root / "found.md").read_text()
        assert "### Missing is asked for from shop.bank, and defined nowhere" in text
        assert "shop/orders.py:1" in text

    @pytest.mark.parametrize("path", ["shop", "nowhere/found.md"])
    def test_a_report_that_cannot_be_written(self, root: Path, capfd: Streams, path: str) -> None:
        assert run_cli(["scan", "--report", path]) == USAGE
        assert path in capfd.readouterr().err


class TestCheck:
    def test_without_a_baseline_all_is_new(self, root: Path, capfd: Streams) -> None:
        assert run_cli(["check"]) == FINDINGS
        assert capfd.readouterr().out.endswith("1 new\n")

    def test_a_clean_project_passes(self, root: Path, capfd: Streams) -> None:
        (root / "shop/orders.py").unlink()
        assert run_cli(["check"]) == DONE
        assert capfd.readouterr().out == "nothing new\n"

    def test_a_baseline_is_made_and_holds(self, root: Path, capfd: Streams) -> None:
        assert run_cli(["check", "--baseline", "known.json", "--update-baseline"]) == DONE
        assert "1 place added, 0 removed, 0 kept" in capfd.readouterr().err
        assert run_cli(["check", "--baseline", "known.json"]) == DONE
        (root / "shop/till.py").write_text(CLASS)
        assert run_cli(["check", "--baseline", "known.json"]) == FINDINGS
        assert "2 identical copies" in capfd.readouterr().out

    def test_a_third_copy_of_a_known_duplicate_fails(self, root: Path, capfd: Streams) -> None:
        (root / "shop/till.py").write_text(CLASS)
        assert run_cli(["check", "--baseline", "known.json", "--update-baseline"]) == DONE
        (root / "shop/third.py").write_text(CLASS)
        capfd.readouterr()
        assert run_cli(["check", "--baseline", "known.json"]) == FINDINGS
        assert "known already, but not here:\n    shop/third.py:1\n" in capfd.readouterr().out
        assert run_cli(["check", "--baseline", "known.json", "--format", "github"]) == FINDINGS
        (command,) = capfd.readouterr().out.splitlines()
        assert command.startswith("::error file=shop/third.py,line=1,")

    def test_the_baseline_only_shrinks(self, root: Path, capfd: Streams) -> None:
        update = ["check", "--baseline", "known.json", "--update-baseline"]
        assert run_cli(update) == DONE
        (root / "shop/orders.py").unlink()
        (root / "shop/till.py").write_text(CLASS)
        capfd.readouterr()
        assert run_cli(["check", "--baseline", "known.json"]) == FINDINGS
        assert "  broken-import shop.bank.Missing: shop.orders\n" in capfd.readouterr().out
        assert run_cli(update) == FINDINGS
        assert "0 places added, 1 removed, 0 kept" in capfd.readouterr().err
        assert json.loads((root / "known.json").read_text())["findings"] == []
        assert run_cli([*update, "--allow-growth"]) == DONE
        assert "2 places added, 0 removed, 0 kept" in capfd.readouterr().err

    def test_paths_restrict_what_counts(self, root: Path, capfd: Streams) -> None:
        assert run_cli(["check", "shop/bank.py"]) == DONE
        assert run_cli(["check", "shop/orders.py"]) == FINDINGS

    def test_json_tells_new_known_and_stale(self, root: Path, capfd: Streams) -> None:
        run_cli(["check", "--baseline", "known.json", "--update-baseline"])
        (root / "shop/orders.py").unlink()
        (root / "shop/till.py").write_text(CLASS)
        capfd.readouterr()
        assert run_cli(["check", "--baseline", "known.json", "--format", "json"]) == FINDINGS
        report = json.loads(capfd.readouterr().out)
        assert (report["version"], report["status"]) == (1, "failed")
        assert [each["name"] for each in report["new"]] == ["Rate"]
        assert len(report["new"][0]["new_places"]) == 2
        assert report["stale"][0]["places"] == ["shop.orders"]

    def test_sarif_tells_what_is_new(self, root: Path, capfd: Streams) -> None:
        assert run_cli(["check", "--format", "sarif"]) == FINDINGS
        assert len(json.loads(capfd.readouterr().out)["runs"][0]["results"]) == 1

    @pytest.mark.parametrize(
        "arguments",
        [
            ["--baseline", "none.json"],
            ["--baseline", "pyproject.toml"],
            ["--update-baseline"],
            ["--allow-growth"],
            ["--baseline", "a.json", "--baseline-from-ref", "HEAD"],
            ["--baseline", "a.json", "--update-baseline", "shop"],
            ["--baseline-from-ref", "HEAD"],
        ],
        ids=" ".join,
    )
    def test_usage_errors(self, root: Path, capfd: Streams, arguments: list[str]) -> None:
        before = snapshot(root)
        assert run_cli(["check", *arguments]) == USAGE
        assert capfd.readouterr().err
        assert snapshot(root) == before


class TestCheckAgainstARef:
    def commit(self, root: Path) -> None:
        environment = os.environ | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
        identity = ["-c", "user.name=A", "-c", "user.email=a@b.c", "-c", "commit.gpgsign=false"]
        for command in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "first"]):
            subprocess.run(["git", *identity, *command], cwd=root, check=True, env=environment)

    def test_only_what_came_since_is_new(self, root: Path, capfd: Streams) -> None:
        self.commit(root)
        assert run_cli(["check", "--baseline-from-ref", "HEAD"]) == DONE
        assert capfd.readouterr().out == "nothing new, 1 known\n"
        (root / "shop/till.py").write_text(CLASS)
        (root / "shop/orders.py").unlink()
        assert run_cli(["check", "--baseline-from-ref", "HEAD"]) == FINDINGS
        out = capfd.readouterr().out
        assert out.endswith("1 new, 1 gone\n")
        assert "baseline" not in out.lower()

    def test_what_git_tracks_counts_though_it_is_ignored(self, root: Path) -> None:
        self.commit(root)
        plant(root, {".gitignore": "orders.py\n"})
        self.commit(root)
        assert run_cli(["check", "--baseline-from-ref", "HEAD"]) == DONE

    def test_a_project_whose_root_is_a_package(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        root = plant(
            tmp_path / "shop",
            {
                "__init__.py": "",
                "bank.py": CLASS,
                "orders.py": "from shop.bank import Missing\n\nprint(Missing)\n",
            },
        )
        self.commit(root)
        monkeypatch.chdir(root)
        assert run_cli(["check", "--root", ".", "--baseline-from-ref", "HEAD"]) == DONE
        assert run_cli(["check", "--root", "."]) == FINDINGS
