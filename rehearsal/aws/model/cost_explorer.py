"""aws.costexplorer:
https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_UpdateCostAllocationTagsStatus.html.
"""

from __future__ import annotations

from rehearsal.aws.model import rules
from rehearsal.aws.model.facts import Facts
from rehearsal.provider.model.schema import (
    Out,
    Prop,
    TypeModel,
    Value,
    Values,
)


def _type(_facts: Facts, inputs: Values) -> Value:
    return "AWSGenerated" if str(inputs["tagKey"]).startswith("aws:") else "UserDefined"


COST_ALLOCATION_TAG = TypeModel(
    "aws:costexplorer/costAllocationTag:CostAllocationTag",
    inputs=(
        Prop("status", required=True, rule=rules.one_of("Active", "Inactive")),
        Prop("tagKey", required=True, replaces=True, rule=rules.matches(r".+", "may not be empty", 1024)),
    ),
    outputs={"type": Out(_type, needs=("tagKey",))},
    identity=("tagKey",),
    notes=(
        "AWS knows a tag a day after it was first used, and lets only the payer account switch it; "
        "here every tag was used, and every account may.",
        "Deleting it makes the tag inactive, as in AWS: a tag that was used stays known.",
    ),
)
