"""The resource monitor: what a program's SDK asks the engine. Called from the SDK's worker threads.

A failure is kept by the deployment and told to the program as Aborted, whatever it was, so that the
program ends and the operation comes out with its true reason.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, NoReturn, TypeVar

from google.protobuf import empty_pb2
from google.protobuf.message import Message
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import callback_pb2, resource_pb2

from rehearsal.engine.deployment import Deployment
from rehearsal.engine.errors import Aborted, EngineError, Unsupported
from rehearsal.engine.invoking import InvokeFailed, invoke
from rehearsal.engine.references import Outputs, read_stack
from rehearsal.engine.registration import register, register_outputs

FEATURES: Final = (
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
)
_BY_NAME: Final = frozenset({"secrets", "resourceReferences", "outputValues", "aliasSpecs", "deletedWith"})
Reply = TypeVar("Reply", bound=Message)


class ResourceMonitor:
    """Stands where the SDK expects the gRPC stub of the service of this name."""

    def __init__(
        self,
        deployment: Deployment,
        *,
        organization: str,
        config: Mapping[str, str],
        parallel: int,
        outputs_of: Outputs,
    ) -> None:
        self._deployment = deployment
        self._organization, self._config, self._parallel = organization, dict(config), parallel
        self._outputs_of = outputs_of

    def GetDeploymentInfo(self, request: empty_pb2.Empty) -> resource_pb2.DeploymentInfo:
        return resource_pb2.DeploymentInfo(
            project=self._deployment.project.name,
            stack=self._deployment.stack,
            organization=self._organization,
            config=self._config,
            dryRun=self._deployment.dry_run,
            parallel=self._parallel,
            supportedFeatures=FEATURES,
        )

    def SupportsFeature(
        self, request: resource_pb2.SupportsFeatureRequest
    ) -> resource_pb2.SupportsFeatureResponse:
        return resource_pb2.SupportsFeatureResponse(hasSupport=request.id in _BY_NAME)

    def RegisterResource(
        self, request: resource_pb2.RegisterResourceRequest
    ) -> resource_pb2.RegisterResourceResponse:
        def act() -> resource_pb2.RegisterResourceResponse:
            resource = register(self._deployment, request)
            # What a component put out in an earlier run may refer to what is not declared yet.
            outputs = resource.outputs if resource.custom else None
            return resource_pb2.RegisterResourceResponse(
                urn=resource.urn, id=resource.id, object=outputs or Struct()
            )

        return self._answer(act)

    def RegisterResourceOutputs(
        self, request: resource_pb2.RegisterResourceOutputsRequest
    ) -> empty_pb2.Empty:
        def act() -> empty_pb2.Empty:
            register_outputs(self._deployment, request)
            return empty_pb2.Empty()

        return self._answer(act)

    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> resource_pb2.ReadResourceResponse:
        def act() -> resource_pb2.ReadResourceResponse:
            resource = read_stack(self._deployment, self._organization, self._outputs_of, request)
            return resource_pb2.ReadResourceResponse(urn=resource.urn, properties=resource.outputs)

        return self._answer(act)

    def SignalAndWaitForShutdown(self, request: empty_pb2.Empty) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeResponse:
        return self._answer(lambda: invoke(self._deployment, request))

    def Call(self, request: resource_pb2.ResourceCallRequest) -> NoReturn:
        self._refuse(f"method calls on resources (call of {request.tok})")

    def ExistsResource(self, request: Message) -> NoReturn:
        self._refuse(f"looking up whether a resource exists ({getattr(request, 'type', '')})")

    def RegisterStackTransform(self, request: callback_pb2.Callback) -> NoReturn:
        self._refuse("transforms")

    def RegisterStackInvokeTransform(self, request: callback_pb2.Callback) -> NoReturn:
        self._refuse("invoke transforms")

    def RegisterResourceHook(self, request: resource_pb2.RegisterResourceHookRequest) -> NoReturn:
        self._refuse(f"resource hooks ({request.name})")

    def RegisterErrorHook(self, request: resource_pb2.RegisterErrorHookRequest) -> NoReturn:
        self._refuse(f"error hooks ({request.name})")

    def RegisterPackage(self, request: resource_pb2.RegisterPackageRequest) -> NoReturn:
        self._refuse(f"parameterized packages ({request.name})")

    def _refuse(self, feature: str) -> NoReturn:
        self._deployment.fail(Unsupported(feature))
        raise Aborted

    def _answer(self, act: Callable[[], Reply]) -> Reply:
        if self._deployment.failure is not None:
            raise Aborted
        try:
            return act()
        except InvokeFailed:
            raise
        except EngineError as problem:
            self._deployment.fail(problem)
            raise Aborted from None
        except Exception as problem:
            self._deployment.fail(problem)
            raise Aborted from problem
