"""What an engine talks to in place of a provider plugin (pulumi-resource-aws, …), whatever the cloud."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from concurrent import futures
from functools import wraps
from typing import Any, Final, TypeVar

import grpc
from google.protobuf import empty_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from rehearsal.provider import wire
from rehearsal.provider.answers import (
    check_response,
    diff_response,
    encoded,
    model_of,
    raise_if_half_made,
    sentence,
)
from rehearsal.provider.configuration import Configuration, Configurations, decoded
from rehearsal.provider.errors import HalfMade, Refusal, abort_half_made
from rehearsal.provider.model.carrying import recorded_in
from rehearsal.provider.model.checking import check
from rehearsal.provider.model.differences import diff
from rehearsal.provider.model.outputs import planned
from rehearsal.provider.model.schema import Facts, Failure, TypeModel, Values, has_unknown
from rehearsal.provider.resource import Resource

STOP_SECONDS: Final = 5.0
"""Nobody waits longer for its server to stop."""
Request = TypeVar("Request")
Response = TypeVar("Response")


def answering(
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

    @answering
    def refuse(self: Any, request: Any, context: grpc.ServicerContext) -> Any:
        raise Refusal(grpc.StatusCode.UNIMPLEMENTED, f"the {self.cloud} stand-in does not answer {name}")

    return refuse


class StandIn(provider_pb2_grpc.ResourceProviderServicer, ABC):
    """One cloud's types played for an engine. A cloud says what they are, and what happens to a resource."""

    cloud: str
    """What people call the cloud."""
    version: str
    """The version of the SDK whose types are played."""
    types: Mapping[str, TypeModel]
    settings: TypeModel
    """The configuration of the provider itself."""

    def __init__(self) -> None:
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
            self._server.stop(grace=1).wait(timeout=STOP_SECONDS)
            self._server = None

    def recorded_in_use(self) -> Mapping[str, frozenset[str]]:
        """Return, by type, the properties that programs have set and that only the state keeps."""
        with self._lock:
            return {token: frozenset(names) for token, names in self._recorded.items()}

    # --- what a cloud says of itself

    def conflicts(self, config: Values) -> list[Failure]:
        """Return what is wrong with the provider's configuration as a whole."""
        return []

    @abstractmethod
    def refusal(self, config: Values) -> str | None:
        """Return why the played credentials do not go with this configuration."""

    @abstractmethod
    def facts(self, config: Values) -> Facts:
        """Return what follows from a configuration."""

    def planned(self, model: TypeModel, facts: Any, inputs: Values, old: Values | None = None) -> Values:
        """Return what a preview says of a resource; `old` are its outputs so far."""
        return planned(model, facts, inputs, old)

    def foreseen_id(self, model: TypeModel, urn: str) -> str:
        """Return what a preview says of the id of a new resource: nothing, for the cloud assigns it."""
        return ""

    @abstractmethod
    def lists(self, token: str) -> bool:
        """Tell whether resources of a type can be found without their id."""

    @abstractmethod
    def resource(self, model: TypeModel, facts: Any, urn: str) -> Resource:
        """Return what works on a resource. Raises Refusal where there is no cloud."""

    def invoke(self, token: str, facts: Any, arguments: Values) -> Values:
        """Answer a look-up. Raises Refusal."""
        raise Refusal(
            grpc.StatusCode.UNIMPLEMENTED,
            f"{token}: the stand-in answers no lookups; compute it, or give it as an input",
        )

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
        return plugin_pb2.PluginInfo(version=self.version)

    @answering
    def CheckConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        given = wire.decode(request.news)
        config, failures = check(self.settings, decoded(self.settings, given.values))
        failures = failures or self.conflicts(config)
        self._note_recorded(self.settings, config)
        # The inputs stay as the program wrote them, JSON texts included: defaults are for use, not for show.
        return check_response(given, given.values, failures)

    @answering
    def DiffConfig(self, request: Any, context: grpc.ServicerContext) -> Any:
        old = decoded(
            self.settings, wire.decode(request.old_inputs).values or wire.decode(request.olds).values
        )
        new = decoded(self.settings, wire.decode(request.news).values)
        return diff_response(diff(self.settings, self.facts(new), old, {}, new), self.settings)

    @answering
    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        config, failures = check(self.settings, decoded(self.settings, wire.decode(request.args).values))
        if failures:
            raise Refusal(grpc.StatusCode.INVALID_ARGUMENT, sentence(self.settings.token, failures))
        refusal = self.refusal(config)
        if refusal is not None:
            raise Refusal(grpc.StatusCode.PERMISSION_DENIED, refusal)
        self._configurations.set(context.peer(), Configuration(self.facts(config)))
        return provider_pb2.ConfigureResponse(
            acceptSecrets=True,
            acceptResources=True,
            acceptOutputs=False,
            supportsPreview=True,
            supports_autonaming_configuration=False,
        )

    # --- resources

    @answering
    def Check(self, request: Any, context: grpc.ServicerContext) -> Any:
        model = self._model_of(request.urn)
        given = wire.decode(request.news)
        inputs, failures = check(model, given.values)
        self._note_recorded(model, inputs)
        return check_response(given, inputs, failures)

    @answering
    def Diff(self, request: Any, context: grpc.ServicerContext) -> Any:
        model = self._model_of(request.urn)
        facts = self._configurations.of(context.peer()).facts
        outputs = wire.decode(request.olds).values
        inputs = wire.decode(request.news).values
        old_inputs = wire.decode(request.old_inputs).values
        if not request.HasField("old_inputs"):
            names = {prop.name for prop in model.inputs}
            old_inputs = {name: value for name, value in outputs.items() if name in names}
        return diff_response(diff(model, facts, old_inputs, outputs, inputs), model)

    @answering
    def Create(self, request: Any, context: grpc.ServicerContext) -> Any:
        model = self._model_of(request.urn)
        facts = self._configurations.of(context.peer()).facts
        inputs = wire.decode(request.properties)
        if request.preview:
            outputs = self.planned(model, facts, inputs.values)
            foreseen = self.foreseen_id(model, request.urn)
            return provider_pb2.CreateResponse(id=foreseen, properties=encoded(model, inputs, outputs))
        made = self.resource(model, facts, request.urn).create(inputs.values)
        raise_if_half_made(model, inputs, made)
        return provider_pb2.CreateResponse(id=made.id, properties=encoded(model, inputs, made.outputs))

    @answering
    def Update(self, request: Any, context: grpc.ServicerContext) -> Any:
        model = self._model_of(request.urn)
        facts = self._configurations.of(context.peer()).facts
        inputs, old = wire.decode(request.news), wire.decode(request.olds).values
        if request.preview:
            outputs = self.planned(model, facts, inputs.values, old)
            return provider_pb2.UpdateResponse(properties=encoded(model, inputs, outputs))
        made = self.resource(model, facts, request.urn).update(request.id, old, inputs.values)
        raise_if_half_made(model, inputs, made)
        return provider_pb2.UpdateResponse(properties=encoded(model, inputs, made.outputs))

    @answering
    def Read(self, request: Any, context: grpc.ServicerContext) -> Any:
        model = self._model_of(request.urn)
        facts = self._configurations.of(context.peer()).facts
        inputs, old = wire.decode(request.inputs), wire.decode(request.properties)
        found = self.resource(model, facts, request.urn).read(request.id, inputs.values, old.values)
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

    @answering
    def _list(self, request: Any, context: grpc.ServicerContext) -> list[Any]:
        model = self.types.get(request.token)
        if model is None or not self.lists(model.token):
            said = f"the {self.cloud} stand-in does not list {request.token}"
            raise Refusal(grpc.StatusCode.UNIMPLEMENTED, said)
        facts = self._configurations.of(context.peer()).facts
        inputs = wire.decode(request.query).values
        if has_unknown(inputs):
            return [provider_pb2.ListResponse(computed=provider_pb2.ListResponse.Computed())]
        ids = self.resource(model, facts, f"::{request.token}").candidates(inputs)
        return [provider_pb2.ListResponse(result=provider_pb2.ListResponse.Result(id=id)) for id in ids]

    @answering
    def Delete(self, request: Any, context: grpc.ServicerContext) -> Any:
        model = self._model_of(request.urn)
        facts = self._configurations.of(context.peer()).facts
        self.resource(model, facts, request.urn).delete(request.id, wire.decode(request.properties).values)
        return empty_pb2.Empty()

    @answering
    def Invoke(self, request: Any, context: grpc.ServicerContext) -> Any:
        arguments = wire.decode(request.args).values
        facts = self._configurations.of(context.peer()).facts
        found = self.invoke(request.tok, facts, arguments)
        answer: Any = provider_pb2.InvokeResponse()
        getattr(answer, "return").CopyFrom(wire.encode(found))
        return answer

    def _model_of(self, urn: str) -> TypeModel:
        return model_of(self.types, urn, self.cloud)

    def _note_recorded(self, model: TypeModel, inputs: Values) -> None:
        used = set(recorded_in(model.inputs, inputs))
        if not used:
            return
        with self._lock:
            self._recorded[model.token] |= used


for _name in ("Parameterize", "GetSchema", "Call", "Construct", "GetMapping", "GetMappings"):
    setattr(StandIn, _name, not_played(_name))
