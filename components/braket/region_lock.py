"""The region lock: nothing outside the environment's regions (R1).

It is in the permission boundary and, by itself, on every role of a project. It is no residency guarantee:
third-party QPUs process circuits outside facilities that AWS operates (R4).
"""

from __future__ import annotations

from components.braket.policy import Statement

GLOBAL_SERVICES = (
    "budgets:*",
    "ce:*",
    "cloudfront:*",
    "health:*",
    "iam:*",
    "organizations:*",
    "route53:*",
    "s3:GetAccountPublicAccessBlock",
    "s3:ListAllMyBuckets",
    "s3:PutAccountPublicAccessBlock",
    "sts:*",
    "support:*",
)
"""Answered by one region for all: a lock that held them would hold everybody out."""


def outside(*regions: str, leave: tuple[str, ...] = GLOBAL_SERVICES) -> Statement:
    """Denies everything but global services in any other region than these. leave: which of them."""
    return Statement(
        sid="RegionLock",
        effect="Deny",
        not_actions=leave,
        resources=("*",),
        conditions={"StringNotEquals": {"aws:RequestedRegion": regions}},
        because="global services are answered in one region; the boundary denies what matters in them",
    )
