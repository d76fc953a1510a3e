"""The local Azure's process: three endpoints over TLS on the loopback, and everything in memory.

Started by `rehearsal.local_azure.client`; see `rehearsal.local_cloud.process` for its life.
"""

from __future__ import annotations

import os
import secrets
import sys
import threading
from pathlib import Path

from rehearsal.local_azure.arm import ResourceManager
from rehearsal.local_azure.authority import server_context
from rehearsal.local_azure.blob import BlobService
from rehearsal.local_azure.catalogue import KINDS
from rehearsal.local_azure.control import PREFIX, control
from rehearsal.local_azure.identity import Tokens
from rehearsal.local_azure.jobs import QuantumService
from rehearsal.local_azure.login import is_login, login
from rehearsal.local_azure.sas import Signer
from rehearsal.local_azure.web import Answer, Reply, Request, Server
from rehearsal.local_azure.world import World
from rehearsal.local_cloud.idle import IdleWatch
from rehearsal.local_cloud.process import Ready, detached, stay
from rehearsal.local_cloud.record import IDENTITY_PATH, Record

SECRET_FILE = "secret"  # noqa: S105 - the name of a file


def serve(home: Path, idle_seconds: float, ready: Ready) -> None:
    """Serve until idle for `idle_seconds` or told to stop; `ready` is called once the sockets answer."""
    idle = IdleWatch(idle_seconds)
    cloud_id, secret = secrets.token_hex(16), secrets.token_hex(32)
    context = server_context(home)
    descriptor = os.open(home / SECRET_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as stream:
        stream.write(secret)

    endpoints: dict[str, str] = {}
    world = World(Tokens(secrets.token_hex(32), f"https://sts.windows.net/{cloud_id}/"), endpoints)
    lock = threading.Lock()
    manager = ResourceManager(world, KINDS, lock)
    identity = {"id": cloud_id, "pid": os.getpid(), "endpoints": endpoints}

    def arm(request: Request) -> Reply:
        if request.path == IDENTITY_PATH:
            return Reply(200, identity)
        if request.path.startswith(PREFIX):
            with lock:
                return control(world, secret, request)
        if is_login(request.path):
            with lock:
                return login(world, request)
        return manager(request)

    signer = Signer(world.clock)
    answers: dict[str, Answer] = {
        "arm": arm,
        "quantum": QuantumService(world, signer, lock),
        "blob": BlobService(world, signer, lock),
    }
    servers = {name: Server(answer, context, idle.request) for name, answer in answers.items()}
    endpoints.update({name: server.base for name, server in servers.items()})
    record = Record(id=cloud_id, port=servers["arm"].server_port, pid=os.getpid())

    def start() -> None:
        for server in servers.values():
            threading.Thread(target=server.serve_forever, daemon=True).start()

    try:
        stay(home, record, idle, ready, start)
    finally:
        for server in servers.values():
            server.server_close()


if __name__ == "__main__":
    detached(sys.argv[1:], serve)
