"""Looks for secrets in a file's bytes, with the detectors of detect-secrets.

Only what the detectors see in the text is used: nothing is asked over a network, and no mark in the file
(`pragma: allowlist secret`) is heeded. Keys of known kinds are looked for everywhere; where files say what a
stack or circuit is, also whatever looks random or is assigned to a word such as password. A secret that is
put together from pieces when the program runs is not found.
"""

from __future__ import annotations

import base64
import binascii
import importlib
import json
import pkgutil
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from detect_secrets.plugins.base import BasePlugin, RegexBasedDetector

MOST_BYTES: Final = 5 * 1024 * 1024
"""Longer files are not looked through, and that is said."""
_WINDOW, _STEP = 2000, 1500
"""Characters of a long line that are looked at together; detectors are quadratic in what they are given."""
_LIKELY: Final = re.compile(r"[A-Za-z0-9+/_=-]{16}|://[^\s@]+@")
"""Every key of a known kind is so long, in one piece; names and passwords in addresses are not."""
_ENCODED: Final = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_PRIVATE: Final = re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----|PuTTY-User-Key-File-\d:")
_MATERIAL: Final = re.compile(r"[A-Za-z0-9+/=]{16,}")
# Ids are base32, so that a zero or a one stands in none (as Gitleaks has it, too).
_AWS_ID: Final = re.compile(r"(A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[A-Z2-7]{16}")
_STACK_FILE: Final = re.compile(r"stacks/pulumi\.[^/]+\.yaml")
# What the Pulumi CLI writes into a stack file for itself: a salt, or a key that only the cloud's key opens.
_OF_THE_CLI: Final = re.compile(
    r"encryptionsalt: v1:[A-Za-z0-9+/=]{8,}:v1:[A-Za-z0-9+/=]{12,}:[A-Za-z0-9+/=]{16,}\s*"
    r"|encryptedkey: [A-Za-z0-9+/]{64,}={0,2}\s*"
)
_EXCEPTION_FILE: Final = re.compile(r"stacks/exceptions/[^/]+\.yaml")
_MARK: Final = re.compile(r"(?<=^resource: )(file::[^:]+):[0-9a-f]{16}(?=\s*$)")
"""What an exception from a check by file names is not what it stands for."""
_CIRCUITS: Final = (".ipynb", ".qasm", ".qasm3", ".qir", ".ll", ".qs")
_FOLDERS: Final = frozenset({"stacks", "circuits", "notebooks", "examples"})


_LONGEST_KEY: Final = 64 * 1024
"""Characters of a private key that are looked at."""


@dataclass(frozen=True, order=True)
class Hit:
    """line: from 1. kind: what it looks like. value: what was found, to be compared and never told."""

    line: int
    kind: str
    value: str = field(repr=False)


def is_strict(path: str) -> bool:
    """Whether a file says what a stack or a circuit is. path: relative, with forward slashes."""
    where = PurePosixPath(path.casefold())
    named = where.suffix in _CIRCUITS or bool(_FOLDERS & {*where.parts[:-1]})
    return named and where.suffix != ".xml"  # metadata of identity providers is full of certificates


def hits(path: str, data: bytes) -> tuple[Hit, ...]:
    """What looks like a secret in a file's bytes, by line."""
    return tuple(sorted({*_hits_in(path.casefold(), _text(data))}))


def _hits_in(path: str, text: str) -> Iterator[Hit]:
    lines = text.split("\n")
    yield from _private_keys(text)
    yield from _specific_hits(lines)
    yield from _encoded_hits(lines)
    if not is_strict(path):
        return
    inner = _notebook(text) if path.endswith(".ipynb") else None
    if _STACK_FILE.fullmatch(path):
        lines = ["" if _OF_THE_CLI.fullmatch(line) else line for line in lines]
    if _EXCEPTION_FILE.fullmatch(path):
        lines = [_MARK.sub(r"\1", line) for line in lines]
    for number, line in inner if inner is not None else enumerate(lines, 1):
        for piece in _pieces(line):
            yield from (Hit(number, *found) for found in _strict_kinds(path, piece))
            if inner is not None:  # what the file writes with escapes
                yield from (Hit(number, *found) for found in _kinds(piece))


