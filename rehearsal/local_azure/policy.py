"""Azure Policy: what a definition may say here, and whether a request is let through.

Understood are `field` (type, name, fullName, kind, location, tags, and the aliases below), the operators
equals, notEquals, in, notIn, exists, like and notLike, allOf, anyOf and not, `[parameters('x')]`, and the
effects deny and disabled. A definition with anything else is refused, so that no rule is believed to hold
that does not.
Source: learn.microsoft.com/azure/governance/policy/concepts/definition-structure-policy-rule.
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Mapping
from typing import Any

from rehearsal.local_azure.address import within
from rehearsal.local_azure.errors import ArmError, bad_request
from rehearsal.local_azure.store import Body, Item, Store

DEFINITIONS = "Microsoft.Authorization/policyDefinitions"
ASSIGNMENTS = "Microsoft.Authorization/policyAssignments"
CREDENTIALS = "microsoft.managedidentity/userassignedidentities/federatedidentitycredentials"

ALIASES = (
    {
        f"microsoft.storage/storageaccounts/{name.lower()}": ("microsoft.storage/storageaccounts", name)
        for name in (
            "allowSharedKeyAccess",
            "allowBlobPublicAccess",
            "minimumTlsVersion",
            "publicNetworkAccess",
            "supportsHttpsTrafficOnly",
            "isLocalUserEnabled",
            "isSftpEnabled",
            "allowCrossTenantReplication",
        )
    }
    | {
        f"microsoft.keyvault/vaults/{name.lower()}": ("microsoft.keyvault/vaults", name)
        for name in (
            "enablePurgeProtection",
            "enableRbacAuthorization",
            "enableSoftDelete",
            "publicNetworkAccess",
        )
    }
    | {f"{CREDENTIALS}/{name}": (CREDENTIALS, name) for name in ("issuer", "subject")}
)
"""Property aliases: the type and the property. Source: `az provider show --expand resourceTypes/aliases`."""

FIELDS = ("type", "name", "fullname", "kind", "location", "tags")
_TAG = re.compile(r"tags(?:\.([\w:-]+)|\['([^']+)'\])", re.I)
_PARAMETER = re.compile(r"\[parameters\('([^']+)'\)\]", re.I)
OPERATORS = ("equals", "notEquals", "in", "notIn", "exists", "like", "notLike")
EFFECTS = ("deny", "disabled")


def check_definition(properties: Mapping[str, Any]) -> None:
    """Refuse a definition that says more than is understood. Raises ArmError."""
    rule = properties.get("policyRule")
    parameters = properties.get("parameters") or {}
    if not isinstance(rule, dict) or set(rule) != {"if", "then"}:
        raise _invalid("a policy rule has 'if' and 'then'")
    if str(properties.get("mode") or "All").lower() not in ("all", "indexed"):
        raise _invalid(f"the mode {properties.get('mode')!r} is not played here")
    if not isinstance(rule["then"], dict) or set(rule["then"]) != {"effect"}:
        raise _invalid("'then' has an effect and nothing else that is played here")
    effects = [rule["then"]["effect"]]
    if match := _PARAMETER.fullmatch(str(effects[0])):
        declared = _parameter(parameters, match[1])
        effects = declared.get("allowedValues") or [declared.get("defaultValue")]
    for effect in effects:
        if str(effect).lower() not in EFFECTS:
            raise _invalid(f"the effect {effect!r} is not played here")
    _check_condition(rule["if"], parameters)


def _check_condition(one: Any, parameters: Mapping[str, Any]) -> None:
    if not isinstance(one, dict):
        raise _invalid("a condition is an object")
    keys = {key.lower(): key for key in one}
    for many in ("allof", "anyof"):
        if set(keys) == {many}:
            if not isinstance(one[keys[many]], list) or not one[keys[many]]:
                raise _invalid(f"'{keys[many]}' is a list of conditions")
            for each in one[keys[many]]:
                _check_condition(each, parameters)
            return
    if set(keys) == {"not"}:
        _check_condition(one[keys["not"]], parameters)
        return
    operators = [key for key in one if key.lower() != "field"]
    if (
        "field" not in keys
        or len(operators) != 1
        or operators[0].lower() not in [o.lower() for o in OPERATORS]
    ):
        raise _invalid(f"the condition {json.dumps(one)[:120]} is not played here")
    name = str(one[keys["field"]])
    if name.lower() not in FIELDS and name.lower() not in ALIASES and not _TAG.fullmatch(name):
        raise _invalid(f"the field '{name}' is no alias that is played here", "InvalidPolicyAlias")
    values = one[operators[0]]
    for value in values if isinstance(values, list) else [values]:
        if isinstance(value, str) and value.startswith("[") and not value.startswith("[["):
            match = _PARAMETER.fullmatch(value)
            if match is None:
                raise _invalid(f"the expression {value!r} is not played here")
            _parameter(parameters, match[1])


def _parameter(parameters: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = next((value for key, value in parameters.items() if key.lower() == name.lower()), None)
    if found is None:
        raise _invalid(f"the parameter '{name}' is not declared", "InvalidPolicyParameters")
    return dict(found)


def _invalid(what: str, code: str = "InvalidPolicyRule") -> ArmError:
    return bad_request(f"Failed to parse policy rule: {what}.", code)


def values_of(definition: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """The parameters' values of an assignment, by lower-cased name. Raises ArmError."""
    declared = {name.lower(): value for name, value in (definition.get("parameters") or {}).items()}
    told = {name.lower(): value.get("value") for name, value in given.items()}
    for name in told:
        if name not in declared:
            raise bad_request(
                f"The policy assignment has parameter '{name}' that its definition does not declare.",
                "UndefinedPolicyParameter",
            )
    for name, value in declared.items():
        if name not in told:
            if "defaultValue" not in value:
                raise bad_request(
                    f"The policy assignment lacks the parameter '{name}' of its definition.",
                    "MissingPolicyParameter",
                )
            told[name] = value["defaultValue"]
        allowed = value.get("allowedValues")
        for each in told[name] if isinstance(told[name], list) else [told[name]]:
            if allowed and each not in allowed:
                raise bad_request(
                    f"'{each}' is no allowed value of '{name}'.", "PolicyParameterValueNotAllowed"
                )
    return told


