"""The stand-in for the AWS provider: what an engine talks to in place of pulumi-resource-aws.

A preview checks and compares without a cloud; boto3, which takes long to load, waits for the first call.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from rehearsal.aws import wire
from rehearsal.aws.answers import (
    check_response,
    diff_response,
    encoded,
    model_of,
    raise_if_half_made,
    sentence,
)
from rehearsal.aws.configuration import Configuration, Configurations
from rehearsal.aws.errors import HalfMade, Refusal, abort_half_made
from rehearsal.aws.model import MODEL, Facts, TypeModel, check, diff, planned
from rehearsal.aws.model.carrying import recorded_in
from rehearsal.aws.model.provider_config import PROVIDER, account_refusal, conflicts, decoded
from rehearsal.aws.model.schema import Values, has_unknown

if TYPE_CHECKING:
    from rehearsal.aws.clients import Cloud, Fault
    from rehearsal.aws.lifecycle import Resource

VERSION = "7.51.1"
"""The version of pulumi_aws whose types are played."""

Request = TypeVar("Request")
Response = TypeVar("Response")


def _answering(
    method: Callable[[Any, Request, grpc.ServicerContext], Response],
) -> Callable[[Any, Request, grpc.ServicerContext], Response]:
    """Turn refusals into gRPC statuses; anything else is a defect and says so without values or a stack."""

    @wraps(method)
    def answer(self: Any, request: Request, context: grpc.ServicerContext) -> Response:
        try:
            return method(self, request, context)
        except HalfMade as error:
            abort_half_made(context, error)
        except Refusal as refusal:
            context.abort(refusal.code, refusal.message)
        except wire.UnsupportedValue as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        raise AssertionError("abort does not return")

    return answer


def not_played(name: str) -> Callable[[Any, Any, grpc.ServicerContext], Any]:
    """A method engines may ask for and do without."""

    @_answering
    def refuse(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        raise Refusal(grpc.StatusCode.UNIMPLEMENTED, f"the AWS stand-in does not answer {name}")

    return refuse


class AwsProvider(provider_pb2_grpc.ResourceProviderServicer):
    """Plays AWS with the credentials of one account.

    `endpoint` is the local cloud ("http://127.0.0.1:PORT"); without one the provider checks, compares and
    previews, and refuses everything that needs a cloud. `fault` may make any AWS call fail, for tests.
    """

    def __init__(self, endpoint: str | None, credentials_account: str, fault: Fault | None = None) -> None:
        self._endpoint, self._account, self._fault = endpoint, credentials_account, fault
        self._cloud: Cloud | None = None
        self._configurations = Configurations()
        self._server: grpc.Server | None = None
        self._lock = threading.Lock()
        self._recorded: dict[str, set[str]] = defaultdict(set)

    def serve(self) -> str:
        """Listen on a free port of 127.0.0.1 and return "127.0.0.1:PORT"."""
        server = grpc.server(futures.ThreadPoolExecutor(max_workers=16), options=[("grpc.so_reuseport", 0)])
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(self, server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        self._server = server
        return f"127.0.0.1:{port}"

    def stop(self) -> None:
        """Stop listening; requests under way get a second to end."""
        if self._server is not None:
            self._server.stop(grace=1).wait()
            self._server = None

    def recorded_in_use(self) -> Mapping[str, frozenset[str]]:
        """Return, by type, the properties that programs have set and that only the state keeps."""
        with self._lock:
            return {token: frozenset(names) for token, names in self._recorded.items()}

    # --- the conversation about the provider itself

    def Handshake(self, request: Any, context: grpc.ServicerContext) -> Any:
        return provider_pb2.ProviderHandshakeResponse(
            accept_secrets=True,
            accept_resources=True,
            accept_outputs=False,
            supports_autonaming_configuration=False,
        )

    def Attach(self, request: Any, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    def Cancel(self, request: Any, context: grpc.ServicerContext) -> Any:
        return empty_pb2.Empty()

    def GetPluginInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        return plugin_pb2.PluginInfo(version=VERSION)

    @_answering
    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        given = wire.decode(request.news)
        config, failures = check(PROVIDER, decoded(given.values))
        failures = failures or conflicts(config)
        self._note_recorded(PROVIDER, config)
        # The inputs stay as the program wrote them, JSON texts included: defaults are for use, not for show.
        return check_response(given, given.values, failures)

    @_answering
    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        old = decoded(wire.decode(request.old_inputs).values or wire.decode(request.olds).values)
        new = decoded(wire.decode(request.news).values)
        return diff_response(diff(PROVIDER, self._facts(new), old, {}, new))

    @_answering
    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        config, failures = check(PROVIDER, decoded(wire.decode(request.args).values))
        if failures:
            raise Refusal(grpc.StatusCode.INVALID_ARGUMENT, sentence(PROVIDER.token, failures))
        refusal = account_refusal(config, self._account)
        if refusal is not None:
            raise Refusal(grpc.StatusCode.PERMISSION_DENIED, refusal)
        self._configurations.set(context.peer(), Configuration(self._facts(config)))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True,
            acceptResources=True,
            acceptOutputs=False,
            supportsPreview=True,
            supports_autonaming_configuration=False,
        )

    def _facts(self, config: Values) -> Facts:
        tags = (config.get("defaultTags") or {}).get("tags") or {}
        return Facts(self._account, str(config.get("region")), dict(tags))

    # --- resources

    @_answering
    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        model = model_of(request.urn)
        given = wire.decode(request.news)
        inputs, failures = check(model, given.values)
        self._note_recorded(model, inputs)
        return check_response(given, inputs, failures)

    @_answering
    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        model = model_of(request.urn)
        facts = self._configurations.of(context.peer()).facts
        outputs = wire.decode(request.olds).values
        inputs = wire.decode(request.news).values
        old_inputs = wire.decode(request.old_inputs).values
        if not request.HasField("old_inputs"):
            names = {prop.name for prop in model.inputs}
            old_inputs = {name: value for name, value in outputs.items() if name in names}
        return diff_response(diff(model, facts, old_inputs, outputs, inputs))

    @_answering
    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        model = model_of(request.urn)
        facts = self._configurations.of(context.peer()).facts
        inputs = wire.decode(request.properties)
        if request.preview:
            outputs = planned(model, facts, inputs.values)
            return provider_pb2.CreateResponse(properties=encoded(model, inputs, outputs))
        made = self._resource(model, facts, request.urn).create(inputs.values)
        raise_if_half_made(model, inputs, made)
        return provider_pb2.CreateResponse(id=made.id, properties=encoded(model, inputs, made.outputs))

    @_answering
    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        model = model_of(request.urn)
        facts = self._configurations.of(context.peer()).facts
        inputs, old = wire.decode(request.news), wire.decode(request.olds).values
        if request.preview:
            outputs = planned(model, facts, inputs.values, old)
            return provider_pb2.UpdateResponse(properties=encoded(model, inputs, outputs))
        made = self._resource(model, facts, request.urn).update(request.id, old, inputs.values)
        raise_if_half_made(model, inputs, made)
        return provider_pb2.UpdateResponse(properties=encoded(model, inputs, made.outputs))

    @_answering
    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        model = model_of(request.urn)
        facts = self._configurations.of(context.peer()).facts
        inputs, old = wire.decode(request.inputs), wire.decode(request.properties)
        found = self._resource(model, facts, request.urn).read(request.id, inputs.values, old.values)
        if found is None:
            return provider_pb2.ReadResponse()
        secret = wire.Properties(found.outputs, inputs.secrets | old.secrets)
        return provider_pb2.ReadResponse(
            id=request.id,
            properties=encoded(model, secret, found.outputs),
            inputs=wire.encode(found.inputs, inputs.secrets),
        )

    def List(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        """Ids of what could have come of a Create with the query as its inputs."""
        yield from self._list(request, context)

    @_answering
    def _list(self, request: Any, context: grpc.ServicerContext) -> list[Any]:
        from rehearsal.aws.listing import listed

        model = MODEL.get(request.token)
        if model is None or not listed(model.token):
            raise Refusal(grpc.StatusCode.UNIMPLEMENTED, f"the AWS stand-in does not list {request.token}")
        facts = self._configurations.of(context.peer()).facts
        inputs = wire.decode(request.query).values
        if has_unknown(inputs):
            return [provider_pb2.ListResponse(computed=provider_pb2.ListResponse.Computed())]
        ids = self._resource(model, facts, f"::{request.token}").candidates(inputs)
        return [provider_pb2.ListResponse(result=provider_pb2.ListResponse.Result(id=id)) for id in ids]

    @_answering
    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        model = model_of(request.urn)
        facts = self._configurations.of(context.peer()).facts
        self._resource(model, facts, request.urn).delete(request.id, wire.decode(request.properties).values)
        return empty_pb2.Empty()

    @_answering
    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        raise Refusal(
            grpc.StatusCode.UNIMPLEMENTED,
            f"{request.tok}: the stand-in answers no lookups; compute it, or give it as an input",
        )

    def _resource(self, model: TypeModel, facts: Facts, urn: str) -> Resource:
        if self._endpoint is None:
            raise Refusal(
                grpc.StatusCode.FAILED_PRECONDITION,
                f"{model.token}: there is no local cloud here; this provider only checks and previews",
            )
        from rehearsal.aws.clients import Cloud
        from rehearsal.aws.lifecycle import Resource

        with self._lock:
            if self._cloud is None:
                self._cloud = Cloud(self._endpoint, self._account, self._fault)
        return Resource(model, self._cloud, facts, urn.rpartition("::")[2])

    def _note_recorded(self, model: TypeModel, inputs: Values) -> None:
        used = set(recorded_in(model.inputs, inputs))
        if not used:
            return
        with self._lock:
            self._recorded[model.token] |= used


for _name in ("Parameterize", "GetSchema", "Call", "Construct", "GetMapping", "GetMappings"):
    setattr(AwsProvider, _name, not_played(_name))