# --- detectors ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Kind:
    """A kind of key that the library does not know."""

    secret_type: str
    denylist: tuple[re.Pattern[str], ...]

    def analyze_string(self, string: str) -> Iterator[str]:
        for pattern in self.denylist:
            yield from pattern.findall(string)


def _kind(name: str, pattern: str) -> _Kind:
    return _Kind(name, (re.compile(pattern),))


_OTHERS: Final = (
    # The first two as Gitleaks has them (rules pulumi-api-token, azure-ad-client-secret).
    _kind("Pulumi access token", r"\bpul-[0-9a-f]{40}\b"),
    _kind("Entra client secret", r"(?<![\w~.-])[\w~.]{3}[0-9]Q~[\w~.-]{31,34}(?![\w~.-])"),
    # An HMAC-SHA256 in base64, encoded for a URL.
    _kind("Azure shared access signature", r"[?&]sig=[A-Za-z0-9%+/]{43,}(?:%3[Dd]|=)"),
    # A part of the connection string that the azure-quantum package takes (ConnectionConstants).
    _kind("Azure Quantum workspace key", r"(?i);\s*ApiKey=[^;\s\"']{20,}"),
)


@cache
def _detectors() -> tuple[tuple[RegexBasedDetector | _Kind, ...], tuple[BasePlugin, ...]]:
    """Those of known kinds, and those of whatever looks like a secret."""
    import detect_secrets.plugins as package
    from detect_secrets.plugins.base import RegexBasedDetector
    from detect_secrets.plugins.high_entropy_strings import Base64HighEntropyString, HexHighEntropyString
    from detect_secrets.plugins.keyword import KeywordDetector
    from detect_secrets.plugins.private_key import PrivateKeyDetector as PrivateKeys

    known: list[RegexBasedDetector] = []
    for info in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        for value in vars(importlib.import_module(info.name)).values():
            own = isinstance(value, type) and value.__module__ == info.name
            # The one of private keys opens the file by itself; here is another.
            if (
                own
                and issubclass(value, RegexBasedDetector)
                and value not in (RegexBasedDetector, PrivateKeys)
            ):
                known.append(value())
    return (*known, *_OTHERS), (KeywordDetector(), Base64HighEntropyString(), HexHighEntropyString())


@cache
def _prefilters() -> tuple[tuple[RegexBasedDetector | _Kind, tuple[re.Pattern[str], ...]], ...]:
    """Each detector with its patterns, to see in one go whether a whole file has anything for it."""
    return tuple(
        (each, tuple(re.compile(one.pattern, one.flags | re.MULTILINE) for one in each.denylist))
        for each in _detectors()[0]
    )


def _specific_hits(lines: list[str]) -> Iterator[Hit]:
    likely = [(number, line) for number, line in enumerate(lines, 1) if _LIKELY.search(line)]
    short = all(len(line) <= _WINDOW for _, line in likely)
    text = "\n".join(line for _, line in likely) if short else ""
    wanted = [
        detector
        for detector, patterns in _prefilters()
        if not short or any(pattern.search(text) for pattern in patterns)
    ]
    for number, line in likely if wanted else ():
        for piece in _pieces(line):
            yield from (Hit(number, *found) for found in _kinds(piece, wanted))


def _kinds(text: str, detectors: Any = None) -> Iterator[tuple[str, str]]:
    """The known kinds that a piece of text holds, each with what was found."""
    for detector in _detectors()[0] if detectors is None else detectors:
        for secret in detector.analyze_string(text):
            if not _is_none(secret, text):
                # A pattern's group may be only how such keys begin: what was found is the whole match.
                matches = (match[0] for each in detector.denylist for match in each.finditer(text))
                yield from ((detector.secret_type, match) for match in matches if secret in match)


