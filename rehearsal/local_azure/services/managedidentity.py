"""Microsoft.ManagedIdentity: user-assigned identities, and which outside tokens stand for them.

Source: learn.microsoft.com/entra/workload-id/workload-identity-federation-considerations (at most 20
credentials for one identity, one written at a time, issuer and subject unique together).
"""

from __future__ import annotations

import re
import uuid

from rehearsal.local_azure.errors import bad_request, conflict
from rehearsal.local_azure.kinds import Behaviour, Change, Kind
from rehearsal.local_azure.names import TENANT
from rehearsal.local_azure.world import IDENTITIES

CREDENTIALS = f"{IDENTITIES}/federatedIdentityCredentials"
VERSIONS = ("2025-05-31-preview", "2025-01-31-preview", "2024-11-30", "2023-07-31-preview", "2023-01-31")
MOST = 20


class Identities(Behaviour):
    def prepare(self, change: Change) -> None:
        before = change.old.properties if change.old else {}
        change.properties.update(
            {
                "tenantId": TENANT,
                "principalId": before.get("principalId") or str(uuid.uuid4()),
                "clientId": before.get("clientId") or str(uuid.uuid4()),
            }
        )


class Credentials(Behaviour):
    def prepare(self, change: Change) -> None:
        told = change.properties
        if not isinstance(told["audiences"], list) or len(told["audiences"]) != 1:
            raise bad_request("A federated identity credential has exactly one audience.", "InvalidAudiences")
        if not str(told["issuer"]).startswith("https://"):
            raise bad_request("The issuer is a URL that begins with https://.", "InvalidIssuer")
        if not told["subject"] or "*" in str(told["subject"]):
            raise bad_request("The subject is a text without wildcards.", "InvalidSubject")
        others = [
            other
            for other in change.world.store.children(change.address.parent, CREDENTIALS)
            if other.key != change.item.id.lower()
        ]
        if len(others) >= MOST:
            raise bad_request(
                f"An identity has at most {MOST} federated identity credentials.",
                "TooManyFederatedIdentityCredentials",
            )
        for other in others:
            if (other.properties["issuer"], other.properties["subject"]) == (told["issuer"], told["subject"]):
                raise conflict(
                    f"Issuer and subject combination already exists for this identity: '{other.name}'.",
                    "FederatedIdentityCredentialConflict",
                )


KINDS = (
    Kind(
        type=IDENTITIES,
        versions=VERSIONS,
        at=("group",),
        properties=frozenset({"isolationScope"}),
        readonly=frozenset({"principalId", "clientId", "tenantId"}),
        location="required",
        tracked=True,
        name=re.compile(r"[a-zA-Z0-9][\w-]{2,127}"),
        behaviour=Identities(),
    ),
    Kind(
        type=CREDENTIALS,
        versions=VERSIONS,
        at=("child",),
        properties=frozenset({"issuer", "subject", "audiences"}),
        required=("properties.issuer", "properties.subject", "properties.audiences"),
        name=re.compile(r"[a-zA-Z0-9][\w-]{2,119}"),
        methods=frozenset({"GET", "PUT", "DELETE"}),
        serial=True,
        behaviour=Credentials(),
    ),
)
