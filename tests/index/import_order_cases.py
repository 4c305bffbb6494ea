"""Small trees, what is imported first, and what CPython and the simulation must both say.

A tree is one text: `== a/b.py` begins a file. `expected` is "" for an import that succeeds, else
the kind of failure and the name: "missing name C".
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Case:
    """One tree and one first import."""

    name: str
    first: str
    expected: str
    tree: str

    @property
    def files(self) -> dict[str, str]:
        """The files by path."""
        parts = f"\n{self.tree}".split("\n== ")[1:]
        return {part.partition("\n")[0].strip(): part.partition("\n")[2] for part in parts}


_SHAPES = """
== base.py
from leaf import helper
class Base: pass
== leaf.py
from base import Base
def helper(): return Base
"""

_PACKAGE = """
== pkg/__init__.py
from pkg.a import A
== pkg/a.py
from pkg.b import B
class A(B): pass
== pkg/b.py
import pkg
class B:
    def make(self): return pkg.A
"""

CASES = [
    Case("a cycle asks for a name too early", "base", "missing name Base", _SHAPES),
    Case("and from its other end", "leaf", "missing name helper", _SHAPES),
    Case("a cycle through attributes used later", "pkg.b", "", _PACKAGE),
    Case(
        "an import at the end closes no cycle",
        "a",
        "",
        """
== a.py
class A: pass
from b import B
== b.py
from a import A
class B(A): pass
""",
    ),
    Case(
        "but from the other end it does",
        "b",
        "missing name B",
        """
== a.py
class A: pass
from b import B
== b.py
from a import A
class B(A): pass
""",
    ),
    Case(
        "an attribute of a module that is not there yet",
        "a",
        "missing attribute A",
        """
== a.py
import b
class A: pass
== b.py
import a
class B(a.A): pass
""",
    ),
    Case(
        "an attribute used only when called",
        "a",
        "",
        """
== a.py
import b
class A: pass
== b.py
import a
def make(): return a.A
make_later = lambda: a.A
""",
    ),
    Case(
        "import a.b as x falls back to sys.modules",
        "pkg.one",
        "",
        """
== pkg/__init__.py
== pkg/one.py
import pkg.two
ONE = 1
== pkg/two.py
import pkg.one as one
def get(): return one.ONE
""",
    ),
    Case(
        "from pkg import sub falls back to sys.modules",
        "pkg.one",
        "",
        """
== pkg/__init__.py
== pkg/one.py
import pkg.two
== pkg/two.py
from pkg import one
""",
    ),
    Case(
        "a submodule is its parent's attribute only when it is finished",
        "pkg.one",
        "missing attribute one",
        """
== pkg/__init__.py
== pkg/one.py
ONE = 1
import pkg.two
== pkg/two.py
import pkg.one
TWO = pkg.one.ONE
""",
    ),
    Case(
        "import a alone does not make a.b reachable",
        "user",
        "missing attribute b",
        """
== a/__init__.py
== a/b.py
X = 1
== user.py
import a
a.b.X
""",
    ),
    Case(
        "somebody else's import makes a.b reachable",
        "user",
        "",
        """
== a/__init__.py
== a/b.py
X = 1
== other.py
import a.b
== user.py
import other
import a
a.b.X
""",
    ),
    Case(
        "from pkg import sub imports the submodule",
        "user",
        "",
        """
== pkg/__init__.py
== pkg/sub.py
X = 1
== user.py
from pkg import sub
sub.X
""",
    ),
    Case(
        "a name of the package hides the submodule",
        "user",
        "missing attribute X",
        """
== pkg/__init__.py
import json as sub
== pkg/sub.py
X = 1
== helper.py
Y = 2
== user.py
import helper as sub
from pkg import sub as package_sub
sub.X
""",
    ),
    Case(
        "a submodule replaces a name of its package",
        "user",
        "missing attribute run",
        """
== pkg/__init__.py
class sub:
    run = 1
