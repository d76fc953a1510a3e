"""Objects in this process in place of servers: whoever asks must not be able to tell the difference."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime.proto import analyzer_pb2, analyzer_pb2_grpc, provider_pb2, provider_pb2_grpc

from components.spec import load_stack
from policy_packs.baseline.policies import analyzer
from rehearsal.aws import AwsProvider
from rehearsal.engine import Engine, EngineError, NoStore, Outcome, PacksFailed, Project, StackNotFound
from rehearsal.engine.in_process import InProcessChannel, connection
from rehearsal.engine.plugins import Plugin
from rehearsal.engine.store import Store
from tests.engine.conftest import World
from tests.engine.provider import Provider, serving

ROOT = Path(__file__).parents[2]
Behaviour = Callable[[Any, grpc.ServicerContext], Any]


def aborts(request: Any, context: grpc.ServicerContext) -> Any:
    context.set_trailing_metadata((("grpc-status-details-bin", b"\x08\x02"), ("more", "said")))
    context.abort(grpc.StatusCode.NOT_FOUND, "there is no such thing")


def aborts_well(request: Any, context: grpc.ServicerContext) -> Any:
    context.abort(grpc.StatusCode.OK, "fine")


def aborts_in_a_net(request: Any, context: grpc.ServicerContext) -> Any:
    try:
        context.abort(grpc.StatusCode.NOT_FOUND, "there is no such thing")
    except ValueError:  # an abort is no error of values
        return provider_pb2.CheckResponse()


def answers_badly(request: Any, context: grpc.ServicerContext) -> Any:
    context.set_code(grpc.StatusCode.INVALID_ARGUMENT)
    context.set_details("no such property")
    return provider_pb2.CheckResponse()


def answers_well(request: Any, context: grpc.ServicerContext) -> Any:
    context.set_code(grpc.StatusCode.OK)
    return provider_pb2.CheckResponse(inputs=request.news)


def breaks(request: Any, context: grpc.ServicerContext) -> Any:
    raise KeyError("region")


def breaks_having_said(request: Any, context: grpc.ServicerContext) -> Any:
    context.set_code(grpc.StatusCode.RESOURCE_EXHAUSTED)
    context.set_details("too many of them")
    raise KeyError("region")


def is_not_there(request: Any, context: Any) -> Any:
    return provider_pb2_grpc.ResourceProviderServicer().Check(request, context)


def answers_nothing(request: Any, context: grpc.ServicerContext) -> Any:
    return None


BEHAVIOURS = [
    aborts,
    aborts_well,
    aborts_in_a_net,
    answers_badly,
    answers_well,
    breaks,
    breaks_having_said,
    is_not_there,
]


class Checks(provider_pb2_grpc.ResourceProviderServicer):
    def __init__(self, behaviour: Behaviour) -> None:
        self._behaviour = behaviour

    def Check(self, request: Any, context: Any) -> Any:
        return self._behaviour(request, context)


def heard(channel: grpc.Channel) -> Any:
    """What a stub over this channel says of Check: the answer, or everything about its failure."""
    stub = provider_pb2_grpc.ResourceProviderStub(channel)
    request = provider_pb2.CheckRequest(urn="urn:x")
    request.news.update({"a": 1})
    at_once = words(lambda: stub.Check(request))
    assert words(lambda: stub.Check.future(request).result()) == at_once
    return at_once


def words(call: Callable[[], Any]) -> Any:
    try:
        return call()
    except grpc.RpcError as error:
        if not isinstance(error, grpc.Call):
            raise
        return error.code(), error.details(), [tuple(each) for each in error.trailing_metadata() or ()]


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_a_stub_hears_the_same(behaviour: Behaviour, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.CRITICAL)
    servicer = Checks(behaviour)
    with serving(servicer) as address, grpc.insecure_channel(address) as channel:
        over_the_wire = heard(channel)
    assert heard(InProcessChannel(servicer)) == over_the_wire


class Lists(provider_pb2_grpc.ResourceProviderServicer):
    def List(self, request: Any, context: grpc.ServicerContext) -> Iterator[Any]:
        for name in ("a", "b"):
            yield provider_pb2.ListResponse(result=provider_pb2.ListResponse.Result(id=name))
        if request.token == "broken":
            context.abort(grpc.StatusCode.NOT_FOUND, "that was all")


@pytest.mark.parametrize("token", ["whole", "broken"])
def test_a_stream_is_heard_the_same(token: str) -> None:
    def told(channel: grpc.Channel) -> list[str]:
        found: list[str] = []
        replies = provider_pb2_grpc.ResourceProviderStub(channel).List(provider_pb2.ListRequest(token=token))
        ended = words(lambda: found.extend(reply.result.id for reply in replies))
        return [*found, str(ended)]

    with serving(Lists()) as address, grpc.insecure_channel(address) as channel:
        over_the_wire = told(channel)
    assert told(InProcessChannel(Lists())) == over_the_wire
    assert len(over_the_wire) == 3


def test_an_answer_that_is_none() -> None:
    code, details, _ = heard(InProcessChannel(Checks(answers_nothing)))
    assert (code, details) == (grpc.StatusCode.INTERNAL, "the answer is no message but NoneType")


def test_every_connection_is_a_peer() -> None:
    peers = set()

    def note(request: Any, context: grpc.ServicerContext) -> Any:
        peers.add(context.peer())
        return provider_pb2.CheckResponse()

    servicer = Checks(note)
    for _ in range(2):
        heard(InProcessChannel(servicer))
    assert len(peers) == 2


def test_an_object_is_not_attached() -> None:
    """Nobody begins to listen for it."""
    servicer = provider_pb2_grpc.ResourceProviderServicer()
    channel, address = connection(servicer, (), lambda: pytest.fail("asked"))
    assert isinstance(channel, InProcessChannel)
    assert address == ""
    plugin = Plugin(Provider(), lambda: pytest.fail("asked"))
    plugin.configure("urn:pulumi:dev::p::pulumi:providers:test::x", "id", provider_pb2.CheckRequest().news)


PROGRAMS = {
    "two regions": """
        for n in range(4):
            Thing(f"t{n}", ResourceOptions(provider=provider(f"r{n % 2}")) if n < 2 else
                  ResourceOptions(provider=provider(f"s{n}")), name=f"t{n}")
        """,
    "a refusal": 'Thing("a", ResourceOptions(provider=provider()), refuse="no room left")',
    "a bad property": 'Thing("a", ResourceOptions(provider=provider()), bad=True)',
    "a region that is none": 'Thing("a", ResourceOptions(provider=provider("nowhere")))',
    "half made": 'Thing("a", ResourceOptions(provider=provider()), name="a", stuck=True)',
    "a secret": 'Thing("a", ResourceOptions(provider=provider()), value=pulumi.Output.secret("hush!"))',
}


@pytest.mark.parametrize("program", PROGRAMS)
def test_an_engine_does_the_same(program: str, world: World) -> None:
    over_the_wire, stored = world.up(PROGRAMS[program]), world.store.load("dev")
    asked = sorted((call.method, call.region) for call in world.provider.calls)
    other = Provider()
    world.stack = "other"
    world.engine = world.open_engine(providers={"test": other})
    here = world.up()
    assert told(here, "dev") == told(over_the_wire, "dev")
    assert _shape(world.store.load("other")) == _shape(stored)
    assert sorted((call.method, call.region) for call in other.calls) == asked


def _shape(deployment: dict[str, Any] | None) -> list[tuple[Any, ...]]:
    return sorted(
        (r["type"], r.get("id", "") if r["type"].startswith("test:") else "", str(r.get("initErrors")))
        for r in (deployment or {}).get("resources", ())
    )


def told(outcome: Outcome, name: str) -> tuple[object, ...]:
    """What people read of an outcome, whatever the stack's name."""

    def plain(text: object) -> str:
        return str(text).replace(outcome.stack, name)

    return (
        outcome.result,
        dict(outcome.changes),
        sorted((s.op, plain(s.urn), s.keys) for s in outcome.steps),
        [(d.severity, plain(d.message), plain(d.urn)) for d in outcome.diagnostics],
        type(outcome.error),
        plain(outcome.error),
        plain(sorted(outcome.outputs.items())),
    )


