"""What users do with a class, held against what definitions offer."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from consolidator.finders.findings import Fit
from consolidator.finders.usage_fit import offers_difference, usage_fit, usage_fits
from consolidator.names import ModuleName, QualifiedName
from tests.small_tree import opened

C = QualifiedName(ModuleName("home"), "C")


def fit(root: Path, offered: str, used: str, **others: str) -> Fit:
    files = {"home.py": offered, "user.py": f"from asked import C\n{dedent(used)}"}
    files |= {f"{name}.py": text for name, text in others.items()}
    return usage_fit(opened(root, files), C, [("user.py", "C")])


def misfits(root: Path, offered: str, used: str, **others: str) -> list[str]:
    found = fit(root, offered, used, **others)
    return [f"{misfit.use} | {misfit.why}" for misfit in found.misfits]


CLIENT = """
class C:
    limit = 3

    def __init__(self, url, *, timeout=1.0):
        self.url = url

    def connect(self, retries=0): ...

    @classmethod
    def default(cls): return cls("x")

    @staticmethod
    def parse(text): ...

    @property
    def name(self): ...

    def __enter__(self): return self
    def __exit__(self, *exc): ...
"""


@pytest.mark.parametrize(
    ("used", "expected"),
    [
        ("C('u')", []),
        ("C('u', timeout=2)", []),
        ("C(*args)", []),
        ("C(**options)", []),
        ("C()", ["C() | __init__ needs 'url'"]),
        ("C('u', 2)", ["C('u', 2) | __init__ takes 1 positional argument, not 2"]),
        ("C('u', retry=1)", ["C('u', retry=1) | __init__ has no parameter 'retry'"]),
        ("C('u', url='v')", ["C('u', url='v') | __init__ gets 'url' twice"]),
        ("C(*args, retry=1)", ["C(*args, retry=1) | __init__ has no parameter 'retry'"]),
        ("C.limit", []),
        ("C.most", ["C.most | C has no most"]),
        ("C.__name__; C.__doc__; C.mro()", []),
        ("C.default().connect()", []),
        ("C.default().close()", ["C.default().close() | C has no close"]),
        ("C.parse('x')", []),
        ("C.parse()", ["C.parse() | parse needs 'text'"]),
        ("C.connect()", ["C.connect() | connect needs 'self'"]),
        ("c = C('u')\nc.connect(1)", []),
        ("C('u').connect(1, 2)", [
            "C('u').connect(1, 2) | connect takes 1 positional argument, not 2"]),
        ("c = C('u')\nc.url, c.name, c.limit", []),
        ("c = C('u')\nc.close()", ["c.close() | C has no close"]),
        ("if c := C('u'):\n    c.close()", ["c.close() | C has no close"]),
        ("with C('u') as c:\n    c.close()", ["c.close() | C has no close"]),
        ("async def f():\n    async with C('u'): ...", ["C('u') | C has no __aenter__"]),
        ("for x in C('u'): ...", ["C('u') | C has no __iter__"]),
        ("C('u')[0]", ["C('u')[0] | C has no __getitem__"]),
        ("C('u')()", ["C('u')() | C has no __call__"]),
        ("C[int]", ["C[int] | C takes no type parameters"]),
        ("try: ...\nexcept C: ...", ["C | C is no exception"]),
        ("@C\ndef f(): ...", []),
        ("@C()\ndef f(): ...", ["C() | __init__ needs 'url'", "C() | C has no __call__"]),
    ],
)  # fmt: skip
def test_calls_and_attributes(tmp_path: Path, used: str, expected: list[str]) -> None:
    assert misfits(tmp_path, CLIENT, used) == expected


@pytest.mark.parametrize(
    "used",
    [
        "class T:\n    def setup(self): self.c = C('u')\n    def test(self): self.c.close()",
        "class T:\n    c: C\n    def test(self): self.c.close()",
        "class T:\n    @property\n    def c(self): return C('u')\n"
        "    def test(self): self.c.close()",
        "def f(c: C): c.close()",
        "def f(c: 'C'): c.close()",
        "from typing import Optional\ndef f(c: Optional[C] = None): c.close()",
        "def f(c: C | None): c.close()",
        "def f(cs: list[C]):\n    for c in cs: c.close()",
        "def f(cs: list[C]): return [c.close() for c in cs]",
        "def make(): return C('u')\nmake().close()",
        "async def make(): return C('u')\nasync def f():\n    c = await make()\n    c.close()",
        "def make() -> C: ...\nmake().close()",
        "import pytest\n@pytest.fixture\ndef c(): return C('u')\ndef test(c): c.close()",
        "import pytest\n@pytest.fixture\ndef c():\n    yield C('u')\ndef test(c): c.close()",
        "import pytest\nfrom typing import Iterator\n@pytest.fixture\n"
        "def c() -> Iterator[C]:\n    yield made()\ndef test(c): c.close()",
        "import pytest\nclass TestIt:\n    @pytest.fixture\n    def c(self): return C('u')\n"
        "    def test(self, c): c.close()",
        "from contextlib import contextmanager\n@contextmanager\ndef made():\n    yield C('u')\n"
        "with made() as c: c.close()",
        "a, c = 1, C('u')\nc.close()",
        "c = None\nc = C('u')\nc.close()",
        "def f(c: C):\n    c = c or C('u')\n    c.close()",
        "c = C('u')\ndef f(): return lambda: c.close()",
        "class D(C): ...\nD()",
        "class D(C):\n    def connect(self): super().close()",
        "from unittest.mock import patch\npatch.object(C, 'close')",
        "def test(monkeypatch): monkeypatch.setattr(C, 'close', 1)",
    ],
)
def test_follows_to_a_misfit(tmp_path: Path, used: str) -> None:
    assert fit(tmp_path, CLIENT, used).verdict == "contradicts"


@pytest.mark.parametrize(
    "used",
    [
        "c = C('u')\nc = other()\nc.close()",
        "c = C('u')\nif hasattr(c, 'close'): c.close()",
        "c = C('u')\ntry: c.close()\nexcept AttributeError: ...",
        "c = C('u')\nc.close = 1\nc.close()",
        "c = C('u')\nc.__class__ = D\nc.close()",
        "c = C('u')\nsetattr(c, 'close', 1)\nc.close()",
        "c = C('u')\nprepare(c)\nx.close = 1\nc.close()",
        "def f(c: C):\n    if isinstance(c, Other): c.close()",
        "def f(c: C):\n    match c:\n        case Other(): c.close()",
        "def f(C): C.most",
        "import pytest\nwith pytest.raises(TypeError): C()",
        "import pytest\npytest.raises(TypeError, lambda: C())",
        "try: C()\nexcept TypeError: ...",
        "class D(C):\n    def __init__(self): ...\nD()",
        "class D(C):\n    def use(self): self.close()",
        "class D(C):\n    def close(self): ...\nD('u').close()",
        "class D(C, Mixin):\n    def use(self): super().close()",
        "class T:\n    c = C('u')\n    def test(self): self.c.limit; self.c.url = 1",
        "class T(made('c')):\n    def f(self): self.c = C('u')\n    def g(self): self.c.close()",
        "from __future__ import annotations\ndef f(c: C[int]): ...",
        "def f(kind: type[C]): kind()",
        "def f(c: C):\n    for x in c: ...",
        "def test(c): c.close()",
        "x: 'not a type' = 1\nC.limit",
    ],
)
def test_says_nothing_where_it_is_not_sure(tmp_path: Path, used: str) -> None:
    assert misfits(tmp_path, CLIENT, used) == []


ABSTRACT = """
from abc import ABC, abstractmethod
class C(ABC):
    @abstractmethod
    def m(self): ...
