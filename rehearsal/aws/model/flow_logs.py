"""aws.ec2.FlowLog: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateFlowLogs.html."""

from __future__ import annotations

from rehearsal.aws.model import rules
from rehearsal.aws.model.common import REGION_PROP, TAGS, TAGS_ALL, refused
from rehearsal.provider.model.schema import ASSIGNED, Failure, Kind, Prop, TypeModel, Values, always

FORMAT = (
    "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} ${protocol} "
    "${packets} ${bytes} ${start} ${end} ${action} ${log-status}"
)
"""What AWS writes when no format is asked for (vpc/latest/userguide/flow-log-records.html)."""

_SOURCES = ("subnetId", "vpcId")
_GATEWAYS = "transit and NAT gateways are not played; give vpcId or subnetId"


def _whole(inputs: Values) -> list[Failure]:
    failures = []
    if sum(name in inputs for name in _SOURCES) != 1:
        failures.append(Failure(_SOURCES[1], f"give exactly one of {' and '.join(_SOURCES)}"))
    for name in ("logDestination", "trafficType"):
        if name not in inputs:
            failures.append(Failure(name, "is required"))
    to_logs = inputs.get("logDestinationType") == "cloud-watch-logs"
    if to_logs and "iamRoleArn" not in inputs:
        failures.append(Failure("iamRoleArn", "is required for a log group"))
    if inputs.get("logDestinationType") == "s3" and "iamRoleArn" in inputs:
        failures.append(Failure("iamRoleArn", "is for a log group; a bucket has a policy"))
    destination = inputs.get("logDestination")
    if isinstance(destination, str):
        wanted = "logs" if to_logs else "s3"
        if destination.split(":")[2:3] != [wanted]:
            failures.append(Failure("logDestination", f"must be an ARN of {wanted}"))
    return failures


FLOW_LOG = TypeModel(
    "aws:ec2/flowLog:FlowLog",
    inputs=(
        refused("deliverCrossAccountRole", Kind.TEXT, "delivery to other accounts is not played", always("")),
        refused("destinationOptions", Kind.OBJECT, "files in AWS's plain form only"),
        refused("eniId", Kind.TEXT, "single interfaces are not played; give vpcId or subnetId"),
        Prop("iamRoleArn", replaces=True, rule=rules.arn("iam"), otherwise=always("")),
        Prop("logDestination", replaces=True, rule=rules.arn("logs", "s3")),
        Prop(
            "logDestinationType",
            default="cloud-watch-logs",
            replaces=True,
            rule=rules.one_of("cloud-watch-logs", "s3"),
        ),
        Prop(
            "logFormat",
            replaces=True,
            rule=rules.matches(r"\$\{[a-z0-9-]+\}( \$\{[a-z0-9-]+\})*", "must be fields such as ${srcaddr}"),
            otherwise=always(FORMAT),
        ),
        Prop(
            "maxAggregationInterval",
            Kind.NUMBER,
            default=600,
            replaces=True,
            rule=rules.one_of(60, 600),
        ),
        REGION_PROP,
        refused("regionalNatGatewayId", Kind.TEXT, _GATEWAYS),
        Prop("subnetId", replaces=True, rule=rules.matches(r"subnet-\w+", "must be the id of a subnet")),
        refused("tagFieldSpecifications", Kind.OBJECTS, "fields from tags are not played"),
        TAGS,
        Prop("trafficType", replaces=True, rule=rules.one_of("ACCEPT", "REJECT", "ALL")),
        refused("transitGatewayAttachmentId", Kind.TEXT, _GATEWAYS),
        refused("transitGatewayId", Kind.TEXT, _GATEWAYS),
        Prop("vpcId", replaces=True, rule=rules.matches(r"vpc-\w+", "must be the id of a VPC")),
    ),
    outputs={"arn": ASSIGNED, "tagsAll": TAGS_ALL},
    identity=("subnetId", "vpcId", "logDestination"),
    rules=(_whole,),
    notes=(
        "Nothing flows here, so nothing is written.",
        "A log group that does not exist is taken, as in AWS, where delivery then fails.",
    ),
)
