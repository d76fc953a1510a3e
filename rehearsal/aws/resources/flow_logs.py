"""aws.ec2.FlowLog in the local cloud."""

from __future__ import annotations

from rehearsal.aws.clients import Aws, aws_error
from rehearsal.aws.resources.base import Handler, Wanted, tag_map
from rehearsal.aws.resources.network import retag, tag_specification
from rehearsal.provider.model.schema import Value, Values


class FlowLog(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        of_vpc = bool(want["vpcId"])
        role = {"DeliverLogsPermissionArn": want["iamRoleArn"]} if want["iamRoleArn"] else {}
        answer = aws.ec2.create_flow_logs(
            ResourceType="VPC" if of_vpc else "Subnet",
            ResourceIds=[want["vpcId"] if of_vpc else want["subnetId"]],
            TrafficType=want["trafficType"],
            LogDestinationType=want["logDestinationType"],
            LogDestination=want["logDestination"],
            LogFormat=want["logFormat"],
            MaxAggregationInterval=want["maxAggregationInterval"],
            TagSpecifications=tag_specification("vpc-flow-log", want),
            **role,
        )
        for failed in answer["Unsuccessful"]:
            raise aws_error("CreateFlowLogs", failed["Error"]["Code"], failed["Error"]["Message"])
        return str(answer["FlowLogIds"][0])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is not None:
            retag(aws, id, want, have)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        logs = aws.ec2.describe_flow_logs(FlowLogIds=[id])["FlowLogs"]
        if not logs:
            return None
        found = logs[0]
        resource = found["ResourceId"]
        return {
            "arn": aws.facts.arn("ec2", f"vpc-flow-log/{id}"),
            "iamRoleArn": found.get("DeliverLogsPermissionArn") or "",
            "logDestination": found["LogDestination"],
            "logDestinationType": found["LogDestinationType"],
            "logFormat": found["LogFormat"],
            "maxAggregationInterval": found["MaxAggregationInterval"],
            "subnetId": resource if resource.startswith("subnet-") else None,
            "tagsAll": tag_map(found.get("Tags", [])),
            "trafficType": found["TrafficType"],
            "vpcId": resource if resource.startswith("vpc-") else None,
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.ec2.delete_flow_logs(FlowLogIds=[id])
