"""`consolidate roots`."""

from __future__ import annotations

from consolidator.cli.common import DONE, Root, open_project, print_text


def roots(root: Root = None) -> int:
    """Show where modules are imported from, and how that was found out."""
    for item in open_project(root).roots:
        print_text(f"{item.directory or '.'}\t{item.origin}")
    return DONE
