"""One file of the project: its bytes, and how they are read as text without losing any of them."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from functools import cached_property

from consolidator.errors import Location, Problem, Refusal

_LINE_END = re.compile(rb"\r\n|\r|\n")
_PYTHON = (".py", ".pyi", ".pyw")
_LOSSLESS = {"utf-8", "utf-8-sig", "ascii", "iso-8859-1"}


@dataclass(frozen=True, eq=False)
class SourceFile:
    """A file as it is on disk (or will be): its path relative to the root, and its bytes."""

    path: str
    data: bytes = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        """The hexadecimal SHA-256 of the bytes."""
        import hashlib

        return hashlib.sha256(self.data).hexdigest()

    @cached_property
    def encoding(self) -> str:
        """The encoding by BOM and PEP 263, as Python names it; `utf-8-sig` when there is a BOM.

        Raises `Refusal` (`undecodable`) when the file declares one that Python does not know.
        """
        head = self._first_two_lines()
        if not any(b"coding" in line for line in head) or not self.path.endswith(_PYTHON):
            return "utf-8-sig" if self.data.startswith(codecs.BOM_UTF8) else "utf-8"
        return self._declared_encoding(head)

    @cached_property
    def text(self) -> str:
        """The decoded text, newlines as they stand, without the BOM.

        Raises `Refusal` (`undecodable`) when the bytes are not text in the file's encoding, or
        when that encoding would not give the same bytes back.
        """
        encoding = self.encoding
        try:
            text = self.data.decode(encoding)
        except UnicodeDecodeError as error:
            reason = f"byte 0x{self.data[error.start]:02x} is not {encoding}"
            raise self._undecodable(error.start, reason) from None
        except (LookupError, ValueError, TypeError) as error:
            raise self._undecodable(0, f"cannot be read as {encoding}: {error}") from None
        if encoding not in _LOSSLESS and self._encoded(text) != self.data:
            raise self._undecodable(0, f"encoding {encoding} does not give the same bytes back")
        return text

    @cached_property
    def newline(self) -> str:
        """The newline that most lines end with; `\\n` when there is none."""
        windows = self.data.count(b"\r\n")
        unix = self.data.count(b"\n") - windows
        mac = self.data.count(b"\r") - windows
        if windows > unix and windows >= mac:
            return "\r\n"
        return "\r" if mac > unix else "\n"

    def encode(self, text: str) -> bytes:
        """The bytes of this file if its text were `text`: same encoding, BOM put back.

        Raises `Refusal` (`unencodable`) when the file's encoding has no bytes for a character.
        """
        try:
            return text.encode(self.encoding)
        except UnicodeEncodeError as error:
            line = len(_LINE_END.findall(text[: error.start].encode("utf-8", "replace"))) + 1
            raise Refusal(
                Problem(
                    "unencodable",
                    f"{self.path} is {self.encoding}, which has no {text[error.start]!r}",
                    Location(self.path, line),
                    "save the file as UTF-8 and drop its encoding declaration",
                )
            ) from None

    def _encoded(self, text: str) -> bytes | None:
        try:
            return text.encode(self.encoding)
        except (UnicodeEncodeError, LookupError, ValueError, TypeError):
            return None

    def _first_two_lines(self) -> list[bytes]:
        first = _LINE_END.search(self.data)
        if first is None:
            return [self.data]
        second = _LINE_END.search(self.data, first.end())
        end = second.start() if second else len(self.data)
        return [self.data[: first.start()], self.data[first.end() : end]]

    def _declared_encoding(self, head: list[bytes]) -> str:
        from tokenize import detect_encoding

        # `detect_encoding` wants the lines before the cookie in UTF-8; the compiler does not:
        #     # caf\xe9
        #     # -*- coding: latin-1 -*-
        ascii_head = [line.decode("ascii", "ignore").encode() + b"\n" for line in head]
        if self.data.startswith(codecs.BOM_UTF8):
            ascii_head[0] = codecs.BOM_UTF8 + ascii_head[0]
        lines = iter([*ascii_head, b"", b""])
        try:
            encoding = detect_encoding(lambda: next(lines))[0]
            return "utf-8" if codecs.lookup(encoding).name == "utf-8" else encoding
        except SyntaxError as error:
            raise self._undecodable(0, str(error)) from None

    def _undecodable(self, offset: int, reason: str) -> Refusal:
        line = len(_LINE_END.findall(self.data, 0, offset)) + 1
        text = _LINE_END.split(self.data)[line - 1].decode("utf-8", "replace")
        return Refusal(
            Problem(
                "undecodable",
                f"{self.path} cannot be read as text: {reason}",
                Location(self.path, line, text),
                "save the file as UTF-8, or declare its encoding in the first line (PEP 263)",
            )
        )
