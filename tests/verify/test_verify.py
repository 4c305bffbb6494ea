"""Checks that run code: on copies, before and after, with new failures told from old ones."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from consolidator.cli import DONE, REFUSED, USAGE, run_cli
from consolidator.errors import UsageError
from consolidator.verify import Check, CheckResult, verify
from consolidator.verify.failure import Failure
from consolidator.verify.tree_copy import tree_copy
from consolidator.workspace.changes import FileChange

SHOP = {
    "shop/__init__.py": "",
    "shop/orders.py": "class Invoice:\n    pass\n",
    "shop/broken.py": "import nothing_of_this_name\n",
    "shop/slow.py": "import time\ntime.sleep(30)\n",
}


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    for path, text in SHOP.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    return root


def change(root: Path, path: str, text: str | None) -> FileChange:
    file = root / path
    before = file.read_bytes() if file.exists() else None
    return FileChange(path, before, None if text is None else text.encode())


def run(root: Path, changes: list[FileChange], check: str, seconds: float = 60) -> CheckResult:
    modules = {c.path: c.path.removesuffix(".py").replace("/", ".") for c in changes}
    (result,) = verify(
        root,
        [""],
        modules,
        changes,
        [Check.named(check)],
        python=Path(sys.executable),
        seconds=seconds,
    )
    return result


def test_imports_that_work_pass(shop: Path) -> None:
    result = run(shop, [change(shop, "shop/orders.py", "X = 1\n")], "imports")
    assert result.passed
    assert not result.old


def test_an_import_that_fails_only_after_is_new(shop: Path) -> None:
    result = run(shop, [change(shop, "shop/orders.py", "from shop import no_such\n")], "imports")
    (failure,) = result.new
    assert failure.what == "shop.orders"
    assert failure.message.startswith("ImportError: cannot import name 'no_such'")
    assert failure.place == "shop/orders.py:1"


def test_an_import_that_failed_before_is_told_apart(shop: Path) -> None:
    text = "# moved a line down\n\nimport nothing_of_this_name\n"
    result = run(shop, [change(shop, "shop/broken.py", text)], "imports")
    assert result.passed
    assert [failure.what for failure in result.old] == ["shop.broken"]


def test_another_error_than_before_is_new(shop: Path) -> None:
    text = "import something_else\nimport nothing_of_this_name\n"
    result = run(shop, [change(shop, "shop/broken.py", text)], "imports")
    assert [failure.what for failure in result.new] == ["shop.broken"]


def test_an_import_that_does_not_end_is_stopped(shop: Path) -> None:
    changes = [change(shop, "shop/orders.py", "import time\ntime.sleep(30)\n")]
    result = run(shop, changes, "imports", seconds=1)
    assert [failure.message for failure in result.new] == ["did not end within 1 s"]


def test_an_interpreter_that_is_killed_is_a_failure(shop: Path) -> None:
    changes = [change(shop, "shop/orders.py", "import os\nos._exit(7)\n")]
    (failure,) = run(shop, changes, "imports").new
    assert "ended with 7" in failure.message


def test_a_module_that_exits_is_no_import(shop: Path) -> None:
    changes = [change(shop, "shop/orders.py", "raise SystemExit(0)\n")]
    assert run(shop, changes, "imports").new


def test_an_installed_version_says_nothing(
    shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "installed" / "shop"
    other.mkdir(parents=True)
    (other / "__init__.py").write_text("")
    (other / "orders.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", str(other.parent))
    changes = [change(shop, "shop/orders.py", "")]
    modules = {"shop/orders.py": "shop.orders"}
    (result,) = verify(
        shop, ["src"], modules, changes, [Check("imports")], python=Path(sys.executable)
    )
    assert [failure.what for failure in result.old] == ["shop.orders"]
    assert "shadows the project" in result.old[0].message


def test_a_command_that_passes(shop: Path) -> None:
    assert run(shop, [change(shop, "shop/orders.py", "")], "test -f shop/orders.py").passed


def test_a_command_sees_the_change_and_not_the_tree(shop: Path) -> None:
    changes = [change(shop, "shop/new.py", "x = 1\n"), change(shop, "shop/slow.py", None)]
    result = run(shop, changes, "test -f shop/new.py && test ! -e shop/slow.py && touch mark")
    assert result.passed
    assert not (shop / "mark").exists()
    assert (shop / "shop/slow.py").exists()


def test_a_command_that_failed_before_says_nothing(shop: Path) -> None:
    result = run(shop, [change(shop, "shop/orders.py", "")], "exit 3")
    assert result.passed
    assert [failure.message for failure in result.old] == ["exits with 3"]


def test_tests_that_the_command_names_are_compared_one_by_one(shop: Path) -> None:
    command = (
        "echo 'FAILED tests/test_a.py::test_old - AssertionError'; "
        "grep -q Invoice shop/orders.py || echo 'FAILED tests/test_a.py::test_new - KeyError'; "
        "exit 1"
    )
    result = run(shop, [change(shop, "shop/orders.py", "")], command)
    assert [failure.what for failure in result.new] == ["tests/test_a.py::test_new"]
    assert [failure.what for failure in result.old] == ["tests/test_a.py::test_old"]


def test_what_unittest_names_is_compared_too(shop: Path) -> None:
    command = "grep -q Invoice shop/orders.py || { echo 'FAIL: test_x (tests.A)'; exit 1; }"
    result = run(shop, [change(shop, "shop/orders.py", "")], command)
    assert [failure.what for failure in result.new] == ["test_x (tests.A)"]


def test_a_command_that_does_not_end_is_stopped_with_its_children(shop: Path) -> None:
    changes = [change(shop, "shop/orders.py", "")]
    result = run(shop, changes, "grep -q Invoice shop/orders.py || sleep 30", seconds=1)
    assert [failure.message for failure in result.new] == ["did not end within 1 s"]


def mypy_project(root: Path) -> None:
    (root / "mypy.ini").write_text("[mypy]\n")
    (root / "shop/orders.py").write_text("class Invoice:\n    net: int = 'old'\n")


def test_only_new_diagnostics_count(shop: Path) -> None:
    mypy_project(shop)
    text = "import os\n\n\nclass Invoice:\n    net: int = 'old'\n\n\nx: str = 1\n"
    result = run(shop, [change(shop, "shop/orders.py", text)], "types")
    assert [failure.place for failure in result.new] == ["shop/orders.py:8"]
    assert [failure.what for failure in result.old] == ["assignment"]


def test_a_diagnostic_that_moves_with_its_class_is_old(shop: Path) -> None:
    mypy_project(shop)
    moved = [
        change(shop, "shop/orders.py", "from shop.billing import Invoice as Invoice\n"),
        change(shop, "shop/billing.py", "class Invoice:\n    net: int = 'old'\n"),
    ]
    result = run(shop, moved, "types")
    assert result.passed
    assert len(result.old) == 1


def test_a_project_without_a_type_checker(shop: Path) -> None:
    with pytest.raises(UsageError, match="configures no type checker"):
        run(shop, [change(shop, "shop/orders.py", "")], "types")


def test_an_interpreter_that_is_none(shop: Path) -> None:
    with pytest.raises(UsageError, match="not an interpreter"):
        verify(shop, [""], {}, [], [Check.named("imports")], python=Path("/no/such/python"))


def test_the_copy_leaves_out_what_is_big_and_keeps_what_is_ignored(shop: Path) -> None:
    for path in (".git/HEAD", "env/pyvenv.cfg", "node_modules/x.js", ".env", "data/big.csv"):
        (shop / path).parent.mkdir(parents=True, exist_ok=True)
        (shop / path).write_text("x")
    with tree_copy(shop) as copy:
        kept = {str(p.relative_to(copy.path)) for p in copy.path.rglob("*") if p.is_file()}
        folder = copy.path
    assert {".env", "data/big.csv", "shop/orders.py"} <= kept
    assert not any(path.startswith((".git", "env/", "node_modules")) for path in kept)
    assert not folder.exists()


@pytest.mark.skipif(os.name == "nt", reason="symbolic links")
def test_links_into_the_tree_lead_into_the_copy(shop: Path) -> None:
    (shop / "absolute").symlink_to(shop / "shop/orders.py")
    (shop / "relative").symlink_to("shop/orders.py")
    with tree_copy(shop) as copy:
        (copy.path / "absolute").write_text("changed")
        assert (copy.path / "relative").read_text() == "changed"
    assert (shop / "shop/orders.py").read_text() == SHOP["shop/orders.py"]


def test_a_failure_is_the_same_in_another_place() -> None:
    one = Failure("rule", 'Argument 1 to "f" of "shop.orders.Invoice" at line 3', "a.py:3")
    two = Failure("rule", 'Argument 1 to "f" of "shop.billing.Invoice" at line 40', "b.py:40")
    assert one.key == two.key
    assert one.key != Failure("rule", 'Argument 2 to "f" of "shop.orders.Invoice"').key


# -- the command -------------------------------------------------------------------------------


def move(shop: Path, *more: str) -> int:
    return run_cli(
        ["move", "Invoice", "--to", "shop.billing", "--root", str(shop), "--no-cache", *more]
    )


def test_a_move_with_all_checks(shop: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (shop / "mypy.ini").write_text("[mypy]\n")
    checks = ["--verify", "imports", "--verify", "types", "--verify", "true"]
    assert move(shop, *checks, "--python", sys.executable) == DONE
    said = capsys.readouterr().err
    assert "verified: import of 2 modules: passed" in said
    assert "verified: mypy: passed" in said
    assert "verified: true: passed" in said
    assert (shop / "shop/billing.py").exists()


def test_a_new_failure_means_that_nothing_is_written(
    shop: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (shop / "tests").mkdir()
    before = {path: path.read_bytes() for path in shop.rglob("*") if path.is_file()}
    assert move(shop, "--verify", "test ! -e shop/billing.py") == REFUSED
    assert "verify-failed" in capsys.readouterr().err
    assert {path: path.read_bytes() for path in shop.rglob("*") if path.is_file()} == before


def test_options_of_checks_need_a_check(shop: Path) -> None:
    assert move(shop, "--python", sys.executable) == USAGE
