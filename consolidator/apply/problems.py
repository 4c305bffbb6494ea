"""How the refusals of this part are worded."""

from __future__ import annotations

from consolidator.errors import Location, Problem, Refusal


def about_file(code: str, path: str, message: str, remedy: str) -> Problem:
    """A problem with one file of the project."""
    return Problem(code, message, Location(path, 1), remedy)


def refusal(code: str, message: str, remedy: str) -> Refusal:
    """A refusal for one reason that is in no file of the project."""
    return Refusal(Problem(code, message, remedy=remedy))


def reason(error: BaseException) -> str:
    """What the file system said, with the path it said it about."""
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    return str(error) or type(error).__name__
