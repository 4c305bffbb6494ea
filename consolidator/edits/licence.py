"""The words on copyright and licence at the head of a file."""

from __future__ import annotations

import re
from itertools import takewhile

from consolidator.index.module import Module

_OTHER_HEAD = re.compile(r"#!|#.*coding[:=]|\s*$")
_LICENCE = re.compile(r"copyright|spdx-|licen[sc]ed under|all rights reserved", re.IGNORECASE)


def licence_of(module: Module) -> str:
    """The comment that heads a file and says whose it is, with a blank line below it.

    # Copyright 2024 The Shop Authors.
    # SPDX-License-Identifier: Apache-2.0
    """
    lines = (module.syntax.line_text(n + 1) for n in range(module.syntax.line_count))
    found: list[str] = []
    for line in takewhile(lambda line: line.startswith("#") or not line.strip(), lines):
        if found and not line.strip():
            break
        if found or not _OTHER_HEAD.match(line):
            found.append(line.rstrip())
    if not _LICENCE.search("\n".join(found)):
        return ""
    newline = module.file.newline
    return newline.join(found) + newline * 2
