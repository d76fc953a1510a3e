"""Exported states made comparable: what two engines must agree on, without what is different in every run.

Kept are inputs, outputs, ids, parents, dependencies, provider references, protection and every other field
of a resource that is not named below; a secret is kept as a digest of its value, so that the value and the
fact that it is secret are both compared while neither is shown. Left out are times, source positions, stack
traces and the manifest. An id that a cloud makes up (a UUID, an IAM unique id, a secret's ARN) becomes a
placeholder named after the resource that got it, wherever it occurs, also inside JSON texts. The version of
a resource (an etag, the end of a key's address) is one of every run, too.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from rehearsal.engine.errors import EngineError
from rehearsal.engine.passphrase import Passphrase
from rehearsal.engine.wire import SECRET, SIGNATURE

DIGEST: Final = "[secret]"
LEFT_OUT: Final = frozenset({"created", "modified", "sourcePosition", "stackTrace"})
UNORDERED: Final = frozenset(
    {"dependencies", "additionalSecretOutputs", "aliases", "ignoreChanges", "replaceWith"}
)
# A secret's ARN, which ends with six characters of AWS's choice; a UUID; an AWS unique id (AIDA…, AROA…,
# ANPA…); the id of a policy of the organization or of a part of a network. An account id of 12 digits is
# none of them.
MADE_UP: Final = re.compile(
    r"arn:aws:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]+-[A-Za-z0-9]{6}(?![A-Za-z0-9*])|"
    r"(?<![0-9a-f])[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}(?![0-9a-f])|(?<![A-Z0-9])A[A-Z0-9]{15,}(?![A-Z0-9])|"
    r"(?<![A-Za-z0-9-])(?:p-[a-z0-9]{8}|(?:vpc|subnet|sg|sgr|vpce|rtb|rtbassoc|acl|fl|pl)-[0-9a-f]{8,17})(?![A-Za-z0-9-])"
)
TIME: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)?")
# The version of an Azure resource (its etag), and that of a key at the end of its address.
VERSION: Final = re.compile(r"(?<=/)[0-9a-f]{32}$")
VERSION_NAMES: Final = frozenset({"eTag", "etag"})
# Times that a vault notes as seconds since 1970.
SECONDS_NAMES: Final = frozenset({"created", "updated"})
# Where a local cloud listens is told by what lives in it.
LOOPBACK: Final = re.compile(r"(?<=://127\.0\.0\.1:)[0-9]{4,5}")

Json = Any  # what json.loads gives


class ExportError(ValueError):
    """An export that cannot be read: not version 3, or not to be opened with this passphrase."""


def normalise(deployment: Mapping[str, Json], passphrase: str) -> dict[str, Json]:
    """The comparable form of an export (`{"version": 3, "deployment": …}`), resources by URN. Raises
    ExportError."""
    inner = deployment.get("deployment")
    if deployment.get("version") != 3 or not isinstance(inner, Mapping):
        raise ExportError("not an exported deployment of version 3")
    decrypt = _opener(inner.get("secrets_providers") or {}, passphrase)
    resources = [_opened(resource, decrypt) for resource in inner.get("resources") or []]
    names = _made_up(resources)
    operations = [_opened(operation, decrypt) for operation in inner.get("pending_operations") or []]
    return {
        "secrets_providers": (inner.get("secrets_providers") or {}).get("type", ""),
        "resources": dict(_resource(resource, names) for resource in resources),
        "pending_operations": [
            {"type": operation["type"], "urn": operation["resource"]["urn"]} for operation in operations
        ],
    }


class _Secret:
    """A decrypted value on its way to a digest; has no readable form."""

    def __init__(self, value: Json) -> None:
        self.value = value


def _opener(provider: Mapping[str, Json], passphrase: str) -> Callable[[str], Json]:
    def refuse(_: str) -> Json:
        raise ExportError(
            f"a secret, but the state names no passphrase provider (type {provider.get('type')!r})"
        )

    if provider.get("type") != "passphrase":
        return refuse
    try:
        secrets = Passphrase(passphrase, provider["state"]["salt"])
    except (KeyError, TypeError):
        raise ExportError("the state's passphrase salt cannot be read") from None

    def decrypt(ciphertext: str) -> Json:
        try:
            return json.loads(secrets.open(ciphertext))
        except EngineError as problem:
            raise ExportError(str(problem)) from None

    return decrypt


def _opened(value: Json, decrypt: Callable[[str], Json]) -> Json:
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            plain = json.loads(value["plaintext"]) if "plaintext" in value else decrypt(value["ciphertext"])
            return _Secret(_opened(plain, decrypt))
        return {key: _opened(item, decrypt) for key, item in value.items()}
    return [_opened(item, decrypt) for item in value] if isinstance(value, list) else value


def _made_up(resources: list[dict[str, Json]]) -> dict[str, str]:
    """Placeholders for made-up ids: each is named after the first resource that has it without being given
    it."""
    names: dict[str, str] = {}
    given: set[str] = set()
    # Components and the stack only repeat what their parts have, and the stack stands first.
    for resource in sorted(resources, key=lambda resource: not resource.get("custom")):
        inputs = _texts(resource.get("inputs"), "")
        given |= {token for _, text in inputs for token in MADE_UP.findall(text)} - names.keys()
        own = {"id": resource.get("id"), "outputs": resource.get("outputs")}
        for path, text in _texts(own, ""):
            for token in MADE_UP.findall(text):
                if token not in names and token not in given:
                    names[token] = f"<{path} of {resource['urn']}>"
    return names


def _texts(value: Json, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, _Secret):
        yield from _texts(value.value, path)
    elif isinstance(value, dict):
        for key in sorted(value):
            yield from _texts(value[key], f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, f"{path}[{index}]")
    elif isinstance(value, str):
        yield path, value


def _resource(resource: dict[str, Json], names: Mapping[str, str]) -> tuple[str, dict[str, Json]]:
    fields: dict[str, Json] = {}
    for key, value in resource.items():
        if key in LEFT_OUT or key == "urn":
            continue
        if key == "outputs":
            value = _without_versions(_without_times(value, resource.get("inputs")), resource.get("inputs"))
        elif key == "propertyDependencies":
            value = {name: sorted(urns or []) for name, urns in (value or {}).items()}
        elif key in UNORDERED:
            value = sorted(value or [])
        value = _plain(value, names)
        if value not in (None, "", [], {}) and value is not False:  # an omitted field means the same
            fields[key] = value
    urn = resource["urn"]
    return (f"{urn} (to be deleted)" if resource.get("delete") else urn), fields


def _without_times(output: Json, given: Json) -> Json:
    """`output` with the times that a cloud noted; one that was given as an input stays."""
    if isinstance(output, dict):
        inputs = given if isinstance(given, dict) else {}
        return {key: _without_times(value, inputs.get(key)) for key, value in output.items()}
    if isinstance(output, str) and TIME.fullmatch(output) and output != given:
        return "<time>"
    return output


def _without_versions(output: Json, given: Json, name: str = "") -> Json:
    """`output` without what names just one version of the resource or one run of a local cloud, unless it
    was given as an input."""
    if isinstance(output, dict):
        inputs = given if isinstance(given, dict) else {}
        return {key: _without_versions(value, inputs.get(key), key) for key, value in output.items()}
    if isinstance(output, int) and not isinstance(output, bool) and given is None and name in SECONDS_NAMES:
        return "<time>"
    if not isinstance(output, str) or output == given:
        return output
    text = LOOPBACK.sub("<port>", output)
    return "<version>" if name in VERSION_NAMES else VERSION.sub("<version>", text)


def _plain(value: Json, names: Mapping[str, str]) -> Json:
    if isinstance(value, _Secret):
        text = json.dumps(_plain(value.value, names), sort_keys=True)
        return {DIGEST: hashlib.sha256(text.encode()).hexdigest()}
    if isinstance(value, dict):
        return {
            MADE_UP.sub(lambda m: names.get(m[0], m[0]), key): _plain(item, names)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_plain(item, names) for item in value]
    return MADE_UP.sub(lambda m: names.get(m[0], m[0]), value) if isinstance(value, str) else value


def differences(first: Mapping[str, Json], second: Mapping[str, Json]) -> list[str]:
    """What differs between two normalised exports, a line each, by path. A secret's value is never in it."""
    return list(_differences(dict(first), dict(second), ""))


