"""What kind of class a class is: a dataclass, an Enum, a model; its bases and decorators tell."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Literal

from consolidator.index.class_identity.facts import ClassFacts, Place
from consolidator.index.class_identity.headers import Header, Headers
from consolidator.index.class_identity.meanings import Meanings

SchemaKind = Literal[
    "dataclass", "attrs", "enum", "namedtuple", "typeddict", "pydantic", "orm", "serializer", ""
]

_DECORATORS: dict[str, SchemaKind] = {
    "dataclasses.dataclass": "dataclass",
    "pydantic.dataclasses.dataclass": "pydantic",
    **dict.fromkeys(
        ("attr.s", "attr.attrs", "attr.define", "attr.frozen", "attr.mutable", "attr.dataclass"),
        "attrs",
    ),
    **dict.fromkeys(("attrs.define", "attrs.frozen", "attrs.mutable"), "attrs"),
    "strawberry.type": "dataclass",
    "strawberry.input": "dataclass",
}
_BASES: dict[str, SchemaKind] = {
    **dict.fromkeys(
        ("enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag", "enum.IntFlag"), "enum"
    ),
    **dict.fromkeys(("django.db.models.TextChoices", "django.db.models.IntegerChoices"), "enum"),
    "typing.NamedTuple": "namedtuple",
    "typing.TypedDict": "typeddict",
    "mypy_extensions.TypedDict": "typeddict",
    "typing.Protocol": "",
    **dict.fromkeys(
        (
            "pydantic.BaseModel",
            "pydantic.RootModel",
            "pydantic.BaseSettings",
            "pydantic.generics.GenericModel",
            "pydantic.main.BaseModel",
            "pydantic_settings.BaseSettings",
        ),
        "pydantic",
    ),
    **dict.fromkeys(("msgspec.Struct", "ctypes.Structure", "ctypes.Union"), "dataclass"),
    **dict.fromkeys(
        (
            "sqlmodel.SQLModel",
            "django.db.models.Model",
            "django.contrib.gis.db.models.Model",
            "sqlalchemy.orm.DeclarativeBase",
            "sqlalchemy.orm.MappedAsDataclass",
            "peewee.Model",
            "mongoengine.Document",
            "mongoengine.EmbeddedDocument",
            "tortoise.models.Model",
            "beanie.Document",
        ),
        "orm",
    ),
    **dict.fromkeys(
        (
            "marshmallow.Schema",
            "rest_framework.serializers.Serializer",
            "rest_framework.serializers.ModelSerializer",
            "django.forms.Form",
            "django.forms.ModelForm",
        ),
        "serializer",
    ),
}
_ORM_FACTORY = re.compile(r"\b(?:declarative_base|automap_base|SQLAlchemy|as_declarative)\(")


@dataclass(frozen=True)
class ClassKinds:
    """Tells what makes up the classes of one project; what was found out is kept."""

    meanings: Meanings
    _headers: Headers = field(repr=False)
    _kinds: dict[tuple[str, str], SchemaKind] = field(default_factory=dict, repr=False)
    _of_facts: dict[ClassFacts, SchemaKind] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, meanings: Meanings) -> ClassKinds:
        return cls(meanings, Headers(meanings.index))

    def schema_kind(self, facts: ClassFacts) -> SchemaKind:
        """What its fields make the class, through its bases in the project; empty if nothing."""
        if facts not in self._of_facts:
            self._of_facts[facts] = self._judge(facts.path, _header(facts), facts.members.keys())
        return self._of_facts[facts]

    def roots(self, facts: ClassFacts) -> frozenset[str]:
        """The classes outside of the project that it is derived from: `unittest.TestCase`."""
        return frozenset(self._roots(facts.path, _header(facts), 0))

    def bases(self, facts: ClassFacts) -> tuple[Place | str, ...]:
        """The bases of a class: classes of the project, and the names of others."""
        return tuple(self._bases(facts.path, _header(facts)))

    def bases_at(self, place: Place) -> tuple[Place | str, ...]:
        """The same for a class of which only the place is known."""
        return tuple(self._bases(place[0], self._headers.of(place)))

    def _bases(self, path: str, header: Header) -> Iterator[Place | str]:
        for base in header.bases:
            yield self._class(path, base) or self._external(path, base)

    def _judge(self, path: str, header: Header, members: Collection[str]) -> SchemaKind:
        for decorator in header.decorators:
            kind = _DECORATORS.get(self._external(path, decorator), "")
            if kind:
                return kind
        if "__tablename__" in members:
            return "orm"
        for base in header.bases:
            kind = self._kind_of_base(path, base)
            if kind:
                return kind
        return ""

    def _kind_of_base(self, path: str, base: str) -> SchemaKind:
        key = (path, base)
        if key not in self._kinds:
            self._kinds[key] = ""  # class A(B), class B(A)
            self._kinds[key] = self._judge_base(path, base)
        return self._kinds[key]

    def _judge_base(self, path: str, base: str) -> SchemaKind:
        external = self._external(path, base)
        if external in _BASES:
            return _BASES[external]
        above = self._class(path, base)
        if above is not None:
            return self._judge(above[0], self._headers.of(above), above[1].members)
        place = self.meanings.meaning(path, base.partition(".")[0]).place
        if place is not None:
            for binding in self.meanings.bindings(place[0]).get(place[1], []):
                if binding[0] == "own" and _ORM_FACTORY.search(binding[1]):
                    return "orm"
        return ""

    def _roots(self, path: str, header: Header, depth: int) -> Iterator[str]:
        for base in header.bases:
            above = self._class(path, base) if depth < _DEEPEST else None
            if above is None:
                yield self._external(path, base)
            else:
                yield from self._roots(above[0], self._headers.of(above), depth + 1)

    def _external(self, path: str, dotted: str) -> str:
        """`enum.Enum` for `Enum` or `e.Enum`, as the module imports it."""
        first, _, rest = dotted.partition(".")
        if not first:
            return ""
        meaning = self.meanings.meaning(path, first)
        return f"{meaning.text}.{rest}" if rest else meaning.text

    def _class(self, path: str, dotted: str) -> Place | None:
        """The class of the project that an expression names; None if it names no such thing."""
        first, _, rest = dotted.partition(".")
        if not first:
            return None
        meaning = self.meanings.meaning(path, first)
        while rest and meaning.kind == "module":
            first, _, rest = rest.partition(".")
            meaning = self.meanings.imported(path, meaning.text, first)
        if rest or meaning.place is None:
            return None
        outlined = self.meanings.outline(meaning.place[0])
        for item in outlined.classes if outlined else ():
            if item.name == meaning.place[1]:
                return meaning.place[0], item
        return None


_DEEPEST = 20


def _header(facts: ClassFacts) -> Header:
    def written(part: str) -> tuple[str, ...]:
        return tuple(
            re.split(r"[\[(]", item.source, maxsplit=1)[0].strip()
            for item in facts.header
            if item.part == part
        )

    return Header(written("decorators"), written("bases"))
