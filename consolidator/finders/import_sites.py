"""Where and how a name is imported: in a function, for type checkers, guarded, used or not.

Only the statement around an import is parsed, not the file: a function, or a block of the module.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from consolidator.errors import Location
from consolidator.finders.asks import Ask, all_asks
from consolidator.finders.findings import Site
from consolidator.finders.import_surroundings import FUNCTIONS, Surroundings, surroundings, uses
from consolidator.finders.scene import Scene
from consolidator.finders.statement_text import StatementText
from consolidator.index.outline import OutlinedImport

_HANDS_ON = frozenset({"__init__.py", "conftest.py"})
"""Files that import for others: what a package re-exports, and the fixtures of tests."""


def sites_of(scene: Scene, asks: Iterable[Ask]) -> tuple[Site, ...]:
    """The sites of some imports, in order of place; the same statement counts once a name."""
    reader = scene.once(SiteReader)
    return tuple(reader.site(path, item) for path, item in sorted(set(asks), key=_place))


def _place(ask: Ask) -> tuple[str, int, str, str]:
    path, item = ask
    return path, item.line, item.bound, item.module


class SiteReader:
    """Reads the surroundings of imports; each file and statement is read once."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self._files: dict[str, StatementText] = {}
        self._sites: dict[Ask, Site] = {}

    def site(self, path: str, item: OutlinedImport) -> Site:
        """One import, as it goes into a finding."""
        if (path, item) not in self._sites:
            self._sites[path, item] = self._site(path, item)
        return self._sites[path, item]

    def _site(self, path: str, item: OutlinedImport) -> Site:
        around = self.surroundings(path, item)
        return Site(
            Location(path, item.line),
            self.scene.module_of(path),
            item.bound,
            around.is_deferred,
            around.is_typing_only,
            around.is_guarded or around.is_expected,
            around.is_watched or self._is_used(path, item),
        )

    def surroundings(self, path: str, item: OutlinedImport) -> Surroundings:
        """What stands around an import."""
        file = self._file(path)
        if file.is_plain(item):
            return Surroundings(is_guarded=file.skips_without(item))
        chain = file.chain(item)
        if chain is None:
            return Surroundings()
        found = surroundings(chain)
        return replace(found, is_guarded=True) if file.skips_without(item) else found

    def _is_used(self, path: str, item: OutlinedImport) -> bool:
        """Whether the name is used where the import binds it; in case of doubt it is."""
        file = self._file(path)
        if not item.bound or item.alias == item.name:
            return True  # from a import b as b: meant for others
        chain = None if file.is_plain(item) else file.chain(item)
        function = next((n for n in reversed(chain or ()) if isinstance(n, FUNCTIONS)), None)
        if function is not None:
            return uses(function, item.bound)
        if path.rpartition("/")[2] in _HANDS_ON and item.name is not None:
            return True
        taken = self.scene.once(all_asks).of_files.get(path, {})
        return item.bound in taken or "*" in taken or file.mentions(item)

    def _file(self, path: str) -> StatementText:
        if path not in self._files:
            self._files[path] = StatementText(self.scene.index.workspace.file(path).text)
        return self._files[path]
