"""From a planned resource to a real one and back: create, read, update, delete in Resource Manager."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import grpc

from rehearsal.azure import eligibility
from rehearsal.azure.drift import drifted
from rehearsal.azure.model.arm import ArmType, Life
from rehearsal.azure.model.bodies import (
    body_of,
    inputs_in,
    inputs_of,
    not_kept,
    outputs_of,
    resource_path,
)
from rehearsal.azure.model.facts import Facts
from rehearsal.azure.rest import Arm, ArmError
from rehearsal.provider.errors import Refusal
from rehearsal.provider.model.schema import Value, Values, has_unknown
from rehearsal.provider.resource import Found, Made

ORIGINAL: Final = "__orig_state"
"""Where azure-native's state keeps what a role management policy was before."""
_CODES: Final = {
    0: grpc.StatusCode.UNAVAILABLE,
    401: grpc.StatusCode.UNAUTHENTICATED,
    403: grpc.StatusCode.PERMISSION_DENIED,
    404: grpc.StatusCode.NOT_FOUND,
    409: grpc.StatusCode.ALREADY_EXISTS,
}


class Resource:
    """One resource of a type, worked on with one provider instance's subscription and location.

    Raises Refusal when nothing was done, or nothing can be said.
    """

    def __init__(self, type: ArmType, arm: Arm, facts: Facts, name: str) -> None:
        self._type = type
        self._arm = arm
        self._facts = facts
        self._name = name

    def create(self, inputs: Values) -> Made:
        want = self._located(inputs)
        if self._type.life is Life.REQUEST:
            with self._readable():
                return self._described(eligibility.begin(self._arm, self._type, want), want, None)
        id = resource_path(self._type, self._facts, want)
        with self._readable():
            there = self._arm.get(id, self._type.api_version)
        if self._type.life in (Life.ORDINARY, Life.KEPT) and there is not None:
            raise self._refusal(
                grpc.StatusCode.ALREADY_EXISTS, f"cannot create already existing resource {id}"
            )
        original = None
        if self._type.life is Life.POLICY:
            original = outputs_of(self._type, there or {})
        return self._written(id, want, {ORIGINAL: original} if original else {}, new=there is None)

    def update(self, id: str, old: Values, inputs: Values) -> Made:
        """`old` are the outputs so far; what is not mentioned is set back to Azure's defaults by the PUT."""
        kept = {ORIGINAL: old[ORIGINAL]} if ORIGINAL in old else {}
        return self._written(id, self._located(inputs), kept, new=False)

    def _written(self, id: str, want: Values, kept: Mapping[str, Value], *, new: bool) -> Made:
        """Ask for what is wanted and read it back. Once the request was taken it exists, whatever comes."""
        body = body_of(self._type, self._with_original(want, kept))
        method = "PATCH" if self._type.life is Life.POLICY else "PUT"
        failed = ""
        try:
            with self._readable():
                self._arm.write(method, id, self._type.api_version, body)
        except Refusal as refusal:
            if not new or not self._exists(id):
                raise
            failed = refusal.message
        try:
            with self._readable():
                live = self._arm.get(id, self._type.api_version)
            if live is None:
                raise self._refusal(grpc.StatusCode.NOT_FOUND, f"{id} was made and cannot be found")
            made = self._described(live, want, id)
        except Refusal as refusal:
            # Losing it from the state would be worse than a state with gaps.
            known = {name: value for name, value in want.items() if not has_unknown(value)}
            return Made(id, {**known, **kept}, failed or refusal.message)
        return Made(id, {**made.outputs, **kept}, failed or made.failed)

    def _exists(self, id: str) -> bool:
        try:
            return self._arm.get(id, self._type.api_version) is not None
        except ArmError:
            return False

    def _with_original(self, want: Values, kept: Mapping[str, Value]) -> Values:
        """Name the rules that are no longer asked for as they once were: PATCH leaves alone what it is not
        told.
        """
        original = kept.get(ORIGINAL)
        result = dict(want)
        for name, key in self._type.part_of.items() if original else ():
            asked = list(want.get(name) or [])
            named = {item.get(key) for item in asked}
            result[name] = [*asked, *(rule for rule in (original or {})[name] if rule.get(key) not in named)]
        return result

    def _described(self, live: Mapping[str, Any], want: Values, id: str | None) -> Made:
        """Return what an answer says with every documented output. Raises Refusal when one is missing."""
        outputs = self._complete(live, want)
        lost = not_kept(self._type, want, inputs_of(self._type, outputs))
        said = f"Resource Manager did not take {', '.join(lost)} as asked" if lost else ""
        failed = self._refusal(grpc.StatusCode.UNKNOWN, said).message if said else ""
        return Made(id or str(live["id"]), outputs, failed)

    def _complete(self, live: Mapping[str, Any], want: Values) -> dict[str, Value]:
        told = outputs_of(self._type, live)
        names = {prop.name for prop in self._type.model.inputs}
        outputs: dict[str, Value] = {}
        missing: list[str] = []
        for name, shape in self._type.outputs.items():
            if name in self._type.echoed:
                outputs[name] = want.get(name)
            elif name in told:
                outputs[name] = told[name]
            elif name in self._type.may_lack or name in names or shape.get("optional"):
                outputs[name] = None  # an input that was not taken is missed elsewhere
            else:
                missing.append(name)
        if missing:
            said = f"Resource Manager does not say {', '.join(sorted(missing))}"
            raise self._refusal(grpc.StatusCode.INTERNAL, said)
        return outputs

    def read(self, id: str, inputs: Values, old: Values) -> Found | None:
        """Return it as it is; None when it is gone. Without inputs (an import) all come from Azure.

        With the outputs so far, just what has changed since is changed in the inputs; without them (after
        an interruption) inputs that are met stay as they were asked for.
        """
        with self._readable():
            live = self._arm.get(id, self._type.api_version)
        if live is None:
            return None
        outputs = self._complete(live, inputs)
        there = inputs_of(self._type, outputs)
        named = {**inputs_in(self._type, id), **inputs}
        if not inputs:
            return Found({**there, **named}, outputs)
        if ORIGINAL in old:
            outputs[ORIGINAL] = old[ORIGINAL]
        if old:
            return Found(drifted(self._type, named, inputs_of(self._type, old), there), outputs)
        lost = {path.split(".")[0] for path in not_kept(self._type, named, there)}
        return Found({**named, **{name: there.get(name) for name in lost}}, outputs)

    def candidates(self, inputs: Values) -> list[str]:
        """Return the ids of what could have come of a create with these inputs.

        A name is unique where it lies, so there is one at most. What is there with its parent counts only if
        it is just as asked: setting it again does no harm.
        """
        want = self._located(inputs)
        if self._type.life is Life.POLICY:
            return []
        with self._readable():
            if self._type.life is Life.REQUEST:
                found = eligibility.find(self._arm, self._type, want)
                return [] if found is None else [str(found["id"])]
            id = resource_path(self._type, self._facts, want)
            live = self._arm.get(id, self._type.api_version)
        if live is None:
            return []
        lost = not_kept(self._type, want, inputs_of(self._type, outputs_of(self._type, live)))
        return [] if lost and self._type.life is Life.PART else [id]

    def delete(self, id: str, state: Values) -> None:
        with self._readable():
            try:
                self._delete(id, state)
            except ArmError as error:
                if error.status != 404:
                    raise

    def _delete(self, id: str, state: Values) -> None:
        version = self._type.api_version
        if self._type.life is Life.ORDINARY:
            self._arm.write("DELETE", id, version, headers={"If-Match": "*"} if self._type.guarded else {})
        elif self._type.life is Life.PART:
            self._arm.write("PUT", id, version, body_of(self._type, {}))
        elif self._type.life is Life.POLICY and ORIGINAL in state:
            original = inputs_of(self._type, state[ORIGINAL])
            wanted = {name: original[name] for name in self._type.part_of if name in original}
            self._arm.write("PATCH", id, version, body_of(self._type, wanted))
        elif self._type.life is Life.REQUEST:
            eligibility.end(self._arm, self._type, id)

    def _located(self, inputs: Values) -> Values:
        """Fill in the provider's location where a resource takes one and names none."""
        located = any(prop.name == "location" for prop in self._type.model.inputs)
        if located and inputs.get("location") is None and self._facts.location:
            return {**inputs, "location": self._facts.location}
        return inputs

    def _refusal(self, code: grpc.StatusCode, said: str) -> Refusal:
        return Refusal(code, f"{self._type.model.token} {self._name}: {said}")

    @contextmanager
    def _readable(self) -> Iterator[None]:
        """Turn Resource Manager's answer into one sentence with the resource, the code and the message."""
        try:
            yield
        except ArmError as error:
            code = _CODES.get(error.status, grpc.StatusCode.UNKNOWN)
            raise self._refusal(code, f"{error.code}: {error.message}") from None
