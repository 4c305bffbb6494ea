"""What a file does with the names that it imports: calls, attributes, subclasses, guards.

Pure facts about one text, without a look at what the names mean; `index.offer` says what a
definition offers, and `finders.usage_fit` holds the two against each other.
"""

from __future__ import annotations

from consolidator.index.usage.facts import Group, Use, groups_of, usage_facts

__all__ = ["Group", "Use", "groups_of", "usage_facts"]
