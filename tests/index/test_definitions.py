"""Which statements make up a definition."""

from __future__ import annotations

import ast

import pytest
from small_tree import module_of

from consolidator.index.definitions import definition, is_import_block, is_own_logger

WHOLE = "from reg import register\n"


@pytest.mark.parametrize(
    ("text", "kind", "statements"),
    [
        ("class C: pass", "class", (0,)),
        ("def C(): pass", "function", (0,)),
        ("async def C(): pass", "function", (0,)),
        ("C = 1", "constant", (0,)),
        ("C: int = 1", "constant", (0,)),
        ("C, D = 1, 2", "constant", (0,)),
        ("x = 1\nclass C: pass\ny = 2", "class", (1,)),
        ("class C: pass\nC = wrap(C)", "class", (0, 1)),
        ("@overload\ndef C(): ...\n@overload\ndef C(): ...\ndef C(): pass", "function", (0, 1, 2)),
        ("if a:\n    class C: pass\nelse:\n    class C: pass", "class", (0,)),
        (
            "class C: pass\nx = 1\nC.x = 1\nC.y: int = 2\ndel C.z\nC.n += 1",
            "class",
            (0, 2, 3, 4, 5),
        ),
        ("class C: pass\nsetattr(C, 'x', 1)\nsetattr(D, 'x', C)", "class", (0, 1)),
        ("class C: pass\nC.x.y = 1", "class", (0, 1)),
        ("class C: pass\nC.x = D.x = 1", "class", (0,)),
        (WHOLE + "class C: pass\nregister(C)", "class", (1, 2)),
        ("def register(c): pass\nclass C: pass\nregister(C)", "class", (1,)),
        ("try:\n    from m import C\nexcept ImportError:\n    class C: pass", "class", (0,)),
        ("C = 0\ndef f():\n    global C\n    C = 1", "constant", (0,)),
    ],
)
def test_definitions(text: str, kind: str, statements: tuple[int, ...]) -> None:
    found = definition(module_of(text), "C")
    assert found is not None
    assert (found.kind, found.statements) == (kind, statements)


@pytest.mark.parametrize(
    "text",
    [
        "import C",
        "from m import C",
        "from m import *",
        "def f():\n    class C: pass",
        "try:\n    from m import C\nexcept ImportError:\n    C = None",
        "def f():\n    global C\n    C = 1",
        "print(C)",
    ],
)
def test_what_is_none(text: str) -> None:
    assert definition(module_of(text), "C") is None


def test_a_definition_knows_all_that_it_binds() -> None:
    found = definition(module_of("if a:\n    C = 1\n    D = 2"), "C")
    assert found is not None
    assert found.names == {"C", "D"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("logger = logging.getLogger(__name__)", True),
        ("log: Logger = get_logger(__name__)", True),
        ("log = structlog.get_logger(__name__).bind(a=1)", True),
        ("logger = logging.getLogger('name')", False),
        ("a = b = logging.getLogger(__name__)", False),
        ("path = resolve(__name__)", False),
        ("log: Logger", False),
    ],
)
def test_own_loggers(text: str, expected: bool) -> None:
    assert is_own_logger(ast.parse(text).body[0]) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("try:\n    import a\nexcept ImportError:\n    a = None", True),
        ("try:\n    import a\n    HAS = True\nexcept ImportError:\n    HAS = False", True),
        ("if sys.version_info > (3,):\n    from a import b\nelse:\n    from c import b", True),
        ("if TYPE_CHECKING:\n    import a", True),
        ("try:\n    import a\nexcept ImportError:\n    pass\nfinally:\n    x = 1", True),
        ("if a:\n    x = 1", False),
        ("try:\n    import a\nexcept ImportError:\n    a = make()", False),
        ("try:\n    import a\nexcept ImportError:\n    raise", False),
        ("import a", False),
    ],
)
def test_import_blocks(text: str, expected: bool) -> None:
    assert is_import_block(ast.parse(text).body[0]) is expected
