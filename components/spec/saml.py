"""Looks whether a file is the metadata of a SAML identity provider, without trusting it."""

from __future__ import annotations

from xml.parsers import expat

MAX_BYTES = 2_000_000
"""IAM takes metadata documents of 1,000 to 10,000,000 characters; real ones stay far below."""
MIN_BYTES = 1000
_METADATA = "urn:oasis:names:tc:SAML:2.0:metadata"


class SamlError(ValueError):
    """The metadata is not usable; the text says why."""


def check_metadata(data: bytes) -> str:
    """The metadata as text. Raises SamlError.

    Document types and entities are refused, so that nothing is expanded or fetched.
    """
    if len(data) < MIN_BYTES:
        raise SamlError(f"has {len(data)} bytes; IAM takes no metadata below {MIN_BYTES}")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SamlError("is not UTF-8") from None
    path: list[str] = []
    seen: set[tuple[str, ...]] = set()

    def refuse(*_: object) -> None:
        raise SamlError("declares a document type or an entity; remove it")

    def start(name: str, _: dict[str, str]) -> None:
        path.append(name)
        if len(path) > 50:
            raise SamlError("is nested too deeply")
        seen.add(tuple(path))

    parser = expat.ParserCreate(encoding="utf-8", namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    parser.StartElementHandler = start
    parser.EndElementHandler = lambda _: path.pop()
    try:
        parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise SamlError(
            f"is not well-formed XML: {expat.ErrorString(error.code)}, line {error.lineno}"
        ) from None
    except ValueError as error:
        raise error if isinstance(error, SamlError) else SamlError("is not well-formed XML") from None
    root = f"{_METADATA} EntityDescriptor"
    if (root,) not in seen:
        raise SamlError("has no EntityDescriptor at its root")
    provider = (root, f"{_METADATA} IDPSSODescriptor")
    if provider not in seen:
        raise SamlError("describes no identity provider (no IDPSSODescriptor)")
    if (*provider, f"{_METADATA} SingleSignOnService") not in seen:
        raise SamlError("names no SingleSignOnService")
    if not any(item[:2] == provider and item[-1].endswith(" X509Certificate") for item in seen):
        raise SamlError("holds no signing certificate")
    return text
