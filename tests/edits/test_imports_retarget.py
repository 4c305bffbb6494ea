"""Names that come from elsewhere from now on."""

from __future__ import annotations

import pytest
from import_case import ImportCase, read_cases

CASES = r"""
### the only name: the module is replaced in place
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import C

C()
---
from pkg.t import C

C()

### one of several: a line of its own behind
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import A, C, B
---
from pkg.s import A, B
from pkg.t import C

### one of several: a line of its own before, where that is the sorted order
@ retarget pkg.s:C -> pkg.a:C
from pkg.s import A, B, C
---
from pkg.a import C
from pkg.s import A, B

### the first of several
@ retarget pkg.s:A -> pkg.t:A
from pkg.s import A, B, C
---
from pkg.s import B, C
from pkg.t import A

### at its sorted place among the neighbours
@ retarget pkg.s:C -> pkg.x:C
from pkg.s import A, C
from pkg.u import U
from pkg.w import W
from pkg.z import Z
---
from pkg.s import A
from pkg.u import U
from pkg.w import W
from pkg.x import C
from pkg.z import Z

### right behind, where the neighbours are not sorted
@ retarget pkg.s:C -> pkg.x:C
from pkg.z import Z
from pkg.s import A, C
from pkg.u import U
from pkg.b import B
---
from pkg.z import Z
from pkg.s import A
from pkg.x import C
from pkg.u import U
from pkg.b import B

### in place, where the neighbours are not sorted
@ retarget pkg.s:C -> pkg.zz:C
from pkg.z import Z
from pkg.s import C
from pkg.u import U
---
from pkg.z import Z
from pkg.zz import C
from pkg.u import U

### a sorted list of imports stays sorted
@ retarget pkg.b:C -> pkg.t:C
from pkg.a import A
from pkg.b import C
from pkg.s import S
from pkg.u import U
---
from pkg.a import A
from pkg.s import S
from pkg.t import C
from pkg.u import U

### a comment above holds an import in its place
@ retarget pkg.b:C -> pkg.t:C
from pkg.a import A
# C must come first
from pkg.b import C
from pkg.s import S
---
from pkg.a import A
# C must come first
from pkg.t import C
from pkg.s import S

### joins an import of the new module, at the sorted place
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import S, C
from pkg.t import A, D
---
from pkg.s import S
from pkg.t import A, C, D

### joins, at the end of an unsorted list
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import S, C
from pkg.t import z, D, a
---
from pkg.s import S
from pkg.t import z, D, a, C

### joins, and its own statement goes
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import C
from pkg.t import A
---
from pkg.t import A, C

### joins an import above
@ retarget pkg.s:C -> pkg.b:C
from pkg.b import A, D
from pkg.s import C, S
---
from pkg.b import A, C, D
from pkg.s import S

### is there already: only removed here
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import C, S
from pkg.t import A, C
---
from pkg.s import S
from pkg.t import A, C

### is there under another name: both stay
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import C, S
from pkg.t import C as K
---
from pkg.s import S
from pkg.t import C
from pkg.t import C as K

### sorted by type: constants, classes, functions
@ retarget pkg.s:Class -> pkg.t:Class
from pkg.s import Class, other
from pkg.t import CONST, alpha
---
from pkg.s import other
from pkg.t import CONST, Class, alpha

### sorted without regard to case, as the other statements are
@ retarget pkg.s:Class -> pkg.t:Class
from pkg.r import alpha, Beta, gamma
from pkg.s import Class, other
from pkg.t import alpha, zeta
---
from pkg.r import alpha, Beta, gamma
from pkg.s import other
from pkg.t import alpha, Class, zeta

### the alias is kept
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import A, C as K
---
from pkg.s import A
from pkg.t import C as K

### an explicit re-export is kept
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import C as C
---
from pkg.t import C as C

### a new name under the old alias
@ retarget pkg.s:C -> pkg.t:D as C
from pkg.s import C
---
from pkg.t import D as C

### another name from the same module
@ retarget pkg.s:C -> pkg.s:D as C
from pkg.s import A, C
---
from pkg.s import A, D as C

### twice in one file, each on its own
@ retarget pkg.s:C -> pkg.t:C
@ retarget pkg.s:C#2 -> pkg.t:C
from pkg.s import C


def f():
    from pkg.s import C
    return C
---
from pkg.t import C


def f():
    from pkg.t import C
    return C

### twice in one block
@ retarget pkg.s:C -> pkg.t:C
@ retarget pkg.s:C#2 -> pkg.t:C
from pkg.s import C
from pkg.s import C
---
from pkg.t import C
from pkg.t import C

### two names to the same module
@ retarget pkg.s:A -> pkg.t:A
@ retarget pkg.s:B -> pkg.t:B
from pkg.s import A, B, C
---
from pkg.s import C
from pkg.t import A, B

### all names to the same module
@ retarget pkg.s:A -> pkg.t:A
@ retarget pkg.s:B -> pkg.t:B
from pkg.s import A, B
---
from pkg.t import A, B

### all names, to two modules
@ retarget pkg.s:A -> pkg.t:A
@ retarget pkg.s:B -> pkg.u:B
from pkg.s import A, B
---
from pkg.t import A
from pkg.u import B

### from two statements to one module
@ retarget pkg.r:A -> pkg.t:A
@ retarget pkg.s:B -> pkg.t:B
from pkg.r import A
from pkg.s import B
---
from pkg.t import A, B

### from two statements that both stay
@ retarget pkg.r:A -> pkg.t:A
@ retarget pkg.s:B -> pkg.t:B
from pkg.r import A, R
from pkg.s import B, S
---
from pkg.r import R
from pkg.s import S
from pkg.t import A, B

### a relative import stays relative
@ retarget pkg.s:C -> pkg.t:C
from .s import C
---
from .t import C

### relative, further away
@ set module pkg.sub.deep.mod
@ retarget pkg.sub.deep.s:C -> pkg.other.t:C
from .s import C
---
from ...other.t import C

### relative, from an `__init__`
@ set module pkg.sub
@ set package yes
@ retarget pkg.sub.s:C -> pkg.t:C
from .s import C
---
from ..t import C

### relative, the package itself
@ set module pkg.sub.mod
@ retarget pkg.sub.s:C -> pkg.sub:C
from .s import C
---
from . import C

### a submodule of the package
@ retarget pkg:s -> pkg:t as s
from . import s
---
from . import t as s

### relative to outside the package
@ retarget pkg.s:C -> app.t:C
from .s import C
---
from app.t import C

### absolute stays absolute
@ retarget pkg.s:C -> pkg.t:C
from .a import A
from pkg.s import C
---
from .a import A
from pkg.t import C

### joins a relative import of the same module
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import C

from .t import A
---
from .t import A, C

### a far module is imported absolutely where the file does that
@ set module pkg.comp.sub.mod
@ retarget pkg.comp.sub.s:C -> pkg.core:C
from pkg.helpers import h

from .a import A
from .s import C, S
---
from pkg.core import C
from pkg.helpers import h

from .a import A
from .s import S

### one-per-line lists: the line goes
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import (
    A,
    C,
    B,
)
---
from pkg.s import (
    A,
    B,
)
from pkg.t import C

### one-per-line lists: the last line goes
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import (
    A,
    B,
    C
)
---
from pkg.s import (
    A,
    B
)
from pkg.t import C

### one-per-line lists: joins with a line of its own
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import C
from pkg.t import (
    A,
    D,
)
---
from pkg.t import (
    A,
    C,
    D,
)

### one-per-line lists: joins at the end of one without a final comma
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import C, S
from pkg.t import (
    A,
    B
)
---
from pkg.s import S
from pkg.t import (
    A,
    B,
    C
)

### comments travel with their name
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import (
    A,  # about A
    C,  # noqa: F401
    B,  # about B
)
---
from pkg.s import (
    A,  # about A
    B,  # about B
)
from pkg.t import C  # noqa: F401

### comments travel into a list that has room for them
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import (
    A,
    C,  # noqa: F401
)
from pkg.t import (
    D,
    E,
)
---
from pkg.s import A
from pkg.t import (
    C,  # noqa: F401
    D,
    E,
)

### a comment that a one-line import has no room for
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import (
    A,
    C,  # about C
)
from pkg.t import D
---
from pkg.s import A
from pkg.t import C  # about C
from pkg.t import D

### a comment on the last line, without a comma
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import (
    A,  # about A
    C  # about C
)
---
from pkg.s import (
    A  # about A
)
from pkg.t import C  # about C

### a comment above a name travels with it
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import (
    # about A
    A,
    # about C
    C,
    # about D
    D,
)
---
from pkg.s import (
    # about A
    A,
    # about D
    D,
)
# about C
from pkg.t import C

### a heading over several names stays
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import (
    # models
    C,
    D,
    # views
    E,
)
---
from pkg.s import (
    # models
    D,
    # views
    E,
)
from pkg.t import C

### noqa on the line counts for both
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import A, C  # noqa: F401
---
from pkg.s import A  # noqa: F401
from pkg.t import C  # noqa: F401

### noqa behind the parenthesis counts for both
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import (  # noqa: F401
    A,
    C,
)
---
from pkg.s import (  # noqa: F401
    A,
)
from pkg.t import C  # noqa: F401

### an ordinary comment stays where it is
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import A, C  # the old ones
---
from pkg.s import A  # the old ones
from pkg.t import C

### a commented import of one name is not joined away
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import C  # patched by the tests
from pkg.t import A
---
from pkg.t import A
from pkg.t import C  # patched by the tests

### the same noqa on both: joined
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import C  # noqa: F401
from pkg.t import A  # noqa: F401
---
from pkg.t import A, C  # noqa: F401

### a line that becomes too long is wrapped
@ set width 40
@ retarget pkg.s:Class -> pkg.t:Class
from pkg.s import Class, S
from pkg.t import Alpha, Beta, Gamma
---
from pkg.s import S
from pkg.t import (
    Alpha,
    Beta,
    Class,
    Gamma,
)

### wrapped as the file's other imports are
@ set width 40
@ retarget pkg.s:Class -> pkg.t:Class
from pkg.r import (One, Two, Three, Four,
                   Five)
from pkg.s import Class, S
from pkg.t import Alpha, Beta, Gamma
---
from pkg.r import (One, Two, Three, Four,
                   Five)
from pkg.s import S
from pkg.t import (Alpha, Beta, Class,
                   Gamma)

### wrapped with backslashes, as the file's other imports are
@ set width 40
@ retarget pkg.s:Class -> pkg.t:Class
from pkg.r import One, Two, Three, Four, \
    Five
from pkg.s import Class, S
from pkg.t import Alpha, Beta, Gamma
---
from pkg.r import One, Two, Three, Four, \
    Five
from pkg.s import S
from pkg.t import Alpha, Beta, Class, \
    Gamma

### wrapped as hanging lines, as the file's other imports are
@ set width 40
@ retarget pkg.s:Class -> pkg.t:Class
from pkg.r import (
    One, Two, Three, Four, Five, Six,
    Seven
)
from pkg.s import Class, S
from pkg.t import Alpha, Beta, Gamma
---
from pkg.r import (
    One, Two, Three, Four, Five, Six,
    Seven
)
from pkg.s import S
from pkg.t import (
    Alpha, Beta, Class, Gamma
)

### a pragma may stick out
@ set width 40
@ retarget pkg.s:Class -> pkg.t:Class
from pkg.s import Class  # noqa: F401, E402
from pkg.t import Alpha, B  # noqa: F401, E402
---
from pkg.t import Alpha, B, Class  # noqa: F401, E402

### a comment stands behind the parenthesis when the line is wrapped
@ set width 40
@ retarget pkg.s:Class -> pkg.t:Class
from pkg.s import Class
from pkg.t import Alpha, Beta, Gamma  # noqa
---
from pkg.t import (  # noqa
    Alpha,
    Beta,
    Class,
    Gamma,
)

### one name in place, too long now
@ set width 45
@ retarget pkg.s:ClassWithALongName -> pkg.some.place.far:ClassWithALongName
from pkg.s import ClassWithALongName
---
from pkg.some.place.far import (
    ClassWithALongName,
)

### a name pushed to the next line of a filled list
@ set width 40
@ retarget pkg.s:Class -> pkg.t:Class
from pkg.s import Class, S
from pkg.t import (Alpha, Beta, Gamma,
                   Omega)
---
from pkg.s import S
from pkg.t import (Alpha, Beta, Class,
                   Gamma, Omega)

### a list that fits on a line again goes back to one, as the file does it
@ set width 36
@ retarget pkg.s:Charlie -> pkg.t:Charlie
from pkg.s import (
    Alpha,
    Bravo,
    Charlie,
)
---
from pkg.s import Alpha, Bravo
from pkg.t import Charlie

### a list that always fitted keeps its lines
@ set width 80
@ retarget pkg.s:Charlie -> pkg.t:Charlie
from pkg.s import (
    Alpha,
    Bravo,
    Charlie,
)
---
from pkg.s import (
    Alpha,
    Bravo,
)
from pkg.t import Charlie

### a filled list loses its last name
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import (A, B,
                   C)
---
from pkg.s import (A, B)
from pkg.t import C

### a filled list loses a name in the middle
@ retarget pkg.s:B -> pkg.t:B
from pkg.s import (A, B,
                   C, D)
---
from pkg.s import (A,
                   C, D)
from pkg.t import B

### a filled list loses the first name
@ retarget pkg.s:A -> pkg.t:A
from pkg.s import (A, B,
                   C, D)
---
from pkg.s import (B,
                   C, D)
from pkg.t import A

### a filled list loses the first name of a line
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import (A, B,
                   C, D)
---
from pkg.s import (A, B,
                   D)
from pkg.t import C

### continued by a backslash: the last name goes
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import A, B, \
    C
---
from pkg.s import A, B
from pkg.t import C

### continued by a backslash: the first name goes
@ retarget pkg.s:A -> pkg.t:A
from pkg.s import A, \
    B, C
---
from pkg.s import B, C
from pkg.t import A

### continued by a backslash: the only name
@ retarget pkg.s:C -> pkg.t:C
from pkg.s \
    import C
---
from pkg.t \
    import C

### parentheses on one line
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import (A, C, B)
---
from pkg.s import (A, B)
from pkg.t import C

### before a semicolon
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import A, C; y = 1
---
from pkg.s import A; from pkg.t import C; y = 1

### the only name, before a semicolon
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import C; y = 1
---
from pkg.t import C; y = 1

### on the line of an `if`
@ retarget pkg.s:C -> pkg.t:C
if True: from pkg.s import A, C
---
if True: from pkg.s import A; from pkg.t import C

### under `if TYPE_CHECKING`
@ retarget pkg.s:C -> pkg.t:C
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkg.s import C
---
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkg.t import C

### an import under another guard is not joined
@ retarget pkg.s:C -> pkg.t:C
from typing import TYPE_CHECKING

from pkg.t import A

if TYPE_CHECKING:
    from pkg.s import C, S
---
from typing import TYPE_CHECKING

from pkg.t import A

if TYPE_CHECKING:
    from pkg.s import S
    from pkg.t import C

### within try and except
@ retarget pkg.s:C -> pkg.t:C
try:
    from pkg.s import C
except ImportError:
    C = None
---
try:
    from pkg.t import C
except ImportError:
    C = None

### in a function: a line of its own
@ retarget pkg.s:C -> pkg.t:C
def f():
    from pkg.s import A, C
    return A, C
---
def f():
    from pkg.s import A
    from pkg.t import C
    return A, C

### in a method, with tabs
@ retarget pkg.s:C -> pkg.t:C
class K:
	def f(self):
		from pkg.s import A, C
		return A, C
---
class K:
	def f(self):
		from pkg.s import A
		from pkg.t import C
		return A, C

### code between that uses the name: not joined further down
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import C

D = C()

from pkg.t import T
---
from pkg.t import C

D = C()

from pkg.t import T

### code between that binds the name: not joined further up
@ retarget pkg.s:C -> pkg.t:C
from pkg.t import T

C = None

from pkg.s import C
---
from pkg.t import T

C = None

from pkg.t import C

### code between that does not matter: joined further up
@ retarget pkg.s:C -> pkg.b:C
from pkg.b import B

x = 1

from pkg.s import C, S
---
from pkg.b import B, C

x = 1

from pkg.s import S

### a star import
@ retarget pkg.s:* -> pkg.t:*
from pkg.s import *
---
from pkg.t import *

### a star import of the new module is not joined
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import C, S
from pkg.t import *
---
from pkg.s import S
from pkg.t import *
from pkg.t import C

### a plain import
@ retarget pkg.s -> pkg.t
import os, pkg.s as s
---
import os, pkg.t as s

### a plain import becomes a from-import
@ retarget pkg.s -> pkg.sub:t as s
import pkg.s as s
---
from pkg.sub import t as s

### a from-import becomes a plain one
@ retarget pkg:s -> pkg.t.s as s
from pkg import r, s
---
import pkg.t.s as s
from pkg import r

### to its own group
@ retarget pkg.s:C -> app.t:C
import os

from app.x import X

from pkg.r import R
from pkg.s import C, S
---
import os

from app.t import C
from app.x import X

from pkg.r import R
from pkg.s import S

### no space before the name
@ retarget pkg.s:C -> pkg.t:C
from.s import(C)
---
from .t import(C)

### a comment behind a wrapped line, where nothing stands behind the parenthesis
@ set width 43
@ retarget pkg.s:Class -> pkg.t:Class
from pkg.r import (One, Two, Three, Four,
                   Five)
from pkg.s import Class, S
from pkg.t import Alpha, Beta, Gamma  # all
---
from pkg.r import (One, Two, Three, Four,
                   Five)
from pkg.s import S
from pkg.t import (Alpha, Beta, Class,
                   Gamma)  # all

### is there already, whatever the comment says
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import C  # noqa: F401
from pkg.t import C
---
from pkg.t import C

### a semicolon behind the parenthesis
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import (
    C,
    D,
    E,
); y = 1
---
from pkg.s import (
    D,
    E,
); from pkg.t import C; y = 1

### a name for a line of its own
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import S, C
from pkg.t import (A,  # first
                   D)
---
from pkg.s import S
from pkg.t import (A,  # first
                   C,
                   D)

### behind a commented name there is no room on the line
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import S, C
from pkg.t import (A, B  # last
                   )
---
from pkg.s import S
from pkg.t import (A, B,  # last
                       C
                   )

### a commented name before the one that goes
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import (A,  # first
                   C)
---
from pkg.s import (A  # first
)
from pkg.t import C

### into a list with headings
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import C, S
from pkg.t import (
    # models
    A,
    # views
    D,
)
---
from pkg.s import S
from pkg.t import (
    # models
    A,
    C,
    # views
    D,
)

### at the head of a list with headings, with its own
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import (
    # classes
    C,
)
from pkg.t import (
    # models
    D,
    E,
)
---
from pkg.t import (
    # classes
    C,
    # models
    D,
    E,
)

### a form feed before an import
@ retarget pkg.s:C -> pkg.a:C
x = 1
\x0cfrom pkg.s import B, C
---
x = 1
from pkg.a import C
\x0cfrom pkg.s import B

### a section with imports under guards in its midst
@ retarget pkg.s:C -> pkg.t:C
import os
try:
    import yaml
except ImportError:
    yaml = None
from pkg.s import C, S
if os.name == "nt":
    import winreg
from pkg.u import U
---
import os
try:
    import yaml
except ImportError:
    yaml = None
from pkg.s import S
from pkg.t import C
if os.name == "nt":
    import winreg
from pkg.u import U

### an import that goes away itself is not joined
@ retarget pkg.s:C -> pkg.t:C
@ remove pkg.t:T
from pkg.s import C
from pkg.t import T
---
from pkg.t import C

### two plain modules to two from-imports
@ retarget pkg.r -> pkg.sub:r as r
@ retarget pkg.s -> pkg.sub:s as s
import pkg.r as r
import pkg.s as s
---
from pkg.sub import r as r
from pkg.sub import s as s

### a new statement that needs several lines and has a comment
@ set width 40
@ retarget pkg.s:Alpha -> pkg.t:Alpha
@ retarget pkg.s:Charlie -> pkg.t:Charlie
@ retarget pkg.s:Delta -> pkg.t:Delta
from pkg.r import (One, Two, Three, Four,
                   Five)
from pkg.s import Alpha, B, Charlie, Delta  # noqa
---
from pkg.r import (One, Two, Three, Four,
                   Five)
from pkg.s import B  # noqa
from pkg.t import Alpha, Charlie, Delta  # noqa

### a new statement of several names with comments of their own
@ retarget pkg.s:A -> pkg.t:A
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import (
    A,  # about A
    B,
    C,  # about C
)
---
from pkg.s import B
from pkg.t import (
    A,  # about A
    C,  # about C
)

### a commented name for a new line that is too long
@ set width 40
@ retarget pkg.s:Callable -> pkg.somewhere.else_:Callable
from pkg.r import (
    One)
from pkg.s import (
    Any,
    Callable,  # since 3.9
    Optional)
---
from pkg.r import (
    One)
from pkg.s import (
    Any,
    Optional)
from pkg.somewhere.else_ import (  # since 3.9
    Callable)

### a line moved by the order takes others with it
@ retarget pkg.a:C -> pkg.x:C
@ retarget pkg.w:D -> pkg.x:D
from pkg.a import C
from pkg.b import B
from pkg.w import D
---
from pkg.b import B
from pkg.x import C, D

### a list of as many but shorter names goes back to one line
@ set width 38
@ retarget pkg.s:Charlie -> pkg.t:Charlie
@ retarget pkg.t:Ed -> pkg.s:Ed
from pkg.s import (
    Alpha,
    Bravo,
    Charlie,
)
from pkg.t import Ed, X
---
from pkg.s import Alpha, Bravo, Ed
from pkg.t import Charlie, X

### one name a line, as the file does it
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import B
from pkg.s import C
from pkg.t import A
from pkg.t import D
---
from pkg.s import B
from pkg.t import A
from pkg.t import C
from pkg.t import D

### an alias does not join without example
@ retarget pkg.s:C -> pkg.t:C
from pkg.s import C as K
from pkg.t import D
---
from pkg.t import C as K
from pkg.t import D

"""


@pytest.mark.parametrize(
    "case", read_cases(CASES.replace(r"\x0c", "\x0c")), ids=lambda case: case.title
)
def test_retargeting(case: ImportCase) -> None:
    """The file after is what a careful person would have written."""
    assert case.run() == case.after