def _is_none(secret: str, text: str) -> bool:
    """An id of AWS that cannot be one, or the end of something longer in base64, such as a certificate."""
    if re.fullmatch(r"(A3T[A-Z0-9]|ABIA|ACCA|AKIA|ASIA)[A-Z0-9]{16}", secret):
        # The ids of AWS's own documentation end so.
        return secret.endswith("EXAMPLE") or not _AWS_ID.fullmatch(secret)
    end = re.fullmatch(r"[A-Za-z0-9+/]{86,88}==", secret)
    return bool(end) and not re.search(rf"(?<![A-Za-z0-9+/]){re.escape(secret)}", text)


def _private_keys(text: str) -> Iterator[Hit]:
    """Beginnings of private keys that have material behind them, in whatever form it is written."""
    for begin in _PRIVATE.finditer(text):
        behind = text[begin.end() : begin.end() + 600]
        if sum(map(len, _MATERIAL.findall(behind))) >= 32:
            longest = begin.end() + _LONGEST_KEY
            end = text.find("-----END", begin.end(), longest)
            value = text[begin.end() : end if end > 0 else longest]
            yield Hit(text.count("\n", 0, begin.start()) + 1, "private key", value)


def _strict_kinds(path: str, line: str) -> Iterator[tuple[str, str]]:
    from detect_secrets.filters import heuristic

    for detector in _detectors()[1]:
        for each in detector.analyze_line(path, line, 1):
            secret = each.secret_value or ""
            harmless = (
                heuristic.is_sequential_string(secret)
                or heuristic.is_potential_uuid(secret)
                or heuristic.is_templated_secret(secret)
                or heuristic.is_not_alphanumeric_string(secret)
                or heuristic.is_aws_arn(secret)
            )
            if not harmless:
                yield detector.secret_type, secret


def _encoded_hits(lines: list[str]) -> Iterator[Hit]:
    """Keys of known kinds in base64, such as a whole file of credentials."""
    for number, line in enumerate(lines, 1):
        for token in _ENCODED.findall(line):
            decoded = _decoded(token)
            for part in decoded.split("\n") if decoded else ():
                for piece in _pieces(part):
                    yield from (Hit(number, f"{kind} in base64", token) for kind, _ in _kinds(piece))


def _decoded(token: str) -> str:
    plain = token.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        data = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True)
        text = data.decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
    return text if all(sign.isprintable() or sign in "\r\n\t" for sign in text) else ""


# --- text ---------------------------------------------------------------------------------------------------


def _text(data: bytes) -> str:
    """Bytes as text, whatever they are or say they are: what is not text still may hold some. Without their
    zeros UTF-16 and UTF-32 are read, too; what is not ASCII is the part of no key."""
    return data.replace(b"\0", b"").decode("ascii", "replace")


def _pieces(line: str) -> Iterator[str]:
    yield line[:_WINDOW]
    for start in range(_STEP, len(line) - (_WINDOW - _STEP), _STEP):
        yield line[start : start + _WINDOW]


def _notebook(text: str) -> list[tuple[int, str]] | None:
    """The lines of a notebook's cells and texts, each with its line in the file; None where it is none.

    Pictures are left out: they are random by nature, and a known kind of key in them is found all the same.
    """
    try:
        cells = json.loads(text)["cells"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    raw = text.split("\n")
    found: list[tuple[int, str]] = []
    at = 0
    for part in _strings(cells):
        for line in part.split("\n"):
            written = json.dumps(line, ensure_ascii=False)[1:-1]
            here = next((n for n in range(at, len(raw)) if line and written in raw[n]), at)
            at = here
            found.append((here + 1, line))
    return found


def _strings(value: Any, key: str = "") -> Iterator[str]:
    if key.startswith("image/") or key in ("id", "execution_count", "cell_type", "output_type"):
        return
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _strings(part, name)
    elif isinstance(value, list):
        for part in value:
            yield from _strings(part, key)
    elif isinstance(value, str):
        yield value
