"""From a planned resource to a real one and back: create, read, update, delete in the local cloud."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import grpc
from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.aws.clients import Aws, Cloud
from rehearsal.aws.listing import found_ids
from rehearsal.aws.model import Facts, MissingOutput, TypeModel, live_inputs, planned, settled
from rehearsal.aws.resources import HANDLERS
from rehearsal.aws.resources.base import Unsettled, is_gone
from rehearsal.provider.errors import Refusal
from rehearsal.provider.model.outputs import same
from rehearsal.provider.model.schema import Value, Values, has_unknown
from rehearsal.provider.resource import Found, Made


class Resource:
    """One resource of a type, worked on with one provider instance's account, region and default tags.

    Raises Refusal when nothing was done, or nothing can be said.
    """

    def __init__(self, model: TypeModel, cloud: Cloud, facts: Facts, name: str) -> None:
        self._model = model
        self._cloud = cloud
        self._facts = facts
        self._handler = HANDLERS[model.token]
        self._name = name

    def create(self, inputs: Values) -> Made:
        want = planned(self._model, self._facts, inputs)
        aws = self._aws(inputs)
        with self._readable():
            id = self._handler.create(aws, want)
        return self._finish(id, inputs, want, aws, None)

    def update(self, id: str, old: Values, inputs: Values) -> Made:
        """`old` are the outputs so far. What is really there counts, so that drift is mended, too."""
        want = planned(self._model, self._facts, inputs, old)
        aws = self._aws(inputs)
        with self._readable():
            have = self._read(aws, id, want)
        if have is None:
            raise self._refusal(grpc.StatusCode.NOT_FOUND, f"{id} no longer exists; refresh the state")
        want = shared_kept(self._model, want, inputs, have)
        return self._finish(id, inputs, want, aws, in_words_of(self._model, want, have))

    def _finish(self, id: str, inputs: Values, want: Values, aws: Aws, have: Values | None) -> Made:
        """Make it as wanted and read it back. From here on it exists, whatever happens."""
        failed = ""
        plan = dict(want)
        try:
            with self._readable():
                self._handler.configure(aws, id, want, have)
        except Refusal as refusal:
            failed = refusal.message
        try:
            with self._readable():
                live = self._read(aws, id, plan)
            if live is None:
                raise self._refusal(grpc.StatusCode.NOT_FOUND, f"{id} was made and cannot be found")
            return Made(id, settled(self._model, plan, live), failed)
        except (Refusal, MissingOutput) as error:
            # Losing it from the state would be worse than a state with gaps.
            known = {name: value for name, value in plan.items() if not has_unknown(value)}
            return Made(id, known, failed or str(error))

    def read(self, id: str, inputs: Values, old: Values) -> Found | None:
        """Return it as it is; None when it is gone. Without inputs (an import) all come from the cloud."""
        region = old.get("region") or inputs.get("region")
        facts = Facts(self._facts.account, str(region), self._facts.default_tags) if region else self._facts
        plan = planned(self._model, facts, {**inputs, **_names(self._model, id, inputs)})
        with self._readable():
            live = self._read(Aws(self._cloud, facts.of(inputs)), id, plan)
        if live is None:
            return None
        plan = shared_kept(self._model, {**plan, **_shared(self._model, inputs, old)}, inputs, live)
        return Found(live_inputs(self._model, inputs, plan, live), settled(self._model, plan, live))

    def candidates(self, inputs: Values) -> list[str]:
        """Return the ids of what could have come of a create with these inputs."""
        want = planned(self._model, self._facts, inputs)
        with self._readable():
            aws = self._aws(inputs)
            found = found_ids(
                self._model, self._facts, aws, inputs, want, lambda id: self.read(id, inputs, {})
            )
            return list(found)

    def delete(self, id: str, state: Values) -> None:
        with self._readable():
            try:
                self._handler.delete(self._aws(state), id, state)
            except ClientError as error:
                if not is_gone(error):
                    raise

    def _read(self, aws: Aws, id: str, plan: Values) -> dict[str, Value] | None:
        try:
            live = self._handler.read(aws, id, plan)
        except ClientError as error:
            if is_gone(error):
                return None
            raise
        if live is not None and "tagsAll" in live:
            given = plan.get("tags") or {}
            defaults = self._facts.default_tags
            live["tags"] = {
                key: value
                for key, value in live["tagsAll"].items()
                if key in given or defaults.get(key) != value
            }
        return live

    def _aws(self, inputs: Values) -> Aws:
        return Aws(self._cloud, self._facts.of(inputs))

    def _refusal(self, code: grpc.StatusCode, said: str) -> Refusal:
        return Refusal(code, f"{self._model.token} {self._name}: {said}")

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Turn what boto3 raises into one sentence with the resource and the cloud's own message."""
        try:
            yield
        except ClientError as error:
            told = error.response.get("Error", {})
            said = f"{error.operation_name}: {told.get('Code', 'error')}: {told.get('Message', 'no message')}"
            unsettled = isinstance(error, Unsettled)
            code = grpc.StatusCode.UNAVAILABLE if unsettled else grpc.StatusCode.UNKNOWN
            raise self._refusal(code, said) from None
        except BotoCoreError as error:
            raise self._refusal(
                grpc.StatusCode.UNAVAILABLE,
                f"the local cloud does not answer ({type(error).__name__}); run the command again",
            ) from None


def _shared(model: TypeModel, inputs: Values, old: Values) -> dict[str, Value]:
    names = [prop.name for prop in model.inputs if prop.shared and inputs.get(prop.name) is None]
    return {name: old[name] for name in names if name in old}


def shared_kept(model: TypeModel, want: Values, inputs: Values, have: Values) -> dict[str, Value]:
    """Want what is there for everything that another resource may set and this one does not."""
    kept = in_words_of(model, want, have)
    return {**want, **{name: kept[name] for name in _shared(model, inputs, kept)}}


def in_words_of(model: TypeModel, want: Values, have: Values) -> dict[str, Value]:
    """Return what is there, in the words of what is wanted where both mean the same."""
    result = dict(have)
    for name, value in have.items():
        prop = model.prop(name)
        if prop is not None and name in want and same(prop, want[name], value, live=True):
            result[name] = want[name]
    return result


def _names(model: TypeModel, id: str, inputs: Values) -> dict[str, Value]:
    """For an import: a resource with a single name is identified by it."""
    if len(model.identity) == 1 and model.identity[0] not in inputs:
        return {model.identity[0]: id}
    return {}
