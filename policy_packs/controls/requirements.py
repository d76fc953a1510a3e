"""What the controls are for: the requirements in short, and what of them no control can show.

The ids are those that code, tests and documents name. Each of `JUDGED` has a control on each cloud, or stands
in `NO_CONTROL` with the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "W": "Workload model",
        "I": "Identity",
        "T": "Tenant isolation",
        "R": "Residency",
        "K": "Keys and secrets",
        "D": "Development workflow",
        "L": "Logging, monitoring, incidents",
        "V": "Vendors",
        "C": "Checklists over the life of a project",
        "G": "Governance and adoption",
    }
)
JUDGED: Mapping[str, str] = MappingProxyType(
    {
        "W1": "every hop of the data path is on record",
        "W2": "the tier decides what is demanded",
        "W3": "the tier decides the placement",
        "W4": "sandbox, dev and production are apart, with a path between them",
        "I1": "people come in by federation alone",
        "I2": "pipelines come in by workload federation, from one place each",
        "I3": "services have identities of their own",
        "I4": "no identity is for two things",
        "I5": "sessions are short",
        "I6": "more rights are approved by another, and end",
        "I7": "one action ends all access of a project",
        "I8": "least privilege",
        "I9": "access follows groups",
        "T2": "the isolation is on record, and fits the tier",
        "T3": "metadata is masked, kept for a time and shown to few",
        "T4": "projects can read nothing of each other",
        "R1": "everything stays in the agreed regions",
        "R2": "only named classes of data leave the boundary",
        "R3": "the contract record is complete and current",
        "R4": "third parties' processors are shown as such",
        "R5": "the sensitive part stays inside",
        "K1": "no secret lies about",
        "K2": "customer-managed keys",
        "K3": "keys rotate",
        "K4": "keys can be revoked",
        "K5": "no key outlives its project, nor goes before it",
        "K6": "outputs can be encrypted again before they leave",
        "K7": "who administers a key cannot use it",
        "D1": "environments differ in devices, quotas and rights",
        "D2": "what a run used is on record",
        "D3": "changes are reviewed before they are applied",
        "D4": "device and region of each run are on record",
        "L1": "an operational log of what was done",
        "L2": "no payload in a log",
        "L3": "a restricted log for sensitive metadata",
        "L4": "alarms for what is unusual",
        "L5": "an audit trail that cannot be changed",
        "L6": "one project can be stopped alone",
        "V4": "a provider's score decides the tiers it may host",
        "C1": "before deployment: owner, purpose, reviewed kinds of resources",
        "G3": "assumptions are reviewed every quarter",
        "G4": "exceptions have owner, reason, approver and expiry",
        "G5": "the checklist is answered with evidence",
        "G6": "where data, keys and logs live is said",
    }
)
"""Requirements that resources or declarations can show, in a few words."""
ALSO: Mapping[str, str] = MappingProxyType(
    {
        "L7": "logs and stores outlive a mistake, payloads can be deleted",
        "C2": "in operation: retention, copies, clean-up",
        "C3": "exit: what is to go can go, and not by accident",
    }
)
"""Requirements that a control serves beside its own."""
NO_CONTROL: Mapping[str, str] = MappingProxyType(
    {
        "K6": (
            "A researcher encrypts on his own machine, before anything reaches a cloud: neither resources nor"
            " declarations show whether he did. What may leave at all is judged (R2, R5)."
        ),
    }
)
"""Requirements of `JUDGED` without a control, and why."""
NOT_SHOWN: Mapping[str, str] = MappingProxyType(
    {
        "I1": "Whether MFA is demanded: the identity provider decides it (conditional access, SAML).",
        "I5": (
            "How long a token of Entra lives: a setting of the tenant, in no subscription. Judged on Azure"
            " is how long a right for a time lasts."
        ),
        "I9": "Whether a leaver left his groups, the directory knows. Judged is that nothing hangs on names.",
        "R3": "Whether the contract says what its record says. Judged is that the record is whole and new.",
        "K4": "Whether a revocation was tried: a drill. Judged is that somebody could do it at once.",
        "D2": (
            "Whether a circuit is in version control: its repository knows. Judged is that every run"
            " leaves its device, job and place of results in the log."
        ),
        "D3": (
            "Whether a branch or deployment environment demands reviews: a setting of the CI system. Judged"
            " is which place may apply."
        ),
        "V4": "Whether what a provider publishes is true. Judged is that somebody looked, when, and where.",
        "G5": "Whether the checklist's answers are right: people sign them. Judged is what they point to.",
        "T1, L8, L9, C4": "Documents and drills: generated, held and dated elsewhere, not resources.",
        "G1, G2, V1 to V3": "How people learn, and what is asked of suppliers: documents.",
    }
)
"""Parts of requirements that no control can show, and what is judged instead."""
