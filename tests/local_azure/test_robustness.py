"""Whatever is sent, the answer is Azure's or a refusal in words: never a failure of ours, never half a"
" change."""

from __future__ import annotations

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rehearsal.local_azure.arm import ResourceManager
from rehearsal.local_azure.catalogue import KINDS
from rehearsal.local_azure.identity import Tokens
from rehearsal.local_azure.names import OWNER
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import World
from tests.local_azure.arm import Arm

GROUP = "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/g"


class Here:
    """Resource Manager without a socket."""

    def __init__(self) -> None:
        tokens = Tokens("k" * 32, "local")
        endpoints = {name: f"https://127.0.0.1/{name}" for name in ("arm", "quantum", "blob")}
        self.world = World(tokens, endpoints, operation_seconds=0)
        self.manager = ResourceManager(self.world, KINDS, threading.Lock())
        self.headers = {"authorization": "Bearer " + tokens.mint(OWNER)[0]}

    def ask(self, method: str, path: str, body: Any = None, version: str | None = None) -> Reply:
        data = b"" if body is None else json.dumps(body).encode()
        query = {"api-version": version or "2024-03-01"}
        return self.manager(Request(method, path, query, data, self.headers))


@pytest.fixture(scope="module")
def here() -> Here:
    found = Here()
    assert found.ask("PUT", GROUP, {"location": "westeurope"}).status == 201
    return found


segments = st.one_of(
    st.sampled_from(
        [
            "subscriptions",
            "11111111-2222-4333-8444-555555555555",
            "resourceGroups",
            "g",
            "providers",
            "Microsoft.Authorization",
            "Microsoft.KeyVault",
            "locations",
            "deletedVaults",
            "roleAssignments",
            "roleManagementPolicies",
            "roleAssignmentApprovals",
            "stages",
            "operationresults",
            "vaults",
            "keys",
            "tags",
            "default",
            "",
            "..",
        ]
    ),
    st.text(max_size=5),
)
methods = st.sampled_from(["GET", "HEAD", "PUT", "PATCH", "POST", "DELETE"])


@given(methods, st.lists(segments, max_size=9))
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_no_path_breaks_it(here: Here, method: str, parts: list[str]) -> None:
    kinds = {version for kind in KINDS.values() for version in kind.versions}
    for version in sorted(kinds)[::9]:
        assert here.ask(method, "/" + "/".join(parts), None, version).status < 500


values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-5, 5), st.text(max_size=4)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=2), st.dictionaries(st.text(max_size=4), inner, max_size=2)
    ),
    max_leaves=4,
)
written = [kind for kind in KINDS.values() if "PUT" in kind.methods and (kind.properties or kind.members)]


@given(st.sampled_from(written), st.data())
@settings(max_examples=150, deadline=None)
def test_no_body_breaks_it(kind: Any, data: st.DataObject) -> None:
    """Every member that a type knows, filled with anything; what is refused has left nothing behind."""
    required = {path.split(".")[1] for path in kind.required if path.startswith("properties.")}
    names = required | set(data.draw(st.lists(st.sampled_from(sorted(kind.properties or {"x"})), max_size=4)))
    body: dict[str, Any] = {
        "properties": {name: data.draw(values) for name in names},
        "location": "westeurope",
    }
    body |= {name: data.draw(values) for name in kind.members}
    if kind.location == "none":
        del body["location"]
    *types, last = kind.type.split("/")[1:]
    inner = "/".join(part for name in types for part in (name, "default"))
    name = "11111111-2222-4333-8444-000000000000" if "role" in last else "default"
    path = f"{GROUP}/providers/{kind.type.split('/')[0]}/{inner + '/' if inner else ''}{last}/{name}"
    here = Here()
    assert here.ask("PUT", GROUP, {"location": "westeurope"}).status == 201
    reply = here.ask("PUT", path, body, kind.versions[0])
    assert reply.status < 500, reply.body
    if reply.status >= 400:
        assert [item.id for item in here.world.store.all()] == [GROUP]
        assert reply.body["error"]["message"]
    else:
        assert here.ask("DELETE", path, None, kind.versions[0]).status < 500


def test_credentials_of_one_identity_are_written_one_after_another(arm: Arm) -> None:
    at = arm.identity(arm.group())["id"] + "/federatedIdentityCredentials"

    callers = [arm.as_(arm.principal) for _ in range(3)]
    arm.cloud.control("settings", {"operationSeconds": 1.5})

    def write(n: int) -> int:
        body = {"issuer": "https://i.example", "subject": f"s{n}", "audiences": ["a"]}
        return callers[n % 3].request("PUT", f"{at}/cred-{n}", {"properties": body}).status_code

    with ThreadPoolExecutor(3) as pool:
        assert sorted(pool.map(write, range(3))) == [201, 409, 409]
    arm.cloud.control("settings", {"operationSeconds": 0.02})
    assert write(4) == 201
    assert write(5) == 201


def test_an_assigned_definition_stays(arm: Arm) -> None:
    space = f"{arm.subscription}/providers/Microsoft.Authorization"
    rule = {"if": {"field": "location", "equals": "x"}, "then": {"effect": "deny"}}
    arm.put(f"{space}/policyDefinitions/p", {"properties": {"policyRule": rule}})
    told = {"policyDefinitionId": f"{space}/policyDefinitions/p"}
    arm.put(f"{space}/policyAssignments/a", {"properties": told})
    assert arm.refused("DELETE", f"{space}/policyDefinitions/p") == "400 InvalidDeletePolicyDefinitionRequest"
    arm.delete(f"{space}/policyAssignments/a")
    arm.delete(f"{space}/policyDefinitions/p")
