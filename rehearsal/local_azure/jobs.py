"""The data plane of Azure Quantum: jobs, sessions, targets, and addresses in the workspace's storage.

Reading takes the data action jobs/read, everything else jobs/write. Which of them Microsoft asks for an
address in the storage is not documented: here it is jobs/write, as the address can be written to.
Source: azure-quantum's own client (data plane 2026-01-15-preview).
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable
from urllib.parse import urlsplit

from rehearsal.local_azure.address import parse
from rehearsal.local_azure.blob import BLOBS, Blob
from rehearsal.local_azure.clock import text
from rehearsal.local_azure.errors import ArmError, bad_content, bad_request, conflict, not_found, unauthorized
from rehearsal.local_azure.sas import Signer
from rehearsal.local_azure.services.quantum import WORKSPACES, targets
from rehearsal.local_azure.services.storage import CONTAINERS
from rehearsal.local_azure.services.storage_blobs import container
from rehearsal.local_azure.store import Body, Item
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import World

READ, WRITE = "Microsoft.Quantum/Workspaces/jobs/read", "Microsoft.Quantum/Workspaces/jobs/write"
KEY_HEADER = "x-ms-quantum-api-key"
DELEGATE = "Microsoft.Storage/storageAccounts/blobServices/generateUserDelegationKey/action"
ENDED = ("Succeeded", "Failed", "Cancelled")

_PATH = re.compile(r"(?P<workspace>.+/providers/Microsoft\.Quantum/workspaces/[^/]+)/(?P<rest>.+)", re.I)
_TERM = re.compile(
    r"(?:(\w+) eq '([^']*)'|startswith\((\w+), ?'([^']*)'\)|(CreationTime) (ge|le) ([\d:TZ.+-]+))"
)


class QuantumService:
    """Answers requests of the workspaces' endpoint, one at a time."""

    def __init__(self, world: World, signer: Signer, lock: threading.Lock) -> None:
        self._world = world
        self._signer = signer
        self._lock = lock

    def __call__(self, request: Request) -> Reply:
        with self._lock:
            self._world.settle()
            return self._answer(request)

    def _answer(self, request: Request) -> Reply:
        match = _PATH.fullmatch(request.path)
        if match is None:
            raise not_found("Nothing is here.", "NotFound")
        key = request.header(KEY_HEADER)
        caller = "" if key else str(self._world.tokens.caller(request.header("authorization"), "quantum"))
        if not request.query.get("api-version"):
            raise bad_request("The api-version is missing.", "MissingApiVersionParameter")
        id = parse(match["workspace"]).id
        workspace = self._world.store.get(id)
        if workspace is None or workspace.type != WORKSPACES:
            raise not_found(f"The workspace '{id}' was not found.", "WorkspaceNotFound")
        if key:
            self._check_key(workspace, key)
        else:
            action = READ if request.method == "GET" else WRITE
            if not self._world.rbac.allowed(caller, action, workspace.id, data=True):
                raise ArmError(
                    403,
                    "Forbidden",
                    f"The principal '{caller}' has no permission '{action}' on the workspace"
                    f" '{workspace.name}'.",
                )
        if workspace.properties.get("provisioningState") != "Succeeded":
            raise conflict("The workspace is not usable.", "WorkspaceNotUsable")
        self._advance(workspace)
        return self._route(workspace, match["rest"], request)

    @staticmethod
    def _check_key(workspace: Item, key: str) -> None:
        if not workspace.properties["apiKeyEnabled"]:
            raise unauthorized("API keys are not enabled for the workspace.", "ApiKeyNotEnabled")
        if key not in [each["key"] for each in workspace.hidden["keys"].values()]:
            raise unauthorized("The API key is not valid.", "Unauthorized")

    def _route(self, workspace: Item, rest: str, request: Request) -> Reply:
        routes: tuple[tuple[str, str, Callable[..., Reply]], ...] = (
            ("POST", r"storage/sasUri", self._address),
            ("GET", r"jobs", self._list),
            ("GET", r"topLevelItems", self._list),
            ("PUT", r"jobs/([^/:]+)", self._submit),
            ("GET", r"jobs/([^/:]+)", self._get),
            ("PATCH", r"jobs/([^/:]+)", self._update),
            ("DELETE", r"jobs/([^/:]+)", self._delete),
            ("POST", r"jobs/([^/:]+):cancel", self._cancel),
            ("GET", r"providerStatus", self._providers),
            ("GET", r"quotas", self._quotas),
        )
        for method, pattern, answer in routes:
            match = re.fullmatch(pattern, rest, re.I)
            if match and method == request.method:
                return answer(workspace, request, *match.groups())
        raise ArmError(405, "MethodNotAllowed", f"{request.method} of '{rest}' is not played here.")

    # Storage

    def _account(self, workspace: Item) -> Item:
        account = self._world.store.get(str(workspace.properties["storageAccount"]))
        if account is None:
            raise conflict("The workspace's storage account is gone.", "StorageAccountNotFound")
        return account

    def _address(self, workspace: Item, request: Request) -> Reply:
        told = request.json()
        name, blob = str(told.get("containerName") or ""), told.get("blobName")
        account = self._account(workspace)
        identity = str((workspace.body.get("identity") or {}).get("principalId", ""))
        self._demand(identity, account, DELEGATE, data=False)
        self._demand(identity, account, f"{BLOBS}/write", data=True)
        if (account.name, name) not in self._world.blobs:
            self._demand(identity, account, f"{CONTAINERS}/write", data=False)
            if re.fullmatch(r"[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]", name) is None:
                raise bad_content(f"'{name}' is no name of a container.")
            container(self._world, account, name)
        path = f"{name}/{blob}" if blob else name
        return Reply(200, {"sasUri": self._signed(workspace, account, path, "rcwl")})

    def _signed(self, workspace: Item, account: Item, path: str, permissions: str) -> str:
        identity = str((workspace.body.get("identity") or {}).get("principalId", ""))
        return self._signer.sign(self._world.endpoints["blob"], account.name, path, permissions, identity)

    def _demand(self, identity: str, account: Item, action: str, *, data: bool) -> None:
        place = f"{account.id}/blobServices/default" if data else account.id
        if not identity or not self._world.rbac.allowed(identity, action, place, data=data):
            raise ArmError(
                403,
                "StorageAccessDenied",
                f"The workspace's identity '{identity}' has no permission '{action}' on its storage account.",
            )

    # Jobs

    def _jobs(self, workspace: Item) -> dict[str, Body]:
        jobs: dict[str, Body] = workspace.hidden["jobs"]
        return jobs

    def _job(self, workspace: Item, id: str) -> Body:
        job = self._jobs(workspace).get(id)
        if job is None:
            raise not_found(f"The job '{id}' was not found.", "JobNotFound")
        return job

    def _submit(self, workspace: Item, request: Request, id: str) -> Reply:
        told = request.json()
        if id in self._jobs(workspace):
            raise conflict(f"The job '{id}' already exists.", "JobAlreadyExists")
        for name in ("containerUri", "providerId", "target"):
            if not told.get(name):
                raise bad_content(f"The job lacks '{name}'.")
        reached = targets(workspace).get(str(told["providerId"]).lower())
        if reached is None:
            raise bad_request(f"The workspace has no provider '{told['providerId']}'.", "ProviderNotFound")
        if told["target"] not in reached:
            raise bad_request(
                f"The target '{told['target']}' is not one of the workspace's.", "TargetNotFound"
            )
        account = self._account(workspace)
        where = urlsplit(told["containerUri"])
        if not where.path.startswith(f"/{account.name}/") or (
            f"{where.scheme}://{where.netloc}" != self._world.endpoints["blob"]
        ):
            raise bad_request(
                "The container is not in the workspace's storage account.", "InvalidContainerUri"
            )
        kept = (
            "name",
            "jobType",
            "inputDataFormat",
            "outputDataFormat",
            "inputParams",
            "metadata",
            "providerId",
        )
        job: Body = {name: told.get(name) for name in (*kept, "target", "sessionId", "priority", "tags")}
        job |= {
            "id": id,
            "itemType": "Job",
            "status": "Waiting",
            "creationTime": text(self._world.clock.now()),
            "container": where.path.split("/")[2],
            "input": urlsplit(told.get("inputDataUri") or "").path.rpartition("/")[2] or "inputData",
            "begun": None if self._world.hold_jobs else time.monotonic(),
            "errorData": None,
        }
        job["jobType"] = job["jobType"] or "QuantumComputing"
        self._jobs(workspace)[id] = job
        return Reply(201, self._shown(workspace, job))

    def _advance(self, workspace: Item) -> None:
        """Run what is due: read the input and write the output, by the workspace's own identity."""
        begun = time.monotonic() - self._world.operation_seconds
        for job in self._jobs(workspace).values():
            if job["status"] != "Waiting" or job["begun"] is None or job["begun"] > begun:
                continue
            now = text(self._world.clock.now())
            job |= {"beginExecutionTime": now, "endExecutionTime": now}
            try:
                account = self._account(workspace)
                identity = str((workspace.body.get("identity") or {}).get("principalId", ""))
                for action in ("read", "write"):
                    self._demand(identity, account, f"{BLOBS}/{action}", data=True)
                blobs = self._world.blobs.get((account.name, job["container"]), {})
                if job["input"] not in blobs:
                    raise bad_request("The job's input is not there.", "InvalidInputData")
                output = json.dumps(result(job)).encode()
                blobs["rawOutputData"] = Blob(output, self._world.clock.now(), "application/json")
                job["status"] = "Succeeded"
            except ArmError as error:
                job |= {"status": "Failed", "errorData": {"code": error.code, "message": error.message}}

    def _shown(self, workspace: Item, job: Body) -> Body:
        shown = {name: value for name, value in job.items() if name not in ("begun", "container", "input")}
        account = self._account(workspace)
        path = job["container"]
        shown["containerUri"] = self._signed(workspace, account, path, "rl")
        shown["inputDataUri"] = self._signed(workspace, account, f"{path}/{job['input']}", "r")
        shown["outputDataUri"] = self._signed(workspace, account, f"{path}/rawOutputData", "r")
        return {name: value for name, value in shown.items() if value is not None}

    def _get(self, workspace: Item, request: Request, id: str) -> Reply:
        return Reply(200, self._shown(workspace, self._job(workspace, id)))

    def _list(self, workspace: Item, request: Request) -> Reply:
        wanted = _filter(request.query.get("$filter") or request.query.get("filter") or "")
        found = [job for job in self._jobs(workspace).values() if wanted(job)]
        top = int(request.query.get("$top") or request.query.get("top") or 100)
        skip = int(request.query.get("$skip") or request.query.get("skip") or 0)
        page = found[skip : skip + top]
        body: Body = {"value": [self._shown(workspace, job) for job in page]}
        if skip + top < len(found):
            version = request.query["api-version"]
            base = f"{self._world.endpoints['quantum']}{request.path}"
            body["nextLink"] = f"{base}?api-version={version}&$top={top}&$skip={skip + top}"
        return Reply(200, body)

    def _update(self, workspace: Item, request: Request, id: str) -> Reply:
        job = self._job(workspace, id)
        job |= {name: value for name, value in request.json().items() if name in ("name", "tags", "priority")}
        return Reply(200, self._shown(workspace, job))

    def _cancel(self, workspace: Item, request: Request, id: str) -> Reply:
        job = self._job(workspace, id)
        if job["status"] in ENDED:
            raise conflict(f"The job '{id}' has ended: {job['status']}.", "JobAlreadyCompleted")
        job |= {"status": "Cancelled", "cancellationTime": text(self._world.clock.now())}
        return Reply(200, self._shown(workspace, job))

    def _delete(self, workspace: Item, request: Request, id: str) -> Reply:
        job = self._job(workspace, id)
        if job["status"] not in ENDED:
            raise conflict(f"The job '{id}' has not ended.", "JobNotCompleted")
        del self._jobs(workspace)[id]
        return Reply(204)

    def _providers(self, workspace: Item, request: Request) -> Reply:
        listed = [
            {
                "id": provider,
                "currentAvailability": "Available",
                "targets": [
                    {"id": target, "currentAvailability": "Available", "averageQueueTime": 0}
                    for target in names
                ],
            }
            for provider, names in targets(workspace).items()
        ]
        return Reply(200, {"value": listed})

    def _quotas(self, workspace: Item, request: Request) -> Reply:
        return Reply(200, {"value": []})


