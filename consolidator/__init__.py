"""Moves Python classes into their one home, and proves that nothing broke."""

__version__ = "0.1.0"
