"""The stand-in for the AWS provider: what an engine talks to in place of pulumi-resource-aws.

A preview checks and compares without a cloud; boto3, which takes long to load, waits for the first call.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import grpc

from rehearsal.aws.model import MODEL
from rehearsal.aws.model.facts import Facts
from rehearsal.aws.model.provider_config import PROVIDER, account_refusal, conflicts
from rehearsal.provider.errors import Refusal
from rehearsal.provider.model.schema import Failure, TypeModel, Values
from rehearsal.provider.servicer import StandIn

if TYPE_CHECKING:
    from rehearsal.aws.clients import Cloud, Fault
    from rehearsal.aws.lifecycle import Resource


class AwsProvider(StandIn):
    """Plays AWS with the credentials of one account.

    `endpoint` is the local cloud ("http://127.0.0.1:PORT"); without one the provider checks, compares and
    previews, and refuses everything that needs a cloud. `fault` may make any AWS call fail, for tests.
    """

    cloud = "AWS"
    version = "7.51.1"
    types = MODEL
    settings = PROVIDER

    def __init__(self, endpoint: str | None, credentials_account: str, fault: Fault | None = None) -> None:
        super().__init__()
        self._endpoint, self._account, self._fault = endpoint, credentials_account, fault
        self._cloud: Cloud | None = None
        self._connecting = threading.Lock()

    def conflicts(self, config: Values) -> list[Failure]:
        return conflicts(config)

    def refusal(self, config: Values) -> str | None:
        return account_refusal(config, self._account)

    def facts(self, config: Values) -> Facts:
        tags = (config.get("defaultTags") or {}).get("tags") or {}
        return Facts(self._account, str(config.get("region")), dict(tags))

    def lists(self, token: str) -> bool:
        from rehearsal.aws.listing import listed

        return listed(token)

    def resource(self, model: TypeModel, facts: Any, urn: str) -> Resource:
        if self._endpoint is None:
            raise Refusal(
                grpc.StatusCode.FAILED_PRECONDITION,
                f"{model.token}: there is no local cloud here; this provider only checks and previews",
            )
        from rehearsal.aws.clients import Cloud
        from rehearsal.aws.lifecycle import Resource

        with self._connecting:
            if self._cloud is None:
                self._cloud = Cloud(self._endpoint, self._account, self._fault)
        return Resource(model, self._cloud, facts, urn.rpartition("::")[2])
