"""What an engine talks to in place of the azure-native provider (pulumi-resource-azure-native)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import grpc

from rehearsal.azure.lifecycle import Resource
from rehearsal.azure.model import ARM, MODEL, PROVIDER
from rehearsal.azure.model.bodies import outputs_of, previewed, resource_path
from rehearsal.azure.model.facts import Facts
from rehearsal.azure.model.provider_config import identity_refusal
from rehearsal.azure.rest import Arm, ArmError, Fault
from rehearsal.provider.errors import Refusal
from rehearsal.provider.model.schema import TypeModel, Value, Values
from rehearsal.provider.servicer import StandIn

GET_GROUP: Final = "azure-native:resources:getResourceGroup"
GROUP: Final = "azure-native:resources:ResourceGroup"


class AzureProvider(StandIn):
    """Plays one identity of Azure in one subscription of a tenant.

    `endpoint` is the local Azure ("https://127.0.0.1:PORT"); without one the provider checks, compares and
    previews, and refuses everything that needs a cloud. `ca_file` is the certificate to trust; `token` gives
    the identity's bearer token. The local Azure has one tenant, `local_tenant`: it is called `tenant` here.
    `fault` may make any request fail, for tests.
    """

    cloud = "Azure"
    version = "3.29.0"
    types = MODEL
    settings = PROVIDER

    def __init__(
        self,
        endpoint: str | None,
        ca_file: Path | None,
        subscription: str,
        tenant: str,
        token: Callable[[], str] = lambda: "",
        local_tenant: str = "",
        fault: Fault | None = None,
    ) -> None:
        super().__init__()
        self._subscription = subscription
        self._tenant = tenant
        names = (tenant, local_tenant)
        self._arm = Arm(endpoint, ca_file, token, names, fault) if endpoint and ca_file else None

    def stop(self) -> None:
        super().stop()
        if self._arm is not None:
            self._arm.close()

    def refusal(self, config: Values) -> str | None:
        return identity_refusal(config, self._subscription, self._tenant)

    def facts(self, config: Values) -> Facts:
        return Facts(self._subscription, self._tenant, str(config.get("location") or ""))

    def planned(self, model: TypeModel, facts: Any, inputs: Values, old: Values | None = None) -> Values:
        return previewed(ARM[model.token], facts, inputs, old)

    def lists(self, token: str) -> bool:
        return token in ARM

    def resource(self, model: TypeModel, facts: Any, urn: str) -> Resource:
        if self._arm is None:
            raise Refusal(
                grpc.StatusCode.FAILED_PRECONDITION,
                f"{model.token}: there is no local Azure here; this provider only checks and previews",
            )
        return Resource(ARM[model.token], self._arm, facts, urn.rpartition("::")[2])

    def invoke(self, token: str, facts: Any, arguments: Values) -> dict[str, Value]:
        """Read a resource group; every other look-up is refused.

        A group that does not exist is NOT_FOUND with Resource Manager's code ResourceGroupNotFound.
        """
        if token != GET_GROUP:
            return dict(super().invoke(token, facts, arguments))
        type = ARM[GROUP]
        name = arguments.get("resourceGroupName")
        if not isinstance(name, str) or set(arguments) != {"resourceGroupName"}:
            raise Refusal(grpc.StatusCode.INVALID_ARGUMENT, f"{token} takes resourceGroupName, a known text")
        path = resource_path(type, facts, arguments)
        try:
            # Where there is no local Azure nothing exists.
            found = None if self._arm is None else self._arm.get(path, type.api_version)
        except ArmError as error:
            raise Refusal(grpc.StatusCode.UNAVAILABLE, f"{token}: {error}") from None
        if found is None:
            said = f"{token}: ResourceGroupNotFound: Resource group '{name}' could not be found."
            raise Refusal(grpc.StatusCode.NOT_FOUND, said)
        told = outputs_of(type, found)
        return {"id": found["id"], **{output: told.get(output) for output in type.outputs}}
