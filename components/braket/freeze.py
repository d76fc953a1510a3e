"""The freeze: a policy that denies everything, made beforehand, attached in an incident (L6, I7).

It works on live sessions. Nothing here owns a role's attachments exclusively, so an ``up`` leaves a freeze
that was made directly in the cloud where it is. Tasks already queued run on; the responder cancels them.
"""

from __future__ import annotations

from components.braket.policy import Statement


def everything() -> Statement:
    """Denies every action."""
    return Statement(sid="Frozen", effect="Deny", actions=("*",), resources=("*",))