== pkg/sub.py
X = 1
== user.py
import pkg
import pkg.sub
pkg.sub.run
""",
    ),
    Case(
        "a missing submodule",
        "a",
        "missing module pkg.gone",
        "== a.py\nimport pkg.gone\n== pkg/__init__.py\n",
    ),
    Case(
        "a missing name",
        "a",
        "missing name gone",
        "== a.py\nfrom pkg import gone\n== pkg/__init__.py\n",
    ),
    Case("no package", "a", "missing module b.c", "== a.py\nimport b.c\n== b.py\nc = 1\n"),
    Case(
        "relative imports",
        "pkg.sub.one",
        "",
        """
== pkg/__init__.py
== pkg/names.py
N = 1
== pkg/sub/__init__.py
from .. import names
== pkg/sub/one.py
from ..names import N
from . import two
from .two import T
== pkg/sub/two.py
T = 1
""",
    ),
    Case(
        "above the top",
        "pkg.a",
        "raise ImportError",
        "== pkg/__init__.py\n== pkg/a.py\nfrom ... import x\n",
    ),
    Case(
        "a namespace package",
        "space.user",
        "",
        """
== space/one.py
X = 1
== space/user.py
from space import one
import space.one
space.one.X
""",
    ),
    Case(
        "star import without __all__",
        "user",
        "unbound name _hidden",
        "== m.py\nshown = 1\n_hidden = 2\n== user.py\nfrom m import *\nshown\n_hidden\n",
    ),
    Case(
        "star import with __all__",
        "user",
        "unbound name other",
        """
== m.py
__all__ = ['_hidden']
other = 1
_hidden = 2
== user.py
from m import *
_hidden
other
""",
    ),
    Case(
        "a name in __all__ that is not there",
        "user",
        "missing attribute gone",
        "== m.py\n__all__ = ['gone']\n== user.py\nfrom m import *\n",
    ),
    Case(
        "a submodule in __all__ is imported",
        "user",
        "",
        """
== pkg/__init__.py
__all__ = ['sub']
== pkg/sub.py
X = 1
== user.py
from pkg import *
sub.X
""",
    ),
    Case(
        "__all__ put together",
        "user",
        "unbound name d",
        """
== m.py
from part import *
import part
import more
__all__ = ['a'] + list(part.__all__)
__all__ += more.__all__
__all__.extend(['c'])
__all__.append('e')
a = c = d = e = 1
from more import *
== part.py
__all__ = ('p',)
p = 1
== more.py
__all__ = ['q']
q = 1
== user.py
from m import *
a, p, q, c, e
d
""",
    ),
    Case(
        "star import from a module that is half done",
        "m",
        "unbound name later",
        "== m.py\nfirst = 1\nimport user\nlater = 2\n== user.py\nfrom m import *\nfirst\nlater\n",
    ),
    Case(
        "TYPE_CHECKING blocks do not run",
        "a",
        "",
        """
== a.py
from __future__ import annotations
import typing
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from b import B
if typing.TYPE_CHECKING:
    import gone
if not TYPE_CHECKING:
    OK = 1
OK
def f(b: B) -> B: ...
== b.py
from a import f
class B: pass
""",
    ),
    Case(
        "annotations are eager",
        "a",
        "unbound name B",
        """
== a.py
import typing
if typing.TYPE_CHECKING:
    from b import B
def f(b: B): ...
== b.py
class B: pass
""",
    ),
    Case(
        "annotations of a class body are eager",
        "a",
        "unbound name B",
        "== a.py\nclass C:\n    b: B\nclass B: pass\n",
    ),
    Case(
        "annotations of a function's variables are never evaluated",
        "a",
        "",
        "== a.py\ndef f():\n    x: Gone = 1\n    return x\nf()\n",
    ),
    Case(
        "quoted annotations are not evaluated",
        "a",
        "",
        "== a.py\ndef f(b: 'B') -> 'B': ...\nx: 'B'\n",
    ),
    Case("a module-level annotation is eager", "a", "unbound name B", "== a.py\nx: B\n"),
    Case(
        "a decorator is eager",
        "a",
        "unbound name register",
        "== a.py\n@register\nclass C: pass\ndef register(c): return c\n",
    ),
    Case("a default is eager", "a", "unbound name Z", "== a.py\ndef f(x=Z): ...\nZ = 1\n"),
    Case(
        "a keyword-only default is eager",
        "a",
        "unbound name Z",
        "== a.py\ndef f(*, x=Z): ...\nZ = 1\n",
    ),
    Case(
        "the default of a lambda is eager",
        "a",
        "unbound name Z",
        "== a.py\nf = lambda x=Z: x\nZ = 1\n",
    ),
    Case("a base is eager", "a", "unbound name B", "== a.py\nclass C(B): pass\nclass B: pass\n"),
    Case(
        "a keyword of a class is eager",
        "a",
        "unbound name M",
        "== a.py\nclass C(metaclass=M): pass\n",
    ),
    Case(
        "a class body sees its own names, then the module's",
        "a",
        "",
        """