"""

OFFERS = [
    ("class C(Base): ...", "C(1).foo()", "cannot tell"),
    ("from lib import Base\nclass C(Base):\n    def m(self): ...", "C(1).m()", "fits"),
    ("from lib import Base\nclass C(Base):\n    def m(self): ...", "C(1).m(2)", "contradicts"),
    ("@decorate\nclass C: ...", "C(1).foo()", "cannot tell"),
    ("def keep(cls):\n    return cls\n@keep\nclass C: ...", "C(1)", "contradicts"),
    ("class C(metaclass=Meta): ...", "C(1).foo()", "cannot tell"),
    ("class C:\n    def __getattr__(self, name): ...", "C().foo", "fits"),
    ("class C:\n    def __getattr__(self, name): ...", "C.foo", "contradicts"),
    ("class C:\n    def f(self, n): setattr(self, n, 1)", "C().foo", "fits"),
    ("class C:\n    def f(self): setattr(self, 'foo', 1)", "C().foo", "fits"),
    ("class C:\n    def f(self): self.__dict__.update(x=1)", "C().foo", "fits"),
    ("class C:\n    def f(self): return self.__dict__.items()", "C().foo", "contradicts"),
    ("class C: ...\nC.foo = 1", "C.foo", "fits"),
    ("from dataclasses import dataclass\n@dataclass\nclass C:\n    a: int\n    b: int = 0",
     "C(1, b=2); C(a=1)", "fits"),
    ("from dataclasses import dataclass\n@dataclass\nclass C:\n    a: int", "C()", "contradicts"),
    ("from dataclasses import dataclass, field\n@dataclass\nclass C:\n"
     "    a: list = field(default_factory=list)\n    b: int = field(init=False)",
     "C()", "fits"),
    ("from dataclasses import dataclass, KW_ONLY\n@dataclass\nclass C:\n    _: KW_ONLY\n    a: int",
     "C(1)", "contradicts"),
    ("from dataclasses import dataclass\nfrom typing import ClassVar\n@dataclass\nclass C:\n"
     "    a: ClassVar[int] = 1", "C(1)", "contradicts"),
    ("from dataclasses import dataclass\n@dataclass\nclass B:\n    a: int\n"
     "@dataclass\nclass C(B):\n    b: int", "C(1, 2)", "fits"),
    ("from dataclasses import dataclass\n@dataclass(init=False)\nclass C:\n    a: int",
     "C(1)", "contradicts"),
    ("from attrs import define\n@define\nclass C:\n    _a: int", "C(a=1)", "fits"),
    ("from attrs import define\n@define\nclass C:\n    a: int", "C(b=1)", "contradicts"),
    ("from typing import NamedTuple\nclass C(NamedTuple):\n    a: int\n    b: int = 0",
     "C(1)._replace(b=1)", "fits"),
    ("from typing import NamedTuple\nclass C(NamedTuple):\n    a: int", "C()", "contradicts"),
    ("from typing import TypedDict\nclass C(TypedDict):\n    a: int", "C(b=1).keys()", "fits"),
    ("from pydantic import BaseModel\nclass C(BaseModel):\n    a: int\n    b: int = 0",
     "C(a=1).model_dump()", "fits"),
    ("from pydantic import BaseModel\nclass C(BaseModel):\n    a: int", "C()", "contradicts"),
    ("from pydantic import BaseModel\nclass C(BaseModel):\n    a: int", "C(1)", "contradicts"),
    ("from pydantic import BaseModel, Field\nclass C(BaseModel):\n    a: int = Field(1, gt=0)\n"
     "    b: int = Field(alias='c')", "C()", "fits"),
    ("from enum import Enum\nclass C(Enum):\n    A = 1",
     "C('a'); C.A; C['A']; C.__members__; [c.value for c in C]", "fits"),
    ("from enum import Enum\nclass C(Enum):\n    A = 1", "C.B", "contradicts"),
    ("class C(Exception): ...", "raise C('x', 1)\ntry: ...\nexcept C: ...", "fits"),
    ("class C(Exception): ...", "raise C(code=1)", "contradicts"),
    (ABSTRACT, "C()", "contradicts"),
    (ABSTRACT, "class D(C):\n    def m(self): ...\nD()", "fits"),
    ("from typing import Protocol\nclass C(Protocol): ...", "C()", "contradicts"),
    ("from typing import Generic, TypeVar\nT = TypeVar('T')\nclass C(Generic[T]): ...",
     "C[int]()", "fits"),
    ("class C:\n    def __new__(cls, a): return object.__new__(cls)", "C(1); C(1).foo",
     "contradicts"),
    ("class C:\n    def __new__(cls, a): return make(a)", "C(1).foo", "fits"),
    ("class C:\n    _instance = None\n    def __new__(cls, *args):\n"
     "        if cls._instance is None: cls._instance = super().__new__(cls)\n"
     "        return cls._instance\n    def __init__(self): ...", "C(1)", "contradicts"),
    ("import elsewhere\nclass C(elsewhere.Base): ...", "C().base()", "cannot tell"),
    ("def C(a): ...", "C(1)", "fits"),
    ("def C(a): ...", "C()", "contradicts"),
    ("def C(a): ...", "class D(C): ...", "contradicts"),
    ("@decorate\ndef C(a): ...", "C()", "cannot tell"),
    ("C = make()", "C(1)", "cannot tell"),
    ("class C:\n    def m(data): ...", "C().m(1)", "fits"),
    ("class C:\n    def __get__(self, *a): ...", "class K:\n    c = C()\n"
     "    def f(self): self.c.foo", "fits"),
    ("class C:\n    @wrap\n    def m(self): ...", "C().m(1, 2)", "fits"),
    ("if x:\n    class C: ...\nelse:\n    class C:\n        def m(self): ...", "C().m()",
     "cannot tell"),
]  # fmt: skip


@pytest.mark.parametrize(("offered", "used", "verdict"), OFFERS)
def test_what_definitions_offer(tmp_path: Path, offered: str, used: str, verdict: str) -> None:
    assert fit(tmp_path, offered, used).verdict == verdict


def test_offers_through_bases_in_other_modules(tmp_path: Path) -> None:
    offered = "from pkg import Base\nclass C(Base): ..."
    base = "class Base:\n    def __init__(self, a): self.a = a"
    files = {"pkg/__init__.py": "from .base import *", "pkg/base.py": base, "home.py": offered}
    index = opened(tmp_path, files | {"user.py": "from x import C\nC(1).a\nC(1).b\nC()"})
    found = usage_fit(index, C, [("user.py", "C")])
    assert [misfit.why for misfit in found.misfits] == ["C has no b", "__init__ needs 'a'"]


def test_a_declared_value_may_be_of_a_subclass(tmp_path: Path) -> None:
    used = "def f(c: C): c.extra(), c.none()"
    more = "from home import C\nclass D(C):\n    def extra(self): ..."
    assert misfits(tmp_path, "class C: ...", used, more=more) == ["c.none() | C has no none"]


def test_the_original_case(tmp_path: Path) -> None:
    offered = """
        class WebSocketAuthTester:
            def __init__(self):
                self.connections = []

            async def authenticate_and_connect(self, token): ...
        """
    used = """
        async def establish(tier):
            from helpers.auth import WebSocketAuthTester, AuthTestConfig

            auth_config = AuthTestConfig()
            tester = WebSocketAuthTester(
                auth_config,
            )
            return await tester.connect_authenticated_websocket()
        """
    index = opened(tmp_path, {"tests/test_ws.py": offered, "tests/user.py": used})
    home = QualifiedName(ModuleName("tests.test_ws"), "WebSocketAuthTester")
    found = usage_fit(index, home, [("tests/user.py", "WebSocketAuthTester")])
    assert found.verdict == "contradicts"
    first, second = found.misfits
    assert (first.location.line, first.location.text) == (6, "tester = WebSocketAuthTester(")
    assert first.use == "WebSocketAuthTester(auth_config)"
    assert first.why == "__init__ takes no positional argument, not 1"
    assert second.use == "tester.connect_authenticated_websocket()"
    assert second.why == "WebSocketAuthTester has no connect_authenticated_websocket"


def test_imports_of_another_class_do_not_count(tmp_path: Path) -> None:
    used = """
        def one():
            from pkg.missing import C
            C.foo

        def two():
            from other import C
            C.bar
        """
    files = {"home.py": "class C: ...", "other.py": "class C: bar = 1", "user.py": used}
    files["pkg/__init__.py"] = ""
    found = usage_fit(opened(tmp_path, files), C, [("user.py", "C")])
    assert [misfit.use for misfit in found.misfits] == ["C.foo"]


def test_cannot_tell_says_why(tmp_path: Path) -> None:
    assert fit(tmp_path, "class C: ...", "").unknown == "nothing is done with it"
    found = fit(tmp_path, "class C(Base): ...", "C()")
    assert found.unknown == "its base Base is not a class of the project"


@pytest.mark.parametrize("text", ["def broken(:", "caf\xe9 = 1"])
def test_a_user_that_cannot_be_read_is_passed_over(tmp_path: Path, text: str) -> None:
    files = {"home.py": "class C: ...", "user.py": text.encode("latin-1"), "good.py": "C()"}
    index = opened(tmp_path, files)
    found = usage_fit(index, C, [("user.py", "C"), ("good.py", "C")])
    assert found.verdict == "cannot tell"
    assert "user.py" in index.unreadable


def test_many_at_once(tmp_path: Path) -> None:
    files = {"home.py": "class C: ...\nclass D: ...", "user.py": "from x import C, D\nC()\nD(1)"}
    d = QualifiedName(ModuleName("home"), "D")
    users = [("user.py", "C")], [("user.py", "D")]
    found = usage_fits(opened(tmp_path, files), [(C, users[0]), (d, users[1])])
    assert [one.verdict for one in found] == ["fits", "contradicts"]


def test_difference_of_two_classes(tmp_path: Path) -> None:
    text = """
        class B:
            def shared(self): ...

        class C(B):
            x = 1

        class D:
            def __init__(self): self.y = 1
            def shared(self): ...
        """
    index = opened(tmp_path, {"home.py": text})
    d = QualifiedName(ModuleName("home"), "D")
    assert offers_difference(index, C, d) == (("x",), ("__init__", "y"))