def result(job: Body) -> Body:
    """What every job gives: two outcomes, equally often, in the format that was asked for."""
    asked = job.get("outputDataFormat") or ""
    shots = int((job.get("inputParams") or {}).get("shots") or 100)
    half = shots // 2
    if asked == "microsoft.quantum-results.v1":
        return {"Histogram": ["[0]", 0.5, "[1]", 0.5]}
    if asked == "microsoft.quantum-results.v2":
        outcomes = [
            {"Outcome": [bit], "Display": f"[{bit}]", "Count": n} for bit, n in ((0, half), (1, shots - half))
        ]
        each = {"Histogram": outcomes, "Shots": [[0]] * half + [[1]] * (shots - half)}
        return {"DataFormat": asked, "Results": [each]}
    return {"histogram": {"0": 0.5, "1": 0.5}}


def _filter(text: str) -> Callable[[Body], bool]:
    """The filters that azure-quantum's client makes: groups of alternatives joined by `and`."""
    names = {
        name.lower(): name for name in ("name", "jobType", "providerId", "target", "itemType", "creationTime")
    }
    names["state"] = "status"

    def term(written: str) -> Callable[[Body], bool]:
        match = _TERM.fullmatch(written.strip())
        field = names.get(((match[1] or match[3] or match[5]) if match else "").lower())
        if match is None or field is None:
            raise bad_request(f"The filter '{written}' is not supported.", "InvalidFilter")
        if match[3]:
            return lambda job: str(job[field] or "").startswith(match[4])
        if match[5]:
            later = match[6] == "ge"
            return lambda job: (str(job[field]) >= match[7]) if later else (str(job[field]) <= match[7])
        return lambda job: str(job[field] or "").lower() == match[2].lower()

    def alternatives(part: str) -> list[Callable[[Body], bool]]:
        inner = part.strip()
        return [term(each) for each in (inner[1:-1] if inner.startswith("(") else inner).split(" or ")]

    groups = [alternatives(part) for part in text.split(" and ") if part.strip()]
    return lambda job: all(any(test(job) for test in group) for group in groups)