== a.py
x = 1
class C:
    y = x
    x = 2
    z = x
    def f(self=x): return later
later = 1
""",
    ),
    Case(
        "a class body's names are not the module's",
        "a",
        "unbound name y",
        "== a.py\nclass C:\n    y = 1\ny\n",
    ),
    Case("a comprehension runs", "a", "unbound name g", "== a.py\nx = [g(i) for i in (1, 2)]\n"),
    Case("its variables are its own", "a", "", "== a.py\nx = {k: v for k, v in [(1, 2)] if k}\n"),
    Case("an f-string is eager", "a", "unbound name n", "== a.py\nx = f'{n:>{3}}'\n"),
    Case("an assertion is eager", "a", "unbound name n", "== a.py\nassert n\n"),
    Case("walrus", "a", "", "== a.py\nif (n := 1):\n    n\n[m := i for i in (1,)]\nm\n"),
    Case(
        "a deleted name",
        "a",
        "missing name n",
        "== a.py\nimport b\n== b.py\nn = 1\ndel n\nimport c\n== c.py\nfrom b import n\n",
    ),
    Case(
        "an exception's name is gone after the handler",
        "a",
        "unbound name e",
        "== a.py\ntry:\n    import gone_module_x\nexcept ImportError as e:\n    pass\ne\n",
    ),
    Case(
        "with, for, match and unpacking bind",
        "a",
        "",
        """
== a.py
import contextlib
with contextlib.nullcontext(1) as w: pass
for i, (j, *k) in [(1, (2, 3))]: pass
match {'x': 1, 'y': 2}:
    case {'x': mx, **rest}: pass
a, [b, *c] = 1, [2, 3]
w, i, j, k, mx, rest, a, b, c
""",
    ),
    Case(
        "what a try swallows",
        "a",
        "",
        """
== a.py
try:
    from b import C
except ImportError:
    C = None
C
== b.py
import a
class C: pass
""",
    ),
    Case(
        "a handler for something else",
        "a",
        "missing name C",
        """
== a.py
try:
    from b import C
except (KeyError, AttributeError):
    C = None
== b.py
""",
    ),
    Case(
        "ModuleNotFoundError does not catch a missing name",
        "a",
        "missing name C",
        "== a.py\ntry:\n    from b import C\nexcept ModuleNotFoundError:\n    C = None\n== b.py\n",
    ),
    Case(
        "a handler that raises again",
        "a",
        "missing module gone_x",
        "== a.py\ntry:\n    import gone_x\nexcept ImportError:\n    raise\n",
    ),
    Case(
        "a handler that raises something else",
        "a",
        "missing module gone_x",
        """
== a.py
try:
    import gone_x
except ImportError as error:
    raise RuntimeError('gone_x') from error
""",
    ),
    Case(
        "else and finally",
        "a",
        "unbound name late",
        """
== a.py
try:
    import b
except ImportError:
    nothing
else:
    early = 1
finally:
    early
    late
== b.py
""",
    ),
    Case(
        "suppress",
        "a",
        "unbound name C",
        """
== a.py
from contextlib import suppress
with suppress(ImportError):
    from b import C
C
== b.py
""",
    ),
    Case(
        "a module that fails is imported again",
        "a",
        "missing name later",
        """
== a.py
try:
    import b
except ImportError:
    pass
import b
== b.py
import c
from a import later
== c.py
""",
    ),
    Case(
        "what a failed package imported stays",
        "user",
        "missing attribute sub",
        """
