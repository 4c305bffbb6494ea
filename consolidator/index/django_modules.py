"""Modules of Django, and of what is built on it, that ask for its settings or apps themselves."""

from __future__ import annotations

from consolidator.names import ModuleName

_READING_SETTINGS = frozenset(
    f"rest_framework.{name}"
    for name in (
        "decorators", "filters", "generics", "pagination", "parsers", "renderers", "routers",
        "schemas", "test", "throttling", "urls", "versioning", "views", "viewsets",
    )
)  # fmt: skip
_WITH_MODELS = {
    "django.contrib.admin": {"forms", "models"},
    "django.contrib.auth": {
        "admin", "backends", "base_user", "forms", "middleware", "mixins", "models", "urls",
        "views",
    },
    "django.contrib.contenttypes": {"admin", "fields", "forms", "models", "views"},
    "django.contrib.flatpages": {"admin", "forms", "middleware", "models", "urls", "views"},
    "django.contrib.redirects": {"admin", "middleware", "models"},
    "django.contrib.sessions": {"base_session", "models"},
    "django.contrib.sites": {"admin", "models"},
    "rest_framework.authtoken": {"admin", "models", "views"},
}  # fmt: skip
_ASKING_FOR_APPS = frozenset(
    f"{package}.{name}" for package, names in _WITH_MODELS.items() for name in names
)


def reads_settings_itself(module: ModuleName) -> bool:
    """Whether a module cannot be imported before Django has its settings."""
    return not _READING_SETTINGS.isdisjoint(_with_parents(module))


def asks_for_apps(module: ModuleName) -> bool:
    """Whether a module defines models, or imports such that do."""
    return not _ASKING_FOR_APPS.isdisjoint(_with_parents(module))


def _with_parents(module: ModuleName) -> set[str]:
    """`rest_framework.schemas.openapi` needs `rest_framework.schemas`."""
    return {module, *module.ancestors()}
