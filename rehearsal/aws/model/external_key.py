"""aws.kms.ExternalKey, whose material comes from outside:
https://docs.aws.amazon.com/kms/latest/developerguide/importing-keys-conceptual.html.
"""

from __future__ import annotations

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import REGION_PROP, TAGS, TAGS_ALL, refused
from rehearsal.aws.model.documents import Attached, policy
from rehearsal.aws.model.kms import SPECS, default_policy
from rehearsal.provider.model.schema import ASSIGNED, Carried, Kind, Out, Prop, TypeModel, always

_OUTSIDE = "key material belongs in no program and no state: its holder imports it with ImportKeyMaterial"


EXTERNAL_KEY = TypeModel(
    "aws:kms/externalKey:ExternalKey",
    inputs=(
        Prop(
            "bypassPolicyLockoutSafetyCheck",
            Kind.FLAG,
            default=False,
            carried=Carried.RECORDED,
            note="the lockout check itself is not played",
        ),
        Prop("deletionWindowInDays", Kind.NUMBER, default=30, rule=rules.between(7, 30, "days")),
        Prop("description", rule=rules.longest(8192), otherwise=always("")),
        # Whoever imports the material enables it, too: an update that does not say leaves it as it is.
        Prop("enabled", Kind.FLAG, otherwise=ASSIGNED, shared=True),
        refused("keyMaterialBase64", Kind.TEXT, _OUTSIDE),
        Prop("keySpec", default="SYMMETRIC_DEFAULT", replaces=True, rule=rules.one_of(*SPECS)),
        Prop(
            "keyUsage",
            default="ENCRYPT_DECRYPT",
            replaces=True,
            rule=rules.one_of("ENCRYPT_DECRYPT", "SIGN_VERIFY", "GENERATE_VERIFY_MAC"),
        ),
        Prop("multiRegion", Kind.FLAG, replaces=True, otherwise=always(False)),
        Prop("policy", Kind.JSON, rule=policy(32768, Attached.RESOURCE), otherwise=Out(default_policy)),
        REGION_PROP,
        TAGS,
        Prop("validTo", rule=lambda _: "it is said when the material is imported", otherwise=ASSIGNED),
    ),
    outputs={
        "arn": ASSIGNED,
        "expirationModel": ASSIGNED,
        "keyState": Out(needs=("enabled",)),
        "tagsAll": TAGS_ALL,
    },
    notes=(
        "It waits for its material (PendingImport) until that is imported with AWS's own calls.",
        "While it waits, enabled: true fails; the real provider leaves it waiting without a word.",
        "Principals of the own account in a key policy must exist, as in AWS; others are not checked.",
        "A deleted key waits out its window, as in AWS.",
    ),
)
