"""The data plane of Blob Storage, as far as jobs and their results need it: containers, block blobs, lists.

Addresses are https://HOST/ACCOUNT/CONTAINER/BLOB. Tokens are decided by role assignments, signed addresses by
their signer's; account keys are refused.
Source: learn.microsoft.com/rest/api/storageservices/blob-service-rest-api.
"""

from __future__ import annotations

import re
import threading
import uuid
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any
from xml.sax.saxutils import escape

from rehearsal.local_azure.errors import ArmError
from rehearsal.local_azure.sas import Signer
from rehearsal.local_azure.services.storage import ACCOUNTS, CONTAINERS
from rehearsal.local_azure.services.storage_blobs import container
from rehearsal.local_azure.store import Item
from rehearsal.local_azure.web import Reply, Request
from rehearsal.local_azure.world import World

BLOBS = f"{CONTAINERS}/blobs"
_NAME = re.compile(r"[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9]")


@dataclass
class Blob:
    data: bytes
    created: datetime
    type: str = "application/octet-stream"
    encoding: str = ""
    etag: str = ""
    blocks: dict[str, bytes] = field(default_factory=dict)
    metadata: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.etag = f'"0x{uuid.uuid4().hex[:15].upper()}"'


class BlobService:
    """Answers requests of the blob endpoint, one at a time."""

    def __init__(self, world: World, signer: Signer, lock: threading.Lock) -> None:
        self._world = world
        self._signer = signer
        self._lock = lock

    def __call__(self, request: Request) -> Reply:
        with self._lock:
            self._world.settle()
            try:
                reply = self._answer(request)
            except ArmError as error:
                told = f"<Code>{error.code}</Code><Message>{escape(error.message)}</Message>"
                body = f'<?xml version="1.0"?><Error>{told}</Error>'
                headers = {"x-ms-error-code": error.code, "Content-Type": "application/xml", **error.headers}
                reply = Reply(error.status, body.encode(), headers)
        reply.headers.setdefault("x-ms-version", request.header("x-ms-version") or "2025-01-05")
        reply.headers.setdefault("x-ms-request-id", str(uuid.uuid4()))
        return reply

    def _answer(self, request: Request) -> Reply:
        account_name, _, path = request.path.lstrip("/").partition("/")
        found = [item for item in self._world.store.of_type(ACCOUNTS) if item.name == account_name]
        if not found:
            raise ArmError(404, "ResourceNotFound", f"The account '{account_name}' does not exist.")
        account = found[0]
        container_name, _, blob_name = path.strip("/").partition("/")
        if not container_name:
            return self._containers(account, request)
        if not blob_name:
            return self._container(account, container_name, request)
        return self._blob(account, container_name, blob_name, request)

    def _allow(
        self, account: Item, path: str, request: Request, action: str, letter: str, *, data: bool = True
    ) -> None:
        """Let through a token whose principal may, or a signed address; refuse everything else."""
        container_name = path.partition("/")[0]
        place = f"{account.id}/blobServices/default" + (
            f"/containers/{container_name}" if container_name else ""
        )
        header = request.header("authorization")
        shared = account.properties.get("allowSharedKeyAccess") is not False
        if header.lower().startswith("bearer "):
            caller = str(self._world.tokens.caller(header, "blob"))
        elif "sig" in request.query and "skoid" in request.query:
            since = float(account.hidden.get("signed_after", 0.0))
            signer = self._signer.signer(account.name, path, request.query, letter, since)
            if signer is None:
                raise ArmError(
                    403, "AuthenticationFailed", "The signed address is not good for this request."
                )
            caller = signer
        elif header or "sig" in request.query:
            code = "AuthenticationFailed" if shared else "KeyBasedAuthenticationNotPermitted"
            raise ArmError(403, code, "Key based authentication is not permitted on this storage account.")
        else:
            raise ArmError(401, "NoAuthenticationInformation", "The request has no token and is not signed.")
        if not self._world.rbac.allowed(caller, action, place, data=data):
            raise ArmError(
                403,
                "AuthorizationPermissionMismatch",
                "This request is not authorized to perform this operation using this permission.",
            )

    def _containers(self, account: Item, request: Request) -> Reply:
        if request.method != "GET" or request.query.get("comp") != "list":
            raise _unknown(request)
        self._allow(account, "", request, f"{CONTAINERS}/read", "l", data=False)
        names = sorted(name for owner, name in self._world.blobs if owner == account.name)
        listed = "".join(f"<Container><Name>{name}</Name><Properties/></Container>" for name in names)
        return _xml(
            f"<EnumerationResults><Containers>{listed}</Containers><NextMarker/></EnumerationResults>"
        )

    def _container(self, account: Item, name: str, request: Request) -> Reply:
        exists = (account.name, name) in self._world.blobs
        comp = request.query.get("comp")
        if request.query.get("restype") != "container" or comp not in (None, "list"):
            raise _unknown(request)
        if request.method == "PUT" and comp is None:
            self._allow(account, name, request, f"{CONTAINERS}/write", "c", data=False)
            if exists:
                raise ArmError(409, "ContainerAlreadyExists", "The specified container already exists.")
            if _NAME.fullmatch(name) is None:
                raise ArmError(
                    400, "InvalidResourceName", "The specified resource name contains invalid characters."
                )
            item = container(self._world, account, name)
            return Reply(201, None, {"ETag": item.etag, "Last-Modified": _date(self._world.clock.now())})
        if request.method not in ("GET", "HEAD"):
            raise _unknown(request)
        self._allow(account, name, request, f"{BLOBS}/read", "l" if comp else "r")
        if not exists:
            raise ArmError(404, "ContainerNotFound", "The specified container does not exist.")
        if comp is None:
            item_headers = {
                "ETag": '"0x1"',
                "Last-Modified": _date(self._world.clock.now()),
                "x-ms-lease-status": "unlocked",
            }
            return Reply(200, None, item_headers)
        prefix = request.query.get("prefix", "")
        listed = "".join(
            f"<Blob><Name>{escape(key)}</Name><Properties><Creation-Time>{_date(blob.created)}</Creation-Time>"
            f"<Last-Modified>{_date(blob.created)}</Last-Modified><Etag>{blob.etag.strip(chr(34))}</Etag>"
            f"<Content-Length>{len(blob.data)}</Content-Length><Content-Type>{escape(blob.type)}</Content-Type>"
            f"<BlobType>BlockBlob</BlobType></Properties></Blob>"
            for key, blob in sorted(self._world.blobs[account.name, name].items())
            if key.startswith(prefix) and blob.etag and (blob.data or not blob.blocks)
        )
        head = f'<EnumerationResults ContainerName="{name}">'
        return _xml(f"{head}<Blobs>{listed}</Blobs><NextMarker/></EnumerationResults>")

    def _blob(self, account: Item, container_name: str, name: str, request: Request) -> Reply:
        action, letter = {"PUT": ("write", "w"), "DELETE": ("delete", "d")}.get(request.method, ("read", "r"))
        self._allow(account, f"{container_name}/{name}", request, f"{BLOBS}/{action}", letter)
        blobs = self._world.blobs.get((account.name, container_name))
        if blobs is None:
            raise ArmError(404, "ContainerNotFound", "The specified container does not exist.")
        if request.method == "PUT":
            return self._put(account, container_name, blobs, name, request)
        blob = blobs.get(name)
        if blob is None:
            raise ArmError(404, "BlobNotFound", "The specified blob does not exist.")
        if request.method == "DELETE":
            self._keep(account, container_name, blob)
            del blobs[name]
            return Reply(202)
        if request.method not in ("GET", "HEAD") or request.query.get("comp"):
            raise _unknown(request)
        return self._get(blob, request)

    def _put(
        self, account: Item, container_name: str, blobs: dict[str, Any], name: str, request: Request
    ) -> Reply:
        old: Blob | None = blobs.get(name)
        now = self._world.clock.now()
        kind = (
            request.header("x-ms-blob-content-type")
            or request.header("content-type")
            or "application/octet-stream"
        )
        encoding = request.header("x-ms-blob-content-encoding")
        if request.query.get("comp") == "block":
            waiting = old or Blob(b"", now)
            waiting.blocks[request.query["blockid"]] = request.body
            blobs[name] = waiting
            return Reply(201)
        if old is not None and request.header("if-none-match") == "*" and not (old.blocks and not old.data):
            raise ArmError(409, "BlobAlreadyExists", "The specified blob already exists.")
        if old is not None and old.data:
            self._keep(account, container_name, old)
        if request.query.get("comp") == "blocklist":
            ids = re.findall(
                r"<(?:Latest|Uncommitted|Committed)>([^<]+)<", request.body.decode("utf-8", "replace")
            )
            if old is None or not set(ids) <= set(old.blocks):
                raise ArmError(400, "InvalidBlockList", "The specified block list is invalid.")
            data = b"".join(old.blocks[id] for id in ids)
        elif request.query.get("comp") or request.header("x-ms-blob-type") != "BlockBlob":
            raise _unknown(request)
        else:
            data = request.body
        start = "x-ms-meta-"
        metadata = {
            key[len(start) :]: value for key, value in request.headers.items() if key.startswith(start)
        }
        blob = blobs[name] = Blob(data, now, kind, encoding, metadata=metadata)
        headers = {"ETag": blob.etag, "Last-Modified": _date(now), "x-ms-request-server-encrypted": "true"}
        return Reply(201, None, headers)

    def _keep(self, account: Item, container_name: str, blob: Blob) -> None:
        """Refuse to change what an immutability policy still holds."""
        id = f"{account.id}/blobServices/default/containers/{container_name}/immutabilityPolicies/default"
        policy = self._world.store.get(id)
        if policy is not None:
            days = policy.properties["immutabilityPeriodSinceCreationInDays"]
            if self._world.clock.now() < blob.created + timedelta(days=int(days)):
                raise ArmError(
                    409, "BlobImmutableDueToPolicy", "The blob is protected by an immutability policy."
                )

    def _get(self, blob: Blob, request: Request) -> Reply:
        headers = {
            "ETag": blob.etag,
            "Last-Modified": _date(blob.created),
            "x-ms-creation-time": _date(blob.created),
            "x-ms-blob-type": "BlockBlob",
            "x-ms-server-encrypted": "true",
            "Content-Type": blob.type,
            "Accept-Ranges": "bytes",
        }
        headers |= {"Content-Encoding": blob.encoding} if blob.encoding else {}
        headers |= {f"x-ms-meta-{key}": value for key, value in blob.metadata.items()}
        size = len(blob.data)
        match = re.fullmatch(r"bytes=(\d+)-(\d*)", request.header("x-ms-range") or request.header("range"))
        if request.method == "HEAD":
            return Reply(200, None, {**headers, "Content-Length": str(size)})
        if match is None:
            return Reply(200, blob.data, headers)
        start, end = int(match[1]), min(int(match[2] or size - 1), size - 1)
        if start >= size:
            raise ArmError(
                416, "InvalidRange", "The range is not valid.", headers={"Content-Range": f"bytes */{size}"}
            )
        return Reply(
            206, blob.data[start : end + 1], {**headers, "Content-Range": f"bytes {start}-{end}/{size}"}
        )


def _date(moment: datetime) -> str:
    return format_datetime(moment, usegmt=True)


def _xml(text: str) -> Reply:
    return Reply(
        200, f'<?xml version="1.0" encoding="utf-8"?>{text}'.encode(), {"Content-Type": "application/xml"}
    )


def _unknown(request: Request) -> ArmError:
    return ArmError(400, "UnsupportedRequest", f"{request.method} is not played here for {request.path}.")
