"""Names that are there without being bound."""

from __future__ import annotations

import builtins

BUILTINS = frozenset(dir(builtins)) | {"__file__", "__name__", "__class__", "__builtins__"}
