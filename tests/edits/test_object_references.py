"""Which places that reach a moved class through an object are listed, and which are not."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from consolidator.edits import object_references as subject
from consolidator.edits.object_references import (
    CANNOT_TELL,
    NOT_LEFT,
    REACHED,
    object_references,
)
from consolidator.edits.search import find_draft
from consolidator.edits.survey import survey
from consolidator.index.index import Index
from consolidator.names import ModuleName
from consolidator.plan import Move, MoveOptions
from consolidator.workspace import Workspace

BODIES = "class Planet:\n    def orbit(self):\n        return 1\n\n\nclass Star:\n    pass\n"


def listed(
    root: Path, files: Mapping[str, str], options: MoveOptions | None = None, name: str = "Planet"
) -> list[tuple[str, str]]:
    """Text of the line and note of each reference, for a move of `sky.bodies.Planet`."""
    base = {"pyproject.toml": "", "sky/__init__.py": "", "sky/bodies.py": BODIES}
    for path, content in {**base, **files}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    index = Index(Workspace.open(root))
    move = Move((name,), ModuleName("sky.bodies"), ModuleName("sky.planets"))
    draft = find_draft(survey(index, move, options or MoveOptions())).draft
    found = object_references(draft)
    assert all(r.kind == "object" and not r.rewritten for r in found)
    return [(r.location.text.strip(), r.note) for r in found]


# Somewhere the module is handed around, so that nothing is quiet only because it is not.
HANDED = {"sky/registry.py": "from sky import bodies\n\nKNOWN = [bodies]\n"}

HELD = [
    "import importlib\nimportlib.import_module('sky.bodies').Planet()\n",
    "import importlib\nimportlib.import_module('.bodies', __package__).Planet()\n",
    "from importlib import import_module\nimport_module('sky.bodies').Planet\n",
    "import importlib\nm = importlib.import_module('sky.bodies')\nm.Planet()\n",
    "import importlib\n\ndef f():\n    m = importlib.import_module('sky.bodies')\n    m.Planet()\n",
    "import importlib\ngetattr(importlib.import_module('sky.bodies'), 'Planet')\n",
    "import sys\nsys.modules['sky.bodies'].Planet()\n",
    "__import__('sky.bodies').bodies.Planet()\n",
    "__import__('sky.bodies', fromlist=['Planet']).Planet()\n",
    "from sky import bodies\ngetattr(bodies, 'Planet')\n",
    "import sky.bodies as b\n\ndef f():\n    m = b\n    m.Planet()\n",
    "from sky import bodies\nm = bodies\nm.Planet()\n",
]


@pytest.mark.parametrize("text", HELD)
def test_a_module_reached_by_name_or_variable(tmp_path: Path, text: str) -> None:
    assert listed(tmp_path, {"sky/user.py": text}) == [
        (text.strip().splitlines()[-1].strip(), REACHED)
    ]


def test_a_module_held_by_self_is_resolved(tmp_path: Path) -> None:
    text = (
        "from sky import bodies\n\n\nclass Factory:\n    def __init__(self):\n"
        "        self.helpers = bodies\n\n    def make(self):\n"
        "        getattr(self.helpers, 'Planet')\n        return self.helpers.Planet()\n"
    )
    assert listed(tmp_path, {"sky/factory.py": text}) == [
        ("getattr(self.helpers, 'Planet')", REACHED),
        ("return self.helpers.Planet()", REACHED),
    ]


def test_a_module_that_comes_in_as_a_parameter_cannot_be_told(tmp_path: Path) -> None:
    text = (
        "from sky import bodies\n\n\nclass Factory:\n    def __init__(self, module=bodies):\n"
        "        self.module = module\n\n    def make(self):\n        return self.module.Planet()\n"
    )
    [(line, note)] = listed(tmp_path, {"sky/factory.py": text})
    assert line == "return self.module.Planet()"
    assert note in {CANNOT_TELL, REACHED}


def test_a_variable_with_two_meanings_cannot_be_told(tmp_path: Path) -> None:
    text = (
        "from sky import bodies\n\n\ndef f(other, flag):\n"
        "    m = bodies if flag else other\n    return m.Planet()\n"
    )
    assert listed(tmp_path, {"sky/user.py": text})[0][0] == "return m.Planet()"


def test_the_note_tells_when_nothing_is_left_behind(tmp_path: Path) -> None:
    text = "import sys\nsys.modules['sky.bodies'].Planet()\n"
    options = MoveOptions(leave_behind="none")
    assert listed(tmp_path, {"sky/user.py": text}, options) == [
        ("sys.modules['sky.bodies'].Planet()", NOT_LEFT)
    ]


QUIET = {
    "rewritten attribute": "from sky import bodies\nbodies.Planet()\n",
    "rewritten dotted": "import sky.bodies\nsky.bodies.Planet()\n",
    "own attribute": "class A:\n    Planet = 1\n\n    def f(self):\n        return self.Planet\n",
    "inherited": "class B:\n    Planet = 1\n\n\nclass A(B):\n    def f(self):\n"
    "        return self.Planet, super().Planet\n",
    "class method": "class A:\n    @classmethod\n    def f(cls):\n        return cls.Planet\n",
    "enum": "import enum\n\n\nclass Kind(enum.Enum):\n    Planet = 1\n\n\nKind.Planet\n",
    "third party": "import numpy as np\nnp.Planet\nnp.linalg.Planet\n",
    "from third party": "from torch import nn\nnn.Planet()\n",
    "instance": "class Kind:\n    pass\n\n\nkind = Kind()\nkind.Planet\nKind().Planet\n",
    "annotated": "class Kind:\n    pass\n\n\ndef f(kind: Kind, other: 'Kind | None'):\n"
    "    return kind.Planet, other.Planet\n",
    "other module": "from sky import other\nm = other\nm.Planet\ngetattr(other, 'Planet')\n",
    "literal": "'Planet {}'.Planet\n[].Planet\n",
    "other import": "import importlib\nimportlib.import_module('sky.other').Planet\n",
    "typed by rope": "from sky.other import Box\n\n\nclass A:\n    def __init__(self):\n"
    "        self.box = Box()\n\n    def f(self):\n        return self.box.Planet\n",
    "setting": "import sys\nsys.modules['numpy'].Planet\n",
}
OTHER = "class Planet:\n    pass\n\n\nclass Box:\n    Planet = 3\n"


@pytest.mark.parametrize("text", QUIET.values(), ids=QUIET.keys())
def test_other_things_are_not_listed(tmp_path: Path, text: str) -> None:
    assert listed(tmp_path, {**HANDED, "sky/other.py": OTHER, "sky/user.py": text}) == []


UNTOLD = "def f(thing):\n    return thing.Planet()\n"


def test_what_nobody_can_tell_is_listed_when_the_module_is_handed_around(tmp_path: Path) -> None:
    found = listed(tmp_path, {**HANDED, "sky/user.py": UNTOLD})
    assert found == [("return thing.Planet()", CANNOT_TELL)]


def test_a_class_attribute_hands_the_module_around(tmp_path: Path) -> None:
    text = "def f():\n    from sky import bodies\n\n    class A:\n        module = bodies\n"
    assert listed(tmp_path, {"sky/user.py": UNTOLD, "sky/reader.py": text}) == [
        ("return thing.Planet()", CANNOT_TELL)
    ]


LOOKED_AT = [
    "from sky import bodies\n\nbodies.Star()\n",
    "from sky.bodies import Star\n",
    "import importlib\nfrom sky import bodies\n\nimportlib.reload(bodies)\n",
    "from sky import bodies\n\n\ndef f():\n    m = bodies\n    return m.Star()\n",
    "def test(patcher):\n    from sky import bodies\n\n    patcher.setattr(bodies, 'x', 1)\n",
]


@pytest.mark.parametrize("text", LOOKED_AT)
def test_nothing_is_listed_when_no_object_can_hold_the_module(tmp_path: Path, text: str) -> None:
    assert listed(tmp_path, {"sky/user.py": UNTOLD, "sky/reader.py": text}) == []


def test_rope_is_not_asked_when_no_object_can_hold_the_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*arguments: object) -> None:
        raise AssertionError

    monkeypatch.setattr(subject.Inference, "definition_at", fail)
    assert listed(tmp_path, {"sky/user.py": UNTOLD}) == []


def test_many_that_cannot_be_told_are_one_line_a_file(tmp_path: Path) -> None:
    text = "def f(thing):\n" + "    thing.Planet()\n" * 60
    assert listed(tmp_path, {**HANDED, "sky/user.py": text}) == [
        ("thing.Planet()", f"{CANNOT_TELL} (and 59 more in this file)")
    ]


def test_newlines_and_encodings_of_the_reader(tmp_path: Path) -> None:
    text = (
        "# é\r\nfrom sky import bodies\r\n\r\n\r\nclass F:\r\n    def __init__(self):\r\n"
        "        self.b = bodies\r\n\r\n    def f(self):\r\n        return 'é', self.b.Planet\r\n"
    )
    (tmp_path / "sky").mkdir()
    (tmp_path / "sky/user.py").write_bytes(text.encode())
    assert listed(tmp_path, {}) == [("return 'é', self.b.Planet", REACHED)]
