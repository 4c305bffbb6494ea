"""Imports that are taken out."""

from __future__ import annotations

import pytest
from import_case import ImportCase, read_cases

CASES = r'''
### a whole line
@ remove sys
import os
import sys

os
---
import os

os

### one of several names
@ remove pkg.s:B
from pkg.s import A, B, C
---
from pkg.s import A, C

### the last of several names
@ remove pkg.s:C
from pkg.s import A, B, C
---
from pkg.s import A, B

### one of several modules
@ remove os
import os, sys
---
import sys

### all names
@ remove pkg.s:A
@ remove pkg.s:B
import os
from pkg.s import A, B
---
import os

### all lines of a parenthesised list
@ remove pkg.s:A
@ remove pkg.s:B
import os
from pkg.s import (
    A,  # about A
    B,
)
---
import os

### the last of a group: its blank line goes with it
@ remove pkg.s:C
import os

from pkg.s import C

x = 1
---
import os

x = 1

### the last of a group between groups
@ remove yaml
import os

import yaml

from pkg.s import C
---
import os

from pkg.s import C

### the last of the imports: the blank lines below stay
@ remove pkg.s:C
import os

from pkg.s import C


class A:
    pass
---
import os


class A:
    pass

### the only import below a docstring
@ remove os
"""What it is."""

import os


class A:
    pass
---
"""What it is."""


class A:
    pass

### the only import of a file
@ remove os
import os


class A:
    pass
---
class A:
    pass

### nothing but an import
@ remove os
import os
---

### the last line of a file
@ remove os
x = 1

import os
---
x = 1

### two groups at once
@ remove yaml
@ remove pkg.s:C
import os

import yaml

from pkg.s import C


def f():
    pass
---
import os


def f():
    pass

### one of a group, at its end
@ remove sys
import os
import sys

import yaml
---
import os

import yaml

### one of a group, at its start
@ remove os
import os
import sys

import yaml
---
import sys

import yaml

### the heading of a group goes with it
@ remove yaml
import os

# third party
import yaml

# ours
from pkg.s import C
---
import os

# ours
from pkg.s import C

### the heading of a group that keeps some
@ remove yaml
import os

# third party
import attr
import yaml
---
import os

# third party
import attr

### the comments at the head of a file stay
@ remove os
# Copyright: us

import os

x = 1
---
# Copyright: us

x = 1

### the comments at the head of a file stay, right above
@ remove os
#!/usr/bin/env python
import os

x = 1
---
#!/usr/bin/env python

x = 1

### commented-out code stays
@ remove os
import sys

# import re
import os

x = 1
---
import sys

# import re

x = 1

### in a function
@ remove os
def f():
    import os
    return 1
---
def f():
    return 1

### in a function, with a blank line
@ remove os
def f():
    import os

    return 1
---
def f():
    return 1

### in a function with a docstring
@ remove os
def f():
    """Do it."""
    import os

    return 1
---
def f():
    """Do it."""

    return 1

### all of a function
@ remove os
def f():
    import os


x = 1
---
def f():
    pass


x = 1

### all of a function, with a comment
@ remove os
def f():
    import os  # noqa: F401
---
def f():
    pass

### several, all of a function
@ remove os
@ remove sys
def f():
    import os
    import sys
---
def f():
    pass

### all of an `if`
@ remove os
if x:
    import os
else:
    os = None
---
if x:
    pass
else:
    os = None

### all of a `try`
@ remove os
try:
    import os
except ImportError:
    os = None
---
try:
    pass
except ImportError:
    os = None

### all of `if TYPE_CHECKING`, with the import of that
@ remove pkg.s:C
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from pkg.s import C

x: "int" = 1
---
import yaml

x: "int" = 1

### all of `if TYPE_CHECKING`, which is used elsewhere too
@ remove pkg.s:C
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pkg.s import C

x = TYPE_CHECKING
---
from typing import TYPE_CHECKING, Any

x = TYPE_CHECKING

### all of `if TYPE_CHECKING`, one of several names of typing
@ remove pkg.s:C
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pkg.s import C


class A:
    pass
---
from typing import Any


class A:
    pass

### all of `if typing.TYPE_CHECKING`
@ remove pkg.s:C
import os
import typing

if typing.TYPE_CHECKING:
    from pkg.s import C

x: typing.Any
---
import os
import typing

x: typing.Any

### all of `if TYPE_CHECKING`, which has an else
@ remove pkg.s:C
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkg.s import C
else:
    C = object
---
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    pass
else:
    C = object

### all of `if TYPE_CHECKING`, with a comment of its own
@ remove pkg.s:C
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # for the annotations
    from pkg.s import C
---
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # for the annotations
    pass

### all of `if TYPE_CHECKING` in a class
@ remove pkg.s:C
class A:
    if TYPE_CHECKING:
        from pkg.s import C
---
class A:
    if TYPE_CHECKING:
        pass

### some of `if TYPE_CHECKING`
@ remove pkg.s:C
if TYPE_CHECKING:
    from pkg.s import C
    from pkg.t import D
---
if TYPE_CHECKING:
    from pkg.t import D

### on the line of `if TYPE_CHECKING`
@ remove pkg.s:C
import os

if TYPE_CHECKING: from pkg.s import C

x = 1
---
import os

x = 1

### before a semicolon
@ remove os
import os; y = 1
---
y = 1

### behind a semicolon
@ remove os
y = 1; import os
---
y = 1

### between semicolons
@ remove os
y = 1; import os; z = 2
---
y = 1; z = 2

### all of a line with semicolons
@ remove os
@ remove sys
import os; import sys
x = 1
---
x = 1

### some of a line with semicolons
@ remove os
@ remove sys
x = 1; import os; import sys; y = 2
---
x = 1; y = 2

### a lone semicolon goes with its import
@ remove os
import os;
x = 1
---
x = 1

### on the line of an `if`
@ remove os
if x: import os
---
if x: pass

### a comment on the line goes with it
@ remove os
import os  # for the path
import sys
---
import sys

### one name of a commented line
@ remove pkg.s:A
from pkg.s import A, B  # ours
---
from pkg.s import B  # ours

### a name with its comment, others keep theirs
@ remove pkg.s:B
from pkg.s import (
    A,  # about A
    B,  # about B
    C,  # about C
)
---
from pkg.s import (
    A,  # about A
    C,  # about C
)

### the heading goes with all that is under it
@ remove pkg.s:B
from pkg.s import (
    # models
    A,
    # views
    B,
)
---
from pkg.s import (
    # models
    A,
)

### the heading goes with all that is under it, in the middle
@ remove pkg.s:B
@ remove pkg.s:C
from pkg.s import (
    # models
    A,
    # views
    B,
    C,
    # forms
    D,
)
---
from pkg.s import (
    # models
    A,
    # forms
    D,
)

### the parentheses of a lone name go
@ remove pkg.s:A
from pkg.s import (
    A,
    B,
)
---
from pkg.s import B

### the parentheses of a lone name that is too long stay
@ set width 30
@ remove pkg.s:A
from pkg.s import (
    A,
    BusinessRulesEngine,
)
---
from pkg.s import (
    BusinessRulesEngine,
)

### lines wider than those of the file stay
@ set width 30
@ remove pkg.s:D
from pkg.s import (
    Alpha, Beta, Gamma, Delta, Epsilon,
    D, Zeta
)
---
from pkg.s import (
    Alpha, Beta, Gamma, Delta, Epsilon,
    Zeta
)

### the first of a backslash-continued list of modules
@ remove os
import os, \
    sys, \
    re
---
import sys, \
    re

### commas at the start of the lines
@ remove pkg.s:B
from pkg.s import (
    A
    , B
    , C
)
---
from pkg.s import (
    A
    , C
)

### a bad old style with everything in it
@ remove pkg.s:B
from pkg.s import (A,   B  ,C, # end
                   D)
---
from pkg.s import (A,C, # end
                   D)

### an alias over two lines
@ remove pkg.s:A
from pkg.s import (A
                   as K, B)
---
from pkg.s import B

### imports below a definition
@ remove pkg.s:C
class A:
    pass


from pkg.s import C
from pkg.s import D
---
class A:
    pass


from pkg.s import D

### between two definitions
@ remove pkg.s:C
class A:
    pass


from pkg.s import C


class B:
    pass
---
class A:
    pass


class B:
    pass

### before a semicolon, over several lines
@ remove pkg.s:A
@ remove pkg.s:B
import os
from pkg.s import (
    A,
    B,
); y = 1
---
import os
y = 1

### all of a line with semicolons, over several lines
@ remove os
@ remove pkg.s:A
@ remove pkg.s:B
import os; from pkg.s import (
    A,
    B,
)
x = 1
---
x = 1

### more blank lines above than below
@ remove pkg.s:C
class A:
    pass


from pkg.s import C

x = 1
---
class A:
    pass


x = 1

### a pragma above stays
@ remove os
import sys

# pylint: disable=invalid-name
import os

x = 1
---
import sys

# pylint: disable=invalid-name

x = 1

### all of `if TYPE_CHECKING`, behind a semicolon
@ remove pkg.s:C
x = 1; from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkg.s import C

print(x)
---
x = 1

print(x)

### the end of one group and the start of the next
@ remove re
@ remove attr
import os
import re

import attr
import yaml
---
import os

import yaml

### all of one group and the start of the next
@ remove os
@ remove attr
"""What it is."""

import os

import attr
import yaml
---
"""What it is."""

import yaml

'''


@pytest.mark.parametrize("case", read_cases(CASES), ids=lambda case: case.title)
def test_removing(case: ImportCase) -> None:
    """The file after is what a careful person would have written."""
    assert case.run() == case.after