class Policies:
    """Decides about requests by the assignments that the store holds."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def demand(self, resource: Item, *, indexed: bool) -> None:
        """Raise RequestDisallowedByPolicy (403) if an assignment denies the resource as it would be.

        `indexed` says that its type has a location and tags; groups and subscriptions do not count as such.
        """
        violations = [
            found
            for one in self._store.of_type(ASSIGNMENTS)
            if (found := self._denies(one, resource, indexed))
        ]
        if not violations:
            return
        listed = json.dumps(
            [
                {
                    "policyAssignment": {
                        "name": info["policyAssignmentDisplayName"],
                        "id": info["policyAssignmentId"],
                    },
                    "policyDefinition": {
                        "name": info["policyDefinitionDisplayName"],
                        "id": info["policyDefinitionId"],
                    },
                }
                for info in violations
            ]
        )
        raise ArmError(
            403,
            "RequestDisallowedByPolicy",
            f"Resource '{resource.name}' was disallowed by policy. Policy identifiers: '{listed}'.",
            target=resource.name,
            additionalInfo=[{"type": "PolicyViolation", "info": info} for info in violations],
        )

    def _denies(self, assignment: Item, resource: Item, indexed: bool) -> Body | None:
        told = assignment.properties
        place = resource.key
        if str(told.get("enforcementMode") or "Default").lower() != "default":
            return None
        if not within(str(told["scope"]).lower(), place) or place == assignment.key:
            return None
        if any(within(str(scope).lower(), place) for scope in told.get("notScopes") or ()):
            return None
        definition = self._store.get(told["policyDefinitionId"])
        if definition is None:
            return None
        said = definition.properties
        if str(said.get("mode") or "All").lower() == "indexed" and not indexed:
            return None
        values = values_of(said, told.get("parameters") or {})
        effect = str(_resolve(said["policyRule"]["then"]["effect"], values)).lower()
        if effect != "deny" or not _holds(said["policyRule"]["if"], resource, values):
            return None
        return {
            "policyDefinitionDisplayName": said.get("displayName") or definition.name,
            "policyDefinitionId": definition.id,
            "policyDefinitionName": definition.name,
            "policyDefinitionEffect": "deny",
            "policyAssignmentId": assignment.id,
            "policyAssignmentName": assignment.name,
            "policyAssignmentDisplayName": told.get("displayName") or assignment.name,
            "policyAssignmentScope": told["scope"],
        }


def _resolve(value: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(value, list):
        return [_resolve(each, values) for each in value]
    match = _PARAMETER.fullmatch(value) if isinstance(value, str) else None
    return values[match[1].lower()] if match else value


def _holds(one: Mapping[str, Any], resource: Item, values: Mapping[str, Any]) -> bool:
    said = {key.lower(): value for key, value in one.items()}
    if "allof" in said:
        return all(_holds(each, resource, values) for each in said["allof"])
    if "anyof" in said:
        return any(_holds(each, resource, values) for each in said["anyof"])
    if "not" in said:
        return not _holds(said["not"], resource, values)
    found = _field(str(said.pop("field")), resource)
    operator, raw = said.popitem()
    wanted = _resolve(raw, values)
    if operator == "exists":
        return (found is not None) == (_text(wanted) == "true")
    if operator in ("in", "notin"):
        listed = found is not None and _text(found) in [_text(each) for each in wanted]
        return listed if operator == "in" else not listed
    same = found is not None and (
        fnmatch.fnmatchcase(_text(found), _text(wanted))
        if operator.endswith("like")
        else _text(found) == _text(wanted)
    )
    return not same if operator.startswith("not") else same


def _field(name: str, resource: Item) -> Any:
    lower = name.lower()
    if lower in ALIASES:
        of_type, key = ALIASES[lower]
        return resource.properties.get(key) if resource.type.lower() == of_type else None
    if match := _TAG.fullmatch(name):
        tag = (match[1] or match[2]).lower()
        return next(
            (value for key, value in (resource.body.get("tags") or {}).items() if key.lower() == tag), None
        )
    if lower == "type":
        # Policies know resource groups by another type than resources do.
        groups = resource.type == "Microsoft.Resources/resourceGroups"
        return "Microsoft.Resources/subscriptions/resourceGroups" if groups else resource.type
    if lower == "name":
        return resource.name
    if lower == "fullname":  # the names of its parents before it, such as account/default/container
        return "/".join(resource.id.rpartition("/providers/")[2].split("/")[2::2]) or resource.name
    if lower == "location":
        return str(resource.body["location"]).replace(" ", "") if resource.body.get("location") else None
    return resource.body.get(lower)


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).lower()
