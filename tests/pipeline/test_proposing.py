"""From a project to a plan: what is sure has been carried out in memory."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_tree import plant

from consolidator.cli import DONE, USAGE, run_cli
from consolidator.pipeline.proposing import propose
from consolidator.plan.document import parse_plan, plan_text
from consolidator.workspace import Workspace

CLASS = "class Invoice:\n    def total(self):\n        return 2\n\n    def half(self): ...\n"
TREE = {
    "shop/__init__.py": "",
    "shop/types.py": CLASS,
    "shop/cart.py": CLASS,
    "shop/user.py": "from shop.types import Invoice\n\nprint(Invoice().total())\n",
    "shop/other.py": "from shop.types import Lost\n",
}
CYCLE = {
    "shop/__init__.py": "",
    # the home needs the module of the copy before it defines the class
    "shop/between.py": "from shop.cart import LIMIT as LIMIT\n",
    "shop/types.py": "from shop.between import LIMIT\n\n\n" + CLASS + "\n\nprint(LIMIT)\n",
    "shop/cart.py": CLASS + "\n\nFIRST = Invoice()\nLIMIT = FIRST.total()\n",
    "shop/user.py": "from shop.types import Invoice\n\nprint(Invoice().total())\n",
    "shop/more.py": "from shop.types import Invoice\n\nprint(Invoice().total())\n",
}


def test_a_plan_with_fingerprints(tmp_path: Path) -> None:
    plan = propose(Workspace.open(plant(tmp_path, TREE)), use_cache=False).plan
    (entry,) = plan.merge
    assert entry.home == "shop.types" and len(entry.fingerprint) == 12
    assert parse_plan(plan_text(plan)).merge[0].fingerprint == entry.fingerprint


def test_paths_restrict_what_is_proposed(tmp_path: Path) -> None:
    workspace = Workspace.open(plant(tmp_path, TREE))
    assert not propose(workspace, ["shop/other.py"], use_cache=False).plan.merge
    assert propose(workspace, ["shop/cart.py"], use_cache=False).plan.merge


def test_what_refuses_is_left_to_a_person(tmp_path: Path) -> None:
    plan = propose(Workspace.open(plant(tmp_path, CYCLE)), use_cache=False).plan
    assert not plan.merge
    (item,) = [item for item in plan.undecided if "Invoice" in item.title]
    assert "tried, and refused (import-cycle)" in item.evidence[-1]
    assert "tried, and refused" in item.choices[-1].evidence[-1]


def test_a_read_only_file_is_said(tmp_path: Path) -> None:
    root = plant(tmp_path, TREE)
    (root / "shop/cart.py").chmod(0o444)
    proposed = propose(Workspace.open(root), use_cache=False)
    assert proposed.plan.merge and "would be refused" in proposed.notes[0]


def test_the_same_plan_every_time(tmp_path: Path) -> None:
    root = plant(tmp_path, TREE)
    texts = {plan_text(propose(Workspace.open(root)).plan) for _ in range(2)}
    assert len(texts) == 1


def test_unreadable_layer_rules_are_said(tmp_path: Path) -> None:
    proposed = propose(Workspace.open(plant(tmp_path, {**TREE, "tach.toml": "[["})))
    assert proposed.notes[0].startswith("not read: tach.toml")


def test_command(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    root = plant(tmp_path / "p", TREE)
    assert run_cli(["plan", "--root", str(root), "--no-cache"]) == DONE
    out, err = capfdbinary.readouterr()
    assert parse_plan(out.decode()).merge and b"sure: 1 entry (1 merge)" in err
    target = tmp_path / "plan.toml"
    for _ in range(2):  # a plan may be written over
        assert run_cli(["plan", "--root", str(root), "-o", str(target)]) == DONE
    assert target.read_bytes() == out
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["plan.toml"]


def test_it_writes_over_plans_only(tmp_path: Path) -> None:
    root = plant(tmp_path / "p", TREE)
    target = root / "pyproject.toml"
    target.write_text("[project]\nname = 'x'\n")
    assert run_cli(["plan", "--root", str(root), "-o", str(target)]) == USAGE
    assert "[project]" in target.read_text()
    assert run_cli(["plan", "--root", str(root), "-o", str(tmp_path)]) == USAGE
    assert run_cli(["plan", "--root", str(root), "-o", str(target), "--force"]) == DONE
    assert "[[merge]]" in target.read_text()


def test_json(tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    import json

    root = plant(tmp_path, TREE)
    assert run_cli(["plan", "--root", str(root), "--format", "json"]) == DONE
    report = json.loads(capfdbinary.readouterr().out)
    assert report["version"] == 1
    (entry,) = report["entries"]
    assert entry["kind"] == "merge" and entry["home"] == "shop.types" and entry["evidence"]
