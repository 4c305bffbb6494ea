"""What keeps classes apart that must not become one, whatever they say."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from consolidator.finders.findings import Suppression
from consolidator.finders.scene import Scene
from consolidator.finders.services import services
from consolidator.finders.suppressions import suppression
from consolidator.index.class_identity import ClassFacts
from consolidator.index.class_kinds import ClassKinds


@dataclass(frozen=True)
class Borders:
    """Tells whether there is a border between two classes of a project."""

    scene: Scene = field(repr=False)
    kinds: ClassKinds = field(repr=False)

    def between(self, one: ClassFacts, other: ClassFacts) -> Suppression | None:
        """Why two classes must not become one; None if nothing forbids it."""
        kinds = {self.kinds.schema_kind(one), self.kinds.schema_kind(other)}
        if len(kinds) == 2 and "orm" in kinds and "" not in kinds:
            return suppression("orm-beside-schema")
        if self.scene.once(services).may_share(one.path, other.path):
            return None
        return suppression("services")

    def parts(self, classes: Iterable[ClassFacts]) -> list[list[ClassFacts]]:
        """The classes in parts between which there are borders everywhere.

        Two classes with a border between them are in one part if a third one joins them: shared
        code that both of two services import.
        """
        found: list[list[ClassFacts]] = []
        for facts in classes:
            near = [part for part in found if any(self._is_open(facts, one) for one in part)]
            joined = [*(one for part in near for one in part), facts]
            found = [*(part for part in found if part not in near), joined]
        return found

    def between_parts(self, parts: Sequence[Sequence[ClassFacts]]) -> Suppression:
        """What stands between the first two parts."""
        why = self.between(parts[0][0], parts[1][0])
        return why or suppression("services")

    def _is_open(self, one: ClassFacts, other: ClassFacts) -> bool:
        return self.between(one, other) is None
