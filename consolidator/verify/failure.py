"""One failure of a check, in a form that can be found again in another run."""

from __future__ import annotations

import re
from dataclasses import dataclass

_ADDRESS = re.compile(r"\b0x[0-9a-fA-F]{4,}\b")
_LINES = re.compile(r"(?:\bline |:)\d+(?::\d+)?")
_DOTTED = re.compile(r"\b(?:[A-Za-z_]\w*\.)+([A-Za-z_]\w*)")


@dataclass(frozen=True, slots=True)
class Failure:
    """What failed, and with what message."""

    what: str
    """A module, a test, a rule of a type checker, or the command."""
    message: str
    place: str = ""
    """`path:line`, where the check says one."""

    @property
    def key(self) -> tuple[str, str]:
        """The same before and after a change that only moves code.

        Lines and addresses do not count, nor do the modules in which names live.
        """
        message = _LINES.sub("", _ADDRESS.sub("0x", self.message))
        return self.what, _DOTTED.sub(r"\1", message)
