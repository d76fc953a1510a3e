"""A certificate authority for one process: made when it starts, gone when it ends, for the loopback only."""

from __future__ import annotations

import os
import ssl
from pathlib import Path

import trustme

CA_FILE = "ca.pem"


def server_context(home: Path) -> ssl.SSLContext:
    """A context for a server on the loopback; the authority's certificate is written into the home.

    The keys never leave this process.
    """
    authority = trustme.CA(organization_name="Quantum Landing Zone rehearsal")
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    certificate.configure_cert(context)
    descriptor = os.open(home / CA_FILE, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(authority.cert_pem.bytes())
    return context
