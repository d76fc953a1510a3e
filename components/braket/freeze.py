"""The freeze: a policy that denies everything, made beforehand, attached in an incident (L6, I7).

It works on live sessions. Nothing here owns a role's attachments exclusively, so an ``up`` leaves a freeze
that was made directly in the cloud where it is. Tasks already queued run on; the responder cancels them.

It holds for the roles it is attached to. An ``up`` that adds a role, such as a notebook's or an archive's,
makes one that is not frozen: no condition of IAM tells that a project is frozen. So nobody runs an ``up`` on
a frozen project, and the responder attaches the freeze to any role made since. Nor is it destroyed: IAM
deletes no policy that a role bears, and no role with policies. environment-apply or break-glass thaws first.
"""

from __future__ import annotations

from components.braket.policy import Statement


def everything() -> Statement:
    """Denies every action."""
    return Statement(sid="Frozen", effect="Deny", actions=("*",), resources=("*",))
