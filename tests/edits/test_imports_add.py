"""New imports."""

from __future__ import annotations

import pytest
from import_case import ImportCase, read_cases

CASES = r'''
### at its sorted place
@ add re
import os
import sys

x = 1
---
import os
import re
import sys

x = 1

### before all others
@ add abc
import os
import sys
---
import abc
import os
import sys

### behind all others
@ add zlib
import os
import sys

x = 1
---
import os
import sys
import zlib

x = 1

### `import` before `from`
@ add re
import os
from typing import Any
---
import os
import re
from typing import Any

### `import` among `from`, as the file does it
@ add re
import os
from pathlib import Path
import sys
from typing import Any
---
import os
from pathlib import Path
import re
import sys
from typing import Any

### `import` among `from`, as the project does it
@ set mixed yes
@ add collections:deque
import os
import sys
---
from collections import deque
import os
import sys

### `from` before `import`, as the file does it
@ add re
from typing import Any
import os
import sys
---
from typing import Any
import os
import re
import sys

### at the end of an unsorted group
@ add re
import sys
import os
import abc

import yaml
---
import sys
import os
import abc
import re

import yaml

### one that slipped through does not make a list unsorted
@ add json
import abc
import ast
import enum
import errno
import zlib
import glob
import heapq
import locale
import math
---
import abc
import ast
import enum
import errno
import zlib
import glob
import heapq
import json
import locale
import math

### joins an import of the module
@ add typing:Any
from typing import Callable, TypeVar
---
from typing import Any, Callable, TypeVar

### joins several
@ add typing:Any
@ add typing:Union
from typing import TypeVar
---
from typing import Any, TypeVar, Union

### is there already
@ add typing:Any
@ add os
import os
from typing import Any
---
import os
from typing import Any

### is there under another name
@ add numpy as np
import numpy
---
import numpy
import numpy as np

### is there in a function only
@ add os
def f():
    import os
---
import os


def f():
    import os

### several names of a new module
@ add typing:Union
@ add typing:Any
import os
---
import os
from typing import Any, Union

### a group of its own, behind
@ add yaml
import os

x = 1
---
import os

import yaml

x = 1

### a group of its own, before
@ add os
import yaml

x = 1
---
import os

import yaml

x = 1

### a group of its own, between
@ add yaml
import os

from pkg.s import C

x = 1
---
import os

import yaml

from pkg.s import C

x = 1

### groups with headings
@ add yaml
import os

# ours
from pkg.s import C
---
import os

import yaml

# ours
from pkg.s import C

### the group of the same package
@ add tests.common:x
import os

from pkg.s import C

from tests.base import b
---
import os

from pkg.s import C

from tests.base import b
from tests.common import x

### a file that does not separate groups
@ add yaml
import os
from pkg.s import C
from app.x import x

y = 1
---
import os
from pkg.s import C
from app.x import x
import yaml

y = 1

### a file that does not separate groups, but sorts
@ add pkg.r:R
import os
import yaml
from pkg.s import C
---
import os
import yaml
from pkg.r import R
from pkg.s import C

### no imports, below the docstring
@ add os
"""What it is."""


class A:
    pass
---
"""What it is."""

import os


class A:
    pass

### no imports, right below the docstring
@ add os
"""What it is."""
class A:
    pass
---
"""What it is."""

import os


class A:
    pass

### no imports, no docstring
@ add os
class A:
    pass
---
import os


class A:
    pass

### no imports, a note above the first class
@ add os
# The one and only.
class A:
    pass
---
import os


# The one and only.
class A:
    pass

### no imports, a shebang
@ add os
#!/usr/bin/env python
# -*- coding: utf-8 -*-
x = 1
---
#!/usr/bin/env python
# -*- coding: utf-8 -*-

import os

x = 1

### no imports, a licence
@ add os
# Copyright us
# All rights reserved

x = 1
---
# Copyright us
# All rights reserved

import os

x = 1

### an empty file
@ add os
---
import os

### nothing but a docstring
@ add os
"""What it is."""
---
"""What it is."""

import os

### nothing but comments
@ add os
# Copyright us
---
# Copyright us

import os

### everything at once in an empty file
@ add pkg.s:C
@ add yaml
@ add os
@ add __future__:annotations
@ add pkg.t:D typing
---
from __future__ import annotations

import os
from typing import TYPE_CHECKING

import yaml

from pkg.s import C

if TYPE_CHECKING:
    from pkg.t import D

### nothing but `__future__`
@ add os
from __future__ import annotations

x = 1
---
from __future__ import annotations

import os

x = 1

### `__future__` first
@ add __future__:annotations
"""What it is."""

import os
---
"""What it is."""

from __future__ import annotations

import os

### `__future__` first, with a shebang
@ add __future__:annotations
#!/usr/bin/env python
import os
---
#!/usr/bin/env python

from __future__ import annotations

import os

### `__future__` first, without anything above
@ add __future__:annotations
@ add abc
import os
---
from __future__ import annotations

import abc
import os

### `__future__` first, above what is no import
@ add __future__:annotations
"""What it is."""
__version__ = "1"

import os
---
"""What it is."""

from __future__ import annotations

__version__ = "1"

import os

### `__future__` joined
@ add __future__:annotations
from __future__ import division

import os
---
from __future__ import annotations, division

import os

### imports behind a version
@ add re
"""What it is."""

__version__ = "1"

import os
import sys
---
"""What it is."""

__version__ = "1"

import os
import re
import sys

### behind a change of sys.path, where its kin are
@ add pkg.t:D
@ add re
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))

from pkg.s import C
---
import os
import re
import sys

sys.path.insert(0, os.path.dirname(__file__))

from pkg.s import C
from pkg.t import D

### imports below definitions are not the place
@ add pkg.s:D
import os


def f():
    pass


from pkg.s import C
---
import os

from pkg.s import D


def f():
    pass


from pkg.s import C

### a guarded import in the midst
@ add re
import os
try:
    import json
except ImportError:
    json = None
import sys
---
import os
try:
    import json
except ImportError:
    json = None
import re
import sys

### relative, where the file does that
@ add pkg.t:D
from .a import A
from .b import B
---
from .a import A
from .b import B
from .t import D

### absolute, where the file does that
@ set relative yes
@ add pkg.t:D
from pkg.a import A
---
from pkg.a import A
from pkg.t import D

### relative, without example
@ set relative yes
@ add pkg.t:D
import os
---
import os

from .t import D

### absolute, without example
@ add pkg.t:D
import os
---
import os

from pkg.t import D

### joins an import that is spelled in the other way
@ add pkg.t:D
from .a import A
from pkg.t import C
---
from .a import A
from pkg.t import C, D

### far away: absolute
@ set module pkg.comp.sub.mod
@ add pkg.core:C
from .a import A
from .b import B
---
from pkg.core import C

from .a import A
from .b import B

### for the type checker: the block that is there
@ add pkg.s:C typing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkg.a import A
    from pkg.z import Z
---
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkg.a import A
    from pkg.s import C
    from pkg.z import Z

### for the type checker: joins in the block
@ add pkg.s:C typing
from pkg.s import B
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkg.s import A
---
from pkg.s import B
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkg.s import A, C

### for the type checker: a new block
@ add pkg.s:C typing
import os
from typing import Any


class A:
    pass
---
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pkg.s import C


class A:
    pass

### for the type checker: a new block, in the file's own indentation
@ add pkg.s:C typing
@ add os typing
import typing as t


def f():
  return 1
---
import typing as t

if t.TYPE_CHECKING:
  import os

  from pkg.s import C


def f():
  return 1

### for the type checker: there for good already
@ add pkg.s:C typing
from pkg.s import C
---
from pkg.s import C

### for the type checker: a block with other things in it
@ add pkg.s:C typing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    Alias = int
---
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkg.s import C

if TYPE_CHECKING:
    Alias = int

### for good, though there for the type checker
@ add pkg.s:C
from typing import TYPE_CHECKING

from pkg.a import A

if TYPE_CHECKING:
    from pkg.s import C
---
from typing import TYPE_CHECKING

from pkg.a import A
from pkg.s import C

if TYPE_CHECKING:
    from pkg.s import C

### the emptied block for the type checker is filled again
@ remove pkg.s:C
@ add pkg.t:D typing
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkg.s import C

x = 1
---
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkg.t import D

x = 1

### a raw block
@ raw try:\n    import ujson as json\nexcept ImportError:\n    import json
@ add re
import os


class A:
    pass
---
import os
import re

try:
    import ujson as json
except ImportError:
    import json


class A:
    pass

### a raw block that is there
@ raw try:\n    import ujson as json\nexcept ImportError:\n    import json
try:
    import ujson as json
except ImportError:
    import json
---
try:
    import ujson as json
except ImportError:
    import json

### a raw block in a file without imports
@ raw try:\n    import ujson as json\nexcept ImportError:\n    import json
class A:
    pass
---
try:
    import ujson as json
except ImportError:
    import json


class A:
    pass

### before a class that stands above the imports
@ set before class A
@ add re
"""What it is."""


class A:
    pass


import os
---
"""What it is."""

import re


class A:
    pass


import os

### before a class that stands among the imports
@ set before class A
@ add re
@ add pkg.t:D
import os
from pkg.s import C


class A(C):
    pass


from pkg.t import E
---
import os
import re
from pkg.s import C
from pkg.t import D


class A(C):
    pass


from pkg.t import E

### an import below does not serve what stands before it
@ set before class A
@ add re
import os


class A:
    pass


import re
---
import os
import re


class A:
    pass


import re

### behind a definition
@ set after y = 2
@ add pkg.t:D
import os

from pkg.s import C


class A:
    pass


x = 1
y = 2
---
import os

from pkg.s import C


class A:
    pass


x = 1

from pkg.t import D

y = 2

### behind a definition, where imports stand
@ set after class A
@ add pkg.t:D
import os


class A:
    pass


from pkg.s import C
---
import os


class A:
    pass


from pkg.s import C
from pkg.t import D

### a comment that says why
@ add pkg.t:D # D class moved to pkg.t to maintain SSOT
from pkg.s import C
from pkg.t import E
---
from pkg.s import C
# D class moved to pkg.t to maintain SSOT
from pkg.t import D
from pkg.t import E

### a comment for the linter
@ add pkg.t:D # D moved\nnoqa: F401
from pkg.s import C
---
from pkg.s import C
# D moved
from pkg.t import D  # noqa: F401

### a comment for the linter does not spread to others
@ add pkg.t:D # noqa: F401
from pkg.t import C
---
from pkg.t import C
from pkg.t import D  # noqa: F401

### a comment for the linter in a list that has room for it
@ add pkg.t:D # noqa: F401
from pkg.t import (
    C,
    E,
)
---
from pkg.t import (
    C,
    D,  # noqa: F401
    E,
)

### joins what was just taken from elsewhere
@ retarget pkg.s:C -> pkg.t:C
@ add pkg.t:D
from pkg.s import B, C
---
from pkg.s import B
from pkg.t import C, D

### takes the place of what goes
@ remove pkg.s:C
@ add pkg.t:D
import os

from pkg.s import C


class A:
    pass
---
import os

from pkg.t import D


class A:
    pass

### a submodule
@ add pkg:sub
import os
---
import os

from pkg import sub

### a dotted module
@ add os.path
import abc
---
import abc
import os.path

### a star import
@ add pkg.t:*
from pkg.s import C
---
from pkg.s import C
from pkg.t import *

### a new import that is too long for a line
@ set width 38
@ add pkg.tools:Alpha
@ add pkg.tools:Beta
@ add pkg.tools:Gamma
from pkg.s import C
---
from pkg.s import C
from pkg.tools import (
    Alpha,
    Beta,
    Gamma,
)

### above the first import, below the comments at the head of the file
@ add os
# Copyright us
import yaml
---
# Copyright us
import os

import yaml

### for the type checker, where TYPE_CHECKING is imported in a function
@ add pkg.s:C typing
import os


def f():
    from typing import TYPE_CHECKING
    return TYPE_CHECKING
---
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pkg.s import C


def f():
    from typing import TYPE_CHECKING
    return TYPE_CHECKING

### no imports, a licence right above the first class
@ add os
# SPDX-License-Identifier: MIT
class A:
    pass
---
# SPDX-License-Identifier: MIT

import os


class A:
    pass

### no imports, a licence and a note above the first class
@ add os
# Copyright us

# The one and only.
class A:
    pass
---
# Copyright us

import os


# The one and only.
class A:
    pass

### two groups take the place of one that goes
@ remove yaml
@ add os
@ add pkg.t:D
"""What it is."""

import yaml


class A:
    pass
---
"""What it is."""

import os

from pkg.t import D


class A:
    pass

### a class that stands close below the docstring
@ add os
"""What it is."""

class A:
    pass
---
"""What it is."""

import os


class A:
    pass

### a class that stands close below the imports
@ add yaml
"""What it is."""

import os

class A:
    pass
---
"""What it is."""

import os

import yaml

class A:
    pass

### one name a line, as the file does it
@ add pkg.t:D
@ add typing:Sequence
@ add typing:Iterable
from typing import Any
from typing import Union

from pkg.t import C
---
from typing import Any
from typing import Iterable
from typing import Sequence
from typing import Union

from pkg.t import C
from pkg.t import D

### one name a line, as the project does it
@ set names no
@ add pkg.t:D
from pkg.t import C
---
from pkg.t import C
from pkg.t import D

### an alias in a statement of its own, without example
@ add pkg.t:D as K
from pkg.t import C, E
---
from pkg.t import C, E
from pkg.t import D as K

### an alias among other names, as the file does it
@ add pkg.t:D as K
from pkg.s import A, B as Bee
from pkg.t import C, E
---
from pkg.s import A, B as Bee
from pkg.t import C, D as K, E

### an alias among other names, as the project does it
@ set aliases yes
@ add pkg.t:D as K
from pkg.t import C, E
---
from pkg.t import C, D as K, E

### no name beside an alias
@ add pkg.t:D
from pkg.t import C as K
---
from pkg.t import C as K
from pkg.t import D

### the same wish twice
@ add pkg.t:D as K
@ add pkg.t:D as K
@ add pkg.t:E
import os
---
import os

from pkg.t import D as K
from pkg.t import E

### a stub
@ add os
def names() -> list[str]: ...
---
import os

def names() -> list[str]: ...

### a file with one blank line between definitions
@ add os
"""What it is."""
class A:
    x = 1

class B:
    pass
---
"""What it is."""

import os

class A:
    x = 1

class B:
    pass

'''


@pytest.mark.parametrize("case", read_cases(CASES), ids=lambda case: case.title)
def test_adding(case: ImportCase) -> None:
    """The file after is what a careful person would have written."""
    assert case.run() == case.after
