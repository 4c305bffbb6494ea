"""Small packages for the laws of moving: a source, a target, users of both, two modules apart."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from benchmarks.sample import Move
from consolidator.pipeline import open_workspace
from consolidator.workspace import Workspace

MORE = "CONSOLIDATE_EXAMPLES"
"""The environment variable that asks for that many examples, chosen anew each time."""


def few(count: int = 10) -> settings:
    """A few examples, the same each time; or as many as the environment asks for."""
    return settings(
        max_examples=int(os.environ.get(MORE, count)),
        derandomize=MORE not in os.environ,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    )


MOVE = Move("pkg", 0, "Moved", "pkg.source", "pkg/source.py", "pkg.target", "pkg/target.py",
            "sibling")  # fmt: skip
APART = Move("pkg", 1, "Apart", "pkg.one", "pkg/one.py", "pkg.two", "pkg/two.py", "sibling")

_IMPORTS = {  # how the source imports what its class uses: the statement, and the expression
    "import os": "os.sep",
    "import os.path as path": "path.sep",
    "from os import sep": "sep",
    "from os import (\n    linesep,  # the end of a line\n    sep as separator,\n)": "separator",
    "from pkg.shared import shared": "shared(1)",
    "from .shared import shared as given": "given(1)",
    "from . import shared": "shared.shared(1)",
    "import pkg.shared": "pkg.shared.shared(1)",
    "from pkg.shared import *": "shared(1)",
    "try:\n    import no_such_codec as codec\nexcept ImportError:\n    import json as codec": (
        "codec.dumps(1)"
    ),
    "import logging\n\nlogger = logging.getLogger(__name__)": "logger.name",
}
_MEMBERS = (
    "    size = LIMIT\n",
    "    def used(self):\n        name = {used}\n        found = [name for _ in range(2)]\n"
    "        return name, len(found)\n",
    "    def other(self) -> 'Other':\n        return Other()\n",
    "    values = dict(limit=LIMIT)\n",
    "    def helped(self, LIMIT=LIMIT):\n        helped = helper(LIMIT)\n        return helped\n",
    "    def again(self):\n        made = Moved\n        return made.__name__\n",
    "    @property\n    def text(self):\n        return f'{{helper(LIMIT)!r:>{{10}}}}'\n",
    "    def shadow(self):\n        Other = helper = 1\n        return Other + helper\n",
)
_USERS = (
    "",
    "def make():\n    made = Moved()\n    return made\n",
    "class Child(Moved):\n    pass\n",
    "DEFAULT = Moved()\n",
    "def twice(value=LIMIT):\n    doubled = helper(value)\n    return doubled, LIMIT\n",
)
_TARGETS = (
    "import json\n\n\ndef dump(x):\n    text = json.dumps(x)\n    return text\n",
    "import os\n\n\ndef root():\n    return os.sep\n",
    "from pkg.shared import shared\n\n\nclass Near:\n    value = shared(2)\n",
    "from pkg.source import helper\n\n\ndef near():\n    return helper(1)\n",
    "LIMIT = 'another'\n\n\ndef limit():\n    return LIMIT\n",
    "from pkg.source import Moved\n\n\ndef make():\n    made = Moved()\n    return made\n",
    "",
)
_OUTSIDE = (  # how others reach both classes
    "from pkg.one import Apart\nfrom pkg.source import Moved\n\nboth = (Apart, Moved)\n",
    "import pkg.one\nimport pkg.source as source\n\nboth = (pkg.one.Apart, source.Moved)\n",
    "from pkg import one, source\n\n\ndef both():\n    return one.Apart, source.Moved\n",
    "def both():\n    from pkg.one import Apart\n    from .source import Moved as Other\n\n"
    "    return Apart, Other\n",
    "from pkg.one import *\nfrom pkg.source import *\n\nboth = (Apart, Moved)\n",
)


@st.composite
def sources(draw: st.DrawFn) -> str:
    """A module with `Moved` in it, neighbours that it may use, and perhaps users of it."""
    future = draw(st.sampled_from(("", "from __future__ import annotations\n\n")))
    statement = draw(st.sampled_from(sorted(_IMPORTS)))
    members = draw(st.lists(st.sampled_from(_MEMBERS), min_size=1, max_size=3, unique=True))
    body = "\n".join(members).format(used=_IMPORTS[statement])
    base = draw(st.sampled_from(("", "(Other)")))
    users = draw(st.lists(st.sampled_from(_USERS), max_size=2, unique=True))
    parts = [
        f"# A comment.\n{future}{statement}\n\nLIMIT = 'x'",
        "class Other:\n    text = LIMIT",
        draw(st.sampled_from(("def helper(x):\n    y = x\n    return y", "helper = str"))),
        f"class Moved{base}:\n{body.rstrip()}",
        *(user.rstrip() for user in users if user),
        "print(LIMIT)",
    ]
    return "\n\n\n".join(parts) + "\n"


@st.composite
def packages(draw: st.DrawFn) -> dict[str, str]:
    """The files by path."""
    return {
        "pyproject.toml": "",
        "pkg/__init__.py": draw(st.sampled_from(("", "from .source import Moved\n"))),
        "pkg/shared.py": "def shared(x):\n    return x\n",
        "pkg/source.py": draw(sources()),
        "pkg/target.py": draw(st.sampled_from(_TARGETS)),
        "pkg/one.py": "class Apart:\n    pass\n",
        "pkg/two.py": "import re\n\nDIGIT = re.compile('1')\n",
        "pkg/user.py": draw(st.sampled_from(_OUTSIDE)),
    }


def opened(folder: Path, files: Mapping[str, str]) -> Workspace:
    """The package, written below a folder."""
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return open_workspace(folder)
