"""The choice of a home: what is excluded and why, what decides, and what is left to a person."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from small_tree import opened

from consolidator.finders.findings import Definer
from consolidator.finders.scene import Scene
from consolidator.index.outlining import outline_all
from consolidator.names import ModuleName, QualifiedName
from consolidator.plan.choice import HomeChoice
from consolidator.plan.ground import Ground
from consolidator.plan.home import Question, choose_home

CLASS = "class C:\n    x = 1\n"


def ground_of(root: Path, files: dict[str, str]) -> Ground:
    index = opened(root, files)
    return Ground(Scene(index, outline_all(index)))


def question(ground: Ground, *modules: str, **more: object) -> Question:
    copies = []
    for module in modules:
        path = ground.path_of(module)
        assert path is not None
        found = next(c for c in ground.scene.outlines[path].classes if c.name == "C")
        name = QualifiedName(ModuleName(module), "C")
        copies.append(Definer(name, path, found.first_line, found.last_line))
    return Question("C", tuple(copies), **more)  # type: ignore[arg-type]


def chosen(root: Path, files: dict[str, str], *modules: str, **more: object) -> HomeChoice:
    ground = ground_of(root, {**dict.fromkeys(_paths(modules), CLASS), **files})
    return choose_home(ground, question(ground, *modules, **more))


def _paths(modules: tuple[str, ...]) -> list[str]:
    return [module.replace(".", "/") + ".py" for module in modules]


def users(count: int, module: str, name: str = "user") -> dict[str, str]:
    return {f"{name}{number}.py": f"from {module} import C\n" for number in range(count)}


def test_three_importers_against_one(tmp_path: Path) -> None:
    files = users(3, "a.one") | users(1, "b.two", "other")
    choice = chosen(tmp_path, files, "a.one", "b.two")
    assert choice.best is not None and choice.best.module == "a.one" and not choice.doubt
    assert choice.margin == "runner-up b.two: importers 3 against 1"


@pytest.mark.parametrize(("ours", "theirs"), [(3, 2), (2, 2), (0, 0)])
def test_a_small_margin_is_no_choice(tmp_path: Path, ours: int, theirs: int) -> None:
    files = users(ours, "a.one") | users(theirs, "b.two", "other")
    choice = chosen(tmp_path, files, "a.one", "b.two")
    assert len(choice.ranked) == 2 and choice.doubt


def test_weak_criteria_rank_and_do_not_decide(tmp_path: Path) -> None:
    choice = chosen(tmp_path, {}, "a.deep.er.one", "b.two")
    assert choice.best is not None and choice.best.module == "b.two"
    assert choice.doubt == "nothing tells b.two and a.deep.er.one apart"


def test_shared_module(tmp_path: Path) -> None:
    choice = chosen(tmp_path, {}, "a.one", "a.types")
    assert choice.best is not None and choice.best.module == "a.types" and not choice.doubt


def test_importers_against_a_name(tmp_path: Path) -> None:
    files = {"a/__init__.py": "from .types import C\n"} | users(3, "b.two")
    choice = chosen(tmp_path, files, "a.types", "b.two")
    assert "more files import it from b.two: 3 against 1" in choice.doubt


def test_re_export(tmp_path: Path) -> None:
    files = {"a/__init__.py": "from .one import C\n"}
    choice = chosen(tmp_path, files, "a.one", "b.two")
    assert choice.best is not None and choice.best.module == "a.one" and not choice.doubt
    assert "a/__init__.py:1 re-exports it from there" in choice.best.evidence


def test_importers_through_a_re_export_count(tmp_path: Path) -> None:
    files = {"a/__init__.py": "from a.one import *\n", "b/__init__.py": ""} | users(3, "a")
    choice = chosen(tmp_path, files, "a.one", "b.two")
    assert choice.best is not None and choice.best.module == "a.one"
    assert "imported by 3 files" in choice.best.evidence


def test_pinned(tmp_path: Path) -> None:
    pin = '[tool.consolidate.homes]\nC = "b.new"\n'
    choice = chosen(tmp_path, {"pyproject.toml": pin} | users(9, "a.one"), "a.one", "b.two")
    assert choice.best is not None and choice.best.module == "b.new" and not choice.doubt


def test_test_code_is_no_home_for_others(tmp_path: Path) -> None:
    files = users(1, "app.core")
    choice = chosen(tmp_path, files, "app.core", "tests.helpers")
    assert [c.module for c in choice.ranked] == ["app.core"] and not choice.doubt
    assert choice.excluded[0].excluded.startswith("it is test code, and app/core.py")


def test_a_test_module_is_no_home_at_all(tmp_path: Path) -> None:
    choice = chosen(tmp_path, {}, "tests.test_a", "tests.test_b")
    assert "is a test module" in choice.doubt


def test_asked_for_counts_where_the_copies_are_in_no_place(tmp_path: Path) -> None:
    asked = {"asked": ((ModuleName("shared.helpers"), 1),), "askers": ("tests/user.py",)}
    files = {"shared/helpers.py": "", "tests/user.py": "from shared.helpers import C\n"}
    choice = chosen(tmp_path / "a", files, "tests.test_a", **asked)
    assert choice.best is not None and choice.best.module == "shared.helpers" and not choice.doubt
    choice = chosen(tmp_path / "b", files, "app.core", **asked)
    assert choice.best is not None and choice.best.module == "app.core"


def test_layer_rule(tmp_path: Path) -> None:
    rule = "[importlinter:contract:x]\nname = Down\ntype = layers\nlayers =\n app.web\n app.core\n"
    files = {"setup.cfg": rule, "app/core/user.py": "from app.web.one import C\n"}
    choice = chosen(tmp_path, files, "app.web.one", "app.core.two")
    assert [c.module for c in choice.ranked] == ["app.core.two"]
    assert choice.excluded[0].excluded == (
        "the layer rule 'Down' forbids app.core.two to import app.web.one"
    )


def test_layer_rule_on_what_the_class_needs(tmp_path: Path) -> None:
    rule = (
        "[importlinter:contract:x]\nname = Down\ntype = forbidden\n"
        "source_modules = low\nforbidden_modules = app\n"
    )
    files = {
        "setup.cfg": rule,
        "app/base.py": "class B: pass\n",
        "low/helpers.py": "",
        "tests/test_a.py": "from app.base import B\n\nclass C(B):\n    pass\n",
    }
    asked = {"asked": ((ModuleName("low.helpers"), 1),), "askers": ("tests/user.py",)}
    choice = chosen(tmp_path, files | {"tests/user.py": ""}, "tests.test_a", **asked)
    assert [c.excluded for c in choice.excluded] == [
        "the layer rule 'Down' forbids low.helpers to import app.base"
    ]


def test_layers_as_they_are(tmp_path: Path) -> None:
    files = {"app/web/three.py": "from app.core.base import B\n", "app/core/base.py": "B = 1\n"}
    files["app/core/user.py"] = "from app.core.two import C\n"
    choice = chosen(tmp_path, files, "app.web.one", "app.core.two")
    assert [c.module for c in choice.ranked] == ["app.core.two"] and not choice.doubt
    assert "nothing in app.core imports app.web" in choice.excluded[0].excluded


def test_what_is_left_over_is_not_chosen(tmp_path: Path) -> None:
    choice = chosen(tmp_path, {"user.py": "x = 1\n"}, "app.core", "tests.helpers")
    assert choice.best is not None and "nothing speaks for app.core" in choice.doubt


def test_a_name_is_too_weak_against_importers(tmp_path: Path) -> None:
    files = users(2, "a.types") | users(2, "b.two", "other")
    assert "nothing tells" in chosen(tmp_path, files, "a.types", "b.two").doubt


def test_services(tmp_path: Path) -> None:
    config = '[tool.consolidate]\nservices = ["billing", "orders"]\n'
    choice = chosen(tmp_path, {"pyproject.toml": config}, "billing.one", "orders.two")
    assert not choice.ranked and choice.doubt == "no module passes as its home"
    assert len(choice.excluded) == 2


def test_a_file_that_does_not_parse(tmp_path: Path) -> None:
    asked = {"asked": ((ModuleName("bad"), 5),), "askers": ("user.py",)}
    choice = chosen(tmp_path, {"bad.py": "def (:\n", "user.py": ""}, "tests.test_a", **asked)
    assert any(c.excluded == "bad.py cannot be read" for c in choice.excluded)


def test_the_order_of_copies_does_not_matter(tmp_path: Path) -> None:
    modules = [f"p{n}.m" for n in range(5)]
    files = dict.fromkeys(_paths(tuple(modules)), CLASS)
    ground = ground_of(tmp_path, files | users(2, "p3.m"))
    answers = set()
    for seed in range(5):
        random.Random(seed).shuffle(modules)
        choice = choose_home(ground, question(ground, *modules))
        answers.add((tuple(c.module for c in choice.ranked), choice.doubt, choice.margin))
    assert len(answers) == 1
