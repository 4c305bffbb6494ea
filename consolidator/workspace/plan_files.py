"""How a plan of this tool is known among the files of a project."""

from __future__ import annotations

FIRST_LINE = "# A plan of consolidate: what to do, and why. Edit it as you like."


def is_plan(data: bytes) -> bool:
    """Whether a file is a plan: what it names it does not use."""
    return data.removeprefix(b"\xef\xbb\xbf").startswith(FIRST_LINE.encode())