== user.py
try:
    import pkg
except ImportError:
    pass
done = 1
import pkg
pkg.sub
== pkg/__init__.py
import pkg.sub
from user import done
== pkg/sub.py
""",
    ),
    Case(
        "tests on the version and platform",
        "a",
        "",
        """
== a.py
import sys, os
if sys.version_info < (3, 8) or sys.platform == 'nowhere':
    import gone_a
if sys.version_info[0] == 2 or os.name == 'java':
    import gone_b
elif sys.version_info >= (3,):
    X = 1
PY2 = sys.version_info[0] == 2
if PY2:
    import gone_c
if False:
    import gone_d
if __name__ == '__main__':
    import gone_e
X
""",
    ),
    Case(
        "a lazy module",
        "user",
        "",
        """
== pkg/__init__.py
def __getattr__(name):
    if name == 'C':
        from pkg.c import C
        return C
    raise AttributeError(name)
== pkg/c.py
import pkg
class C: pass
== user.py
from pkg import C
import pkg
pkg.C
""",
    ),
    Case(
        "a lazy module does not have every name",
        "user",
        "missing name D",
        """
== pkg/__init__.py
def __getattr__(name):
    if name in {'C', 'B'}:
        from pkg.c import C
        return C
    raise AttributeError(name)
== pkg/c.py
class C: pass
== user.py
from pkg import D
""",
    ),
    Case(
        "a lazy name that is not there when it is asked for",
        "pkg.c",
        "missing name C",
        """
== pkg/__init__.py
def __getattr__(name):
    if name != 'C':
        raise AttributeError(name)
    from pkg.c import C
    return C
== pkg/c.py
import user
class C: pass
== user.py
from pkg import C
""",
    ),
    Case(
        "a lazy module by a table",
        "user",
        "missing name Gone",
        """
== pkg/__init__.py
import importlib
_LAZY = {'C': 'pkg.c', 'Gone': 'pkg.d'}
def __getattr__(name):
    if name in _LAZY:
        return getattr(importlib.import_module(_LAZY[name]), name)
    raise AttributeError(name)
== pkg/c.py
class C: pass
== pkg/d.py
== user.py
from pkg import C
from pkg import Gone
""",
    ),
    Case(
        "a lazy module by a relative table of pairs",
        "user",
        "",
        """
== pkg/__init__.py
from importlib import import_module
_LAZY = {'C': ('.c', 'K'), 'd': ('.d', None)}
def __getattr__(name):
    try:
        where, what = _LAZY[name]
    except KeyError:
        raise AttributeError(name) from None
    module = import_module(where, __name__)
    return module if what is None else getattr(module, what)
== pkg/c.py
class K: pass
== pkg/d.py
== user.py
from pkg import C
from pkg import d
""",
    ),
    Case(
        "a call at import time needs a name too early",
        "a",
        "unbound name TABLE",
        "== a.py\ndef register(c): TABLE.append(c)\nclass C: pass\nregister(C)\nTABLE = []\n",
    ),
    Case(
        "a decorator from another module imports",
        "a",
        "missing name A",
        """
== a.py
from b import deco
@deco
def f(): ...
class A: pass
== b.py
def deco(f):
    from a import A
    return A, f
""",
    ),
    Case(
        "a decorator with arguments runs its inner function",
        "b",
        "unbound name LATER",
        """
== a.py
from b import deco
@deco('x')
def f(): ...
== b.py
def deco(name):
    def inner(function):
        return LATER, function
    return inner
import a
LATER = 1
""",
    ),
    Case(
        "making an object runs its __init__",
        "a",
        "unbound name LATER",
        "== a.py\nclass C:\n    def __init__(self): self.x = LATER\nc = C()\nLATER = 1\n",
    ),
    Case(
        "an inherited __init__ runs",
        "a",
        "missing name LATER",
        """
== a.py
from b import B
class C(B): pass
c = C()
LATER = 1
== b.py
class B:
    def __init__(self):
        from a import LATER
""",
    ),
    Case(
        "a method of an object that was made",
        "b",
        "unbound name LATER",
        """
== a.py
from b import registry
registry.add(1)
== b.py
class Registry:
    def add(self, x): return LATER