def _differences(first: Json, second: Json, path: str) -> Iterator[str]:
    secret = [_is_secret(value) for value in (first, second)]
    if any(secret):
        if not all(secret):
            yield f"{path}: secret in the {'first' if secret[0] else 'second'}, plain in the other"
        elif first != second:
            yield f"{path}: the secret values differ"
    elif isinstance(first, dict) and isinstance(second, dict):
        for key in sorted({*first, *second}):
            here = f"{path} > {key}" if path else key
            if key not in second:
                yield f"{here}: only in the first: {_shown(first[key])}"
            elif key not in first:
                yield f"{here}: only in the second: {_shown(second[key])}"
            else:
                yield from _differences(first[key], second[key], here)
    elif isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        for index, (one, other) in enumerate(zip(first, second, strict=True)):
            yield from _differences(one, other, f"{path}[{index}]")
    elif first != second or isinstance(first, bool) is not isinstance(second, bool):
        yield f"{path}: {_shown(first)} in the first, {_shown(second)} in the second"


def _is_secret(value: Json) -> bool:
    return isinstance(value, dict) and set(value) == {DIGEST}


def _shown(value: Json) -> str:
    def masked(item: Json) -> Json:
        if _is_secret(item):
            return DIGEST
        if isinstance(item, dict):
            return {key: masked(inner) for key, inner in item.items()}
        return [masked(inner) for inner in item] if isinstance(item, list) else item

    text = json.dumps(masked(value), ensure_ascii=False, sort_keys=True)
    return text if len(text) <= 300 else f"{text[:300]}…"
