"""A local Azure: Resource Manager, Azure Quantum's and Blob Storage's data planes, and a login authority.

One process on the loopback with a throw-away certificate authority. It knows an explicit table of resource
types and refuses every other. Role assignments, policies and locks decide as Azure's do.
"""

from __future__ import annotations

from rehearsal.local_azure.client import LocalAzure as LocalAzure