registry = Registry()
import a
LATER = 1
""",
    ),
    Case(
        "__init_subclass__ runs",
        "a",
        "unbound name LATER",
        """
== a.py
class B:
    def __init_subclass__(cls): LATER
class C(B): pass
LATER = 1
""",
    ),
    Case(
        "a metaclass runs",
        "a",
        "unbound name LATER",
        """
== a.py
class M(type):
    def __new__(cls, *args): return LATER
class C(metaclass=M): pass
LATER = 1
""",
    ),
    Case(
        "a global statement binds",
        "a",
        "",
        "== a.py\ndef setup():\n    global READY\n    READY = 1\nsetup()\nREADY\n",
    ),
    Case(
        "a function's own names are not the module's",
        "a",
        "",
        """
== a.py
def f(x, *rest, **more):
    y = x
    import json as z
    for w in (1,): pass
    def inner(): return y, w, z
    class K: v = y
    return inner(), K, z.dumps, rest, more
f(1)
""",
    ),
    Case(
        "a module in sys.modules replaced",
        "user",
        "",
        """
== m.py
import sys
class Lazy:
    anything = 1
sys.modules[__name__] = Lazy()
== user.py
from m import anything
""",
    ),
    Case(
        "names bound by globals()",
        "user",
        "",
        """
== m.py
for n in ('a', 'b'):
    globals()[n] = 1
globals().update(c=1)
== user.py
from m import a, b, c
""",
    ),
    Case(
        "setattr on a module",
        "user",
        "",
        """
== m.py
== p.py
import m
m.x = 1
setattr(m, 'y', 2)
== user.py
import p
from m import x, y
""",
    ),
    Case(
        "import_module by name",
        "a",
        "missing attribute late",
        "== a.py\nimport importlib\nb = importlib.import_module('b')\nb.late\n== b.py\nearly = 1\n",
    ),
    Case(
        "both branches fail",
        "a",
        "missing name C",
        """
== a.py
import os
if os.environ.get('X'):
    from b import C
else:
    from b import C as D
== b.py
""",
    ),
    Case(
        "a name bound in both branches",
        "a",
        "",
        """
== a.py
import os
if os.environ.get('X'):
    from b import C
else:
    C = None
C
== b.py
C = 1
""",
    ),
    Case(
        "a return ends a function",
        "a",
        "",
        """
== a.py
def f(x):
    if x:
        return 1
    return LATER
f(1)
LATER = 1
""",
    ),
    Case(
        "a loop that finds what it looks for",
        "a",
        "",
        """
== a.py
def find(x):
    for y in (1, 2):
        if x == y:
            return y
    else:
        raise KeyError(LATER)
find(1)
LATER = 1
""",
    ),
    Case("a file that does not parse", "a", "syntax error b", "== a.py\nimport b\n== b.py\ndef\n"),
    Case(
        "a syntax error is no ImportError",
        "a",
        "syntax error b",
        "== a.py\ntry:\n    import b\nexcept ImportError: pass\n== b.py\ndef\n",
    ),
    Case(
        "a chain of re-exports",
        "pkg.core.deep",
        "missing name Deep",
        """
== pkg/__init__.py
from .core import Deep
== pkg/core/__init__.py
from .deep import Deep
== pkg/core/deep.py
from ..user import use
class Deep: pass
== pkg/user.py
from pkg.core import Deep
def use(): return Deep
""",
    ),
    Case(
        "a leave-behind that closes a cycle",
        "old",
        "missing name helper",
        """
== old.py
from new import Moved
def helper(): ...
== new.py
from old import helper
class Moved:
    run = helper
""",
    ),
    Case(
        "a leave-behind below what the class needs",
        "old",
        "",
        """
== old.py
def helper(): ...
from new import Moved
class Sub(Moved): pass
== new.py
from old import helper
class Moved:
    run = helper
""",
    ),
    Case(
        "that leave-behind from the other end",
        "new",
        "missing name Moved",
        """
== old.py
def helper(): ...
from new import Moved
class Sub(Moved): pass
== new.py
from old import helper
class Moved:
    run = helper
""",
    ),
]
