"""Files that are neither source nor target, and come to reach what moves at its new home."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from consolidator.edits.annotations import quotes_around
from consolidator.edits.closure import Closure
from consolidator.edits.deferring import (
    deferrable_imports,
    deferred_uses,
    is_named_as_type,
    to_be_quoted,
)
from consolidator.edits.defining_modules import direct_imports
from consolidator.edits.exports import is_to_be_listed
from consolidator.edits.imports import edit_imports
from consolidator.edits.imports.names import Addition, ImportedName, ImportSite, Surroundings
from consolidator.edits.leave_behind import comment_line
from consolidator.edits.moved_text import LazyImport, lazy_import_edits
from consolidator.edits.references import (
    FileReferences,
    Reference,
    in_target,
    rewrite_references,
)
from consolidator.edits.strategy import Strategy
from consolidator.edits.survey import Survey
from consolidator.edits.target_imports import Classify
from consolidator.edits.text_edit import TextEdit
from consolidator.edits.waiting import Gap, gap_for, marks, stands_apart
from consolidator.errors import Location, Problem, Refusal
from consolidator.index.importers import is_taken, star_importers
from consolidator.index.index import Origin, exports
from consolidator.index.module import Import, Module
from consolidator.index.scopes import NameUse
from consolidator.names import Span


class OtherFiles:
    """Rewrites what names a moved definition elsewhere."""

    def __init__(
        self, survey: Survey, strategy: Strategy, classify: Classify, rules: frozenset[str]
    ) -> None:
        self.survey, self.strategy, self.index = survey, strategy, survey.index
        self.classify, self.rules = classify, rules
        self.references: list[Reference] = []
        """Star imports that brought a name, and do so no longer."""

    def rewritten(self, closure: Closure) -> Iterator[FileReferences]:
        """Those files that name what leaves the source, each with its edits."""
        survey = self.survey
        inside = set(closure.statements)
        read_in_source = frozenset(
            name
            for name in closure.names
            for use in survey.source.readers.get(name, [])
            if use.statement not in inside and self.strategy.leave_behind == "import"
        )
        skip = {survey.source.path, survey.target.path if survey.target else ""}
        concerned = {module.path: module for module in self.index.mentioning(closure.names)}
        if self.strategy.leave_behind != "import":
            # from source import *: it gives them the names without their saying so
            stars = star_importers(self.index, survey.source.name)
            concerned |= {module.path: module for module in stars}
        elsewhere = self.strategy.opened | self.strategy.direct
        concerned |= {path: self.index.module_at(path) for path, _ in elsewhere}
        for module in concerned.values():
            if module.path in skip:
                continue
            if module.path in self.strategy.kept_importers:
                found = FileReferences(module)
                self._rescue(found, closure)  # a lazy leave-behind gives a star import nothing
                if found.add:
                    yield found
                continue
            found = rewrite_references(
                self.index,
                module,
                survey.source.name,
                survey.move.target,
                closure.names,
                survey.uses_in(module, closure.names),
                read_in_source,
                survey.renamed,
                leaves_nothing=self.strategy.leave_behind == "none",
            )
            if self.strategy.leave_behind == "none":
                _refuse_what_is_left(found)
            self._rescue(found, closure)
            found.edits += self._comments(found)
            self._redirect(found)
            self._defer(found)
            if found.changes_something or found.references:
                yield found

    def _comments(self, found: FileReferences) -> Iterator[TextEdit]:
        """A leave-behind that follows says in its comment where to."""
        survey, module = self.survey, found.module
        template = survey.options.comment
        for site in found.retarget:
            span = module.syntax.line_span(max(site.node.lineno - 1, 1))
            above = span.of(module.text).rstrip("\r\n")
            span = Span(span.start, span.start + len(above))
            for kind in ("class", "function", "constant") if above.startswith("#") else ():
                told = (template, site.alias.asname or site.alias.name, kind, module.name)
                if above == comment_line(*told, survey.source.name):
                    yield TextEdit(span, above, comment_line(*told, survey.move.target))

    def _rescue(self, found: FileReferences, closure: Closure) -> None:
        """Without a plain import left behind, a star importer gets an import of its own."""
        if self.strategy.leave_behind == "import":
            return
        module = found.module
        for star in module.star_imports:
            if star.module != self.survey.source.name:
                continue
            for name in sorted(closure.names):
                if self._comes_by_a_star(module, name) or self._is_another(module, star, name):
                    continue
                used = name in module.readers or module.is_package
                if (
                    used or (_only_imports(module) and not name.startswith("_"))
                ) and name not in module.scope.bindings:
                    found.add.append(in_target(self.survey.move.target, name, self.survey.renamed))
                    self.references.append(
                        Reference("star import", _first_line(module, star.node.lineno), True)
                    )
                elif exports(self.survey.source, name) and name not in module.scope.bindings:
                    self.references.append(
                        Reference(
                            "star import",
                            _first_line(module, star.node.lineno),
                            False,
                            f"it brings `{name}` no longer, which nothing there uses",
                        )
                    )

    def _comes_by_a_star(self, module: Module, name: str) -> bool:
        """Whether a module star-imports the target too, and gets the name from there in time."""
        survey, target = self.survey, self.survey.target
        stars = [star for star in module.star_imports if star.module == survey.move.target]
        if target is None or not any(not star.guards for star in stars):
            return False
        if any(not use.deferred for use in module.readers.get(name, ())):
            return False
        if "__all__" not in target.scope.bindings:
            return not name.startswith("_")
        asked = name in survey.move.names and target.all_names is not None
        return asked and is_to_be_listed(self.index, survey.source, target, name)

    def _is_another(self, module: Module, star: Import, name: str) -> bool:
        """Whether a star import further down brings another thing by the name.

        Raises `Refusal` where one further up does: it may come to stand below the new import.
        """
        for other in module.star_imports:
            origin = self.index.through_star(other, name)
            if origin in {None, Origin("definition", self.survey.source.name, name)}:
                continue
            if origin is not None and origin.kind != "external":
                if other.statement > star.statement:
                    return True
                raise Refusal(_hidden_by_star(module, other, name))
        return False

    def _redirect(self, found: FileReferences) -> None:
        """Take from where it is defined what comes through a module half imported then."""
        names = self.strategy.direct_in(found.module.path)
        direct = direct_imports(self.index, found.module, names, {*found.retarget, *found.remove})
        found.retarget.update(direct)

    def _defer(self, found: FileReferences) -> None:
        """Import inside the functions that use it what is not to be imported at the top."""
        module = found.module
        moved = module.path in self.strategy.deferred_importers
        opened = self.strategy.opened_in(module.path)
        if not moved and not opened:
            return
        deferrable = deferrable_imports(self.index, module)
        lazy: list[LazyImport] = []
        quoted: list[NameUse] = []
        for item in module.imports:
            site = ImportSite(item.node, item.index)
            imported = found.retarget.get(site) if moved else None
            if item.bound in opened and site not in found.retarget:
                imported = ImportedName(item.module, item.name, item.alias)
            if imported is None or item.bound not in deferrable or item.scope is not module.scope:
                continue
            found.retarget.pop(site, None)
            found.remove.append(site)
            spelled: str = imported.module
            if getattr(item.node, "level", 0):
                spelled = Surroundings(module.name, False).relative_or_full(imported.module)
            lazy += deferred_uses(module, item.bound, spelled, imported.spelled())
            quoted += to_be_quoted(module, item.bound)
            if is_named_as_type(module, item.bound):
                found.for_types.append(imported)
        found.edits += lazy_import_edits(module, lazy, self.survey.habits)
        found.edits += quotes_around(module, quoted, found.edits)

    def edits(self, found: FileReferences, in_strings: list[TextEdit]) -> list[TextEdit]:
        """All edits of one of them, its imports included."""
        return _without_lost_comments([*in_strings, *found.edits], self._import_edits(found))

    def _wait(self, found: FileReferences) -> tuple[list[Addition], Gap | None]:
        """What is imported at the top and can wait, as imports to be made further down."""
        module, awaited = found.module, self.strategy.awaited(found.module.path)
        sites = [
            site
            for item in module.imports
            if (site := ImportSite(item.node, item.index)) in found.retarget
            and item.scope is module.scope
            and not item.guards
        ]
        bound = [site.alias.asname or site.alias.name for site in sites]
        added = [imported.bound() for imported in found.add]
        gap = gap_for(module, [*bound, *added], awaited)
        if gap is None:
            return [], None
        waiting = []
        for site in sites:
            imported = found.retarget.pop(site)
            found.remove.append(site)
            alias = imported.alias or site.alias.asname
            line = module.syntax.line_text(site.alias.lineno)
            comment = "\n".join(marks(line, gap, self.rules))
            waiting.append(Addition(replace(imported, alias=alias), comment=comment))
        return waiting, gap

    def _mark(self, module: Module, imported: ImportedName) -> str:
        """What excuses an import that only hands on what a star import brought before."""
        stars = [star for star in module.star_imports if star.module == self.survey.source.name]
        here = {*module.readers, *(module.all_names or ())}
        idle = imported.module == self.survey.move.target and imported.bound() not in here
        # the star import is excused from a linter itself
        said = any("noqa" in module.syntax.line_text(star.node.lineno) for star in stars)
        return "# noqa: F401" if stars and idle and (said or "F401" in self.rules) else ""

    def _import_edits(self, found: FileReferences) -> list[TextEdit]:
        if not (found.retarget or found.remove or found.add or found.for_types):
            return []
        module = found.module
        waiting, gap = self._wait(found)
        added = (
            *waiting,
            *(Addition(i, comment=self._mark(module, i)) for i in dict.fromkeys(found.add)),
            *(Addition(imported, type_checking=True) for imported in found.for_types),
        )
        kept = self.survey.import_edits
        asked = module.path, tuple(found.retarget.items()), tuple(found.remove), added, gap
        if asked not in kept:
            kept[asked] = edit_imports(
                module.syntax,
                module.name,
                module.is_package,
                newline=module.file.newline,
                classify=self.classify,
                remove=found.remove,
                retarget=found.retarget,
                add=added,
                habits=self.survey.habits,
                after=gap.after if gap else None,
                before=gap.before if gap else None,
                apart=gap is not None and stands_apart(gap, self.rules),
                is_taken=partial(is_taken, self.survey.index, module),
            )
        return kept[asked]


def _hidden_by_star(module: Module, star: Import, name: str) -> Problem:
    return Problem(
        "name-conflict",
        f"{module.name} would need an import of `{name}`, which a star import hides",
        _first_line(module, star.node.lineno),
        "leave an import behind, or import the name in that module first",
    )


def _only_imports(module: Module) -> bool:
    """Whether a module is there for its imports: others take their names from it."""
    simple = (ast.Import, ast.ImportFrom, ast.Expr, ast.Assign)
    return all(isinstance(statement, simple) for statement in module.body)


def _first_line(module: Module, line: int) -> Location:
    return Location(module.path, line, module.syntax.line_text(line))


def _without_lost_comments(edits: list[TextEdit], imports: list[TextEdit]) -> list[TextEdit]:
    """All edits, but for those of comments that leave together with their import."""
    kept = [
        edit
        for edit in edits
        if not edit.replaced.startswith("#") or not any(edit.span in i.span for i in imports)
    ]
    return kept + imports


def _refuse_what_is_left(found: FileReferences) -> None:
    """Without a leave-behind nobody can go on to reach the names through the source."""
    left = next((reference for reference in found.references if not reference.rewritten), None)
    if left is not None:
        raise Refusal(
            Problem(
                "still-used",
                f"{found.module.name} reaches a moved name through its old module in a way that "
                "cannot be rewritten, and nothing is to be left behind",
                left.location,
                "let it import the name itself first, or leave an import behind",
            )
        )
