"""What kind of class a class is: a dataclass, an Enum, a model; its bases and decorators tell."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from consolidator.index.class_identity.facts import ClassFacts, read_classes
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
    _known: dict[tuple[str, str], SchemaKind] = field(default_factory=dict, repr=False)

    def schema_kind(self, facts: ClassFacts) -> SchemaKind:
        """What its fields make the class, through its bases in the project; empty if nothing."""
        for part in facts.header:
            if part.part == "decorators":
                kind = _DECORATORS.get(self._external(facts.path, _dotted(part.source)), "")
                if kind:
                    return kind
        if "__tablename__" in facts.members:
            return "orm"
        for part in facts.header:
            if part.part == "bases":
                kind = self._kind_of_base(facts.path, _dotted(part.source))
                if kind:
                    return kind
        return ""

    def is_a(self, facts: ClassFacts, names: frozenset[str]) -> bool:
        """Whether the class is derived from one of these classes outside of the project."""
        return any(base in names for base in self.roots(facts))

    def roots(self, facts: ClassFacts, _depth: int = 0) -> frozenset[str]:
        """The classes outside of the project that it is derived from: `unittest.TestCase`."""
        found: set[str] = set()
        for part in facts.header:
            if part.part != "bases":
                continue
            dotted = _dotted(part.source)
            above = self._class(facts.path, dotted) if _depth < _DEEPEST else None
            if above is None or above is facts:
                found.add(self._external(facts.path, dotted))
            else:
                found |= self.roots(above, _depth + 1)
        return frozenset(found)

    def _kind_of_base(self, path: str, dotted: str) -> SchemaKind:
        key = (path, dotted)
        if key not in self._known:
            self._known[key] = ""  # class A(B), class B(A)
            self._known[key] = self._judge_base(path, dotted)
        return self._known[key]

    def _judge_base(self, path: str, dotted: str) -> SchemaKind:
        external = self._external(path, dotted)
        if external in _BASES:
            return _BASES[external]
        above = self._class(path, dotted)
        if above is not None:
            return self.schema_kind(above)
        place = self.meanings.meaning(path, dotted.partition(".")[0]).place
        if place is not None:
            for binding in self.meanings.bindings(place[0]).get(place[1], []):
                if binding[0] == "own" and _ORM_FACTORY.search(binding[1]):
                    return "orm"
        return ""

    def _external(self, path: str, dotted: str) -> str:
        """`enum.Enum` for `Enum` or `e.Enum`, as the module imports it."""
        first, _, rest = dotted.partition(".")
        meaning = self.meanings.meaning(path, first)
        return f"{meaning.text}.{rest}" if rest else meaning.text

    def _class(self, path: str, dotted: str) -> ClassFacts | None:
        """The class of the project that an expression names; None if it names no such thing."""
        first, _, rest = dotted.partition(".")
        meaning = self.meanings.meaning(path, first)
        while rest and meaning.kind == "module":
            first, _, rest = rest.partition(".")
            meaning = self.meanings.imported(path, meaning.text, first)
        if rest or meaning.place is None:
            return None
        outlined = self.meanings.outline(meaning.place[0])
        for item in outlined.classes if outlined else ():
            if item.name == meaning.place[1] and outlined is not None:
                place = (meaning.place[0], item)
                return read_classes(self.meanings.index, {meaning.place[0]: outlined}, [place]).get(
                    place
                )
        return None


_DEEPEST = 20


def _dotted(source: str) -> str:
    """`pkg.Base` of `pkg.Base[T]` and of `pkg.Base(...)`."""
    return re.split(r"[\[(]", source, maxsplit=1)[0].strip()
