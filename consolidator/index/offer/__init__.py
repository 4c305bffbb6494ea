"""What a definition offers to those who use it: how it is called, which attributes it has.

Classes are seen through their bases, as far as these are part of the project or of Python itself.
"""

from __future__ import annotations

from consolidator.index.offer.calls import call_answer
from consolidator.index.offer.lineage import offer_of
from consolidator.index.offer.members import members_of
from consolidator.index.offer.offers import Answer, Offer
from consolidator.index.offer.steps import Held, attribute_answer, follow, method_answer
from consolidator.index.offer.subclasses import may_bring

__all__ = [
    "Answer",
    "Held",
    "Offer",
    "attribute_answer",
    "call_answer",
    "follow",
    "may_bring",
    "members_of",
    "method_answer",
    "offer_of",
]
