"""Whether classes are one class: what each is made of, and what its names mean.

`class_facts` reads one class, `read_classes` many; `index.class_relation.relation` says what two
are to each other, `index.class_kinds` whether fields make them up.
"""

from consolidator.index.class_identity.facts import (
    ClassFacts,
    HeaderPart,
    Member,
    class_facts,
    read_classes,
)
from consolidator.index.class_identity.meanings import Meaning, Meanings

__all__ = [
    "ClassFacts",
    "HeaderPart",
    "Meaning",
    "Meanings",
    "Member",
    "class_facts",
    "read_classes",
]