class Pack(analyzer_pb2_grpc.AnalyzerServicer):
    """Says no to a thing whose value is bad; `broken` names the method that does not work."""

    def __init__(self, broken: str = "", says: str = "named") -> None:
        self.broken, self.says, self.asked = broken, says, 0

    def _work(self, method: str) -> None:
        if method == self.broken:
            raise ValueError(f"{method} does not work")

    def ConfigureStack(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._work("ConfigureStack")
        return analyzer_pb2.AnalyzerStackConfigureResponse()

    def GetAnalyzerInfo(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._work("GetAnalyzerInfo")
        policy = analyzer_pb2.PolicyInfo(name="named", enforcementLevel=analyzer_pb2.MANDATORY)
        return analyzer_pb2.AnalyzerInfo(name="small", version="1.0.0", policies=[policy])

    def Configure(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._work("Configure")
        return empty_pb2.Empty()

    def Analyze(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._work("Analyze")
        self.asked += 1
        said = analyzer_pb2.AnalyzeDiagnostic(
            policyName=self.says, message="value is bad", enforcementLevel=analyzer_pb2.MANDATORY
        )
        bad = request.properties.fields["value"].string_value == "bad"
        return analyzer_pb2.AnalyzeResponse(diagnostics=[said] if bad else [])

    def AnalyzeStack(self, request: Any, context: grpc.ServicerContext) -> Any:
        self._work("AnalyzeStack")
        return analyzer_pb2.AnalyzeResponse()


METHODS = ["ConfigureStack", "GetAnalyzerInfo", "Configure", "Analyze", "AnalyzeStack"]
THINGS = """
o = ResourceOptions(provider=provider())
Thing("a", o, name="a", value="bad")
Thing("b", o, name="b", value="good")
"""


def test_a_pack_that_is_an_object_says_no(world: World) -> None:
    pack = Pack()
    world.engine = world.open_engine(policy_packs=[pack])
    world.program(THINGS)
    blocked = world.up()
    assert blocked.result == "blocked"
    assert [(v.pack, v.version, v.policy, v.urn[-3:], v.level) for v in blocked.violations] == [
        ("small", "1.0.0", "named", "::a", "mandatory")
    ]
    assert [p.name for p in blocked.policies] == ["named"]
    assert world.provider.things == {}
    world.make(THINGS.replace('"bad"', '"good"'))
    assert len(world.provider.things) == 2


@pytest.mark.parametrize("method", METHODS)
def test_a_pack_that_breaks_never_passes(method: str, world: World) -> None:
    world.engine = world.open_engine(policy_packs=[Pack(broken=method)])
    world.program(THINGS.replace('"bad"', '"good"'))
    for act in (world.preview, world.up):
        outcome = act()
        assert isinstance(outcome.error, PacksFailed)
        assert f"{method} does not work" in str(outcome.error)
        assert outcome.result == "failed"
    assert world.provider.things == {}


def test_a_pack_without_methods_or_with_other_policies_never_passes(world: World) -> None:
    world.program(THINGS)
    for pack, words in (
        (analyzer_pb2_grpc.AnalyzerServicer(), "Method not implemented!"),
        (Pack(says="another"), "answered for a policy it does not list: 'another'"),
    ):
        world.engine = world.open_engine(policy_packs=[pack])
        outcome = world.preview()
        assert isinstance(outcome.error, PacksFailed)
        assert words in str(outcome.error)


def test_an_object_serves_one_operation_at_a_time(world: World) -> None:
    """The packs of an update that are processes come up during the preview; an object would forget it."""
    order: list[str] = []

    class Noting(Pack):
        def ConfigureStack(self, request: Any, context: grpc.ServicerContext) -> Any:
            order.append(f"dry run {request.dry_run}")
            return super().ConfigureStack(request, context)

        def AnalyzeStack(self, request: Any, context: grpc.ServicerContext) -> Any:
            order.append("judged")
            return super().AnalyzeStack(request, context)

    world.engine = world.open_engine(policy_packs=[Noting()])
    world.make(THINGS.replace('"bad"', '"good"'))
    assert order == ["dry run True", "judged", "dry run False", "judged"]


def test_without_a_store_a_preview_is_all_there_is(world: World, tmp_path: Path) -> None:
    world.store = NoStore()  # type: ignore[assignment]
    world.engine = world.open_engine()
    world.program('Thing("a", ResourceOptions(provider=provider()), value=pulumi.Output.secret("hush!"))')
    before = set(tmp_path.rglob("*"))
    outcome = world.preview()
    assert outcome.changes == {"create": 3}
    with pytest.raises(EngineError, match="no place for a state"):
        world.up()
    with pytest.raises(EngineError, match="no place for a state"):
        world.destroy()
    with pytest.raises(StackNotFound):
        world.engine.export("dev")
    assert {p for p in tmp_path.rglob("*") if "__pycache__" not in p.parts} == before


def test_a_reference_is_answered_by_what_is_assumed(world: World) -> None:
    world.program(
        'pulumi.export("place", pulumi.StackReference("organization/proj/env").get_output("place"))'
    )
    outputs = provider_pb2.CheckRequest().news
    outputs.update({"place": "here"})
    world.engine.assume("env", outputs)
    assert world.engine.previewed("env") == outputs
    assert world.preview().outputs == {"place": "here"}


def _preview(store: Store, **parts: Any) -> list[tuple[object, ...]]:
    engine = Engine(Project.load(ROOT), store, **parts)
    found = []
    for name in ("sandbox", "optimus-sandbox"):
        outcome = engine.preview(name, load_stack(ROOT, name).config)
        found.append((*told(outcome, name), sorted(map(str, outcome.violations)), outcome.policies))
    return found


def test_a_real_stack_is_judged_the_same() -> None:
    """An environment and a project, with everything in this process and with nothing in it."""
    account = load_stack(ROOT, "sandbox").stack.account
    stand_in = AwsProvider(None, account)
    address = stand_in.serve()
    try:
        apart = _preview(NoStore(), providers={"aws": address}, policy_packs=[Path("policy_packs/baseline")])
    finally:
        stand_in.stop()
    together = _preview(NoStore(), providers={"aws": AwsProvider(None, account)}, policy_packs=[analyzer()])
    assert together == apart
    assert {part[0] for part in together} == {"ok"}
    assert len(together[1][-1]) > 20  # type: ignore[arg-type]  # policies
