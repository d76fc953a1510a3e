"""aws.accessanalyzer in the local cloud."""

from __future__ import annotations

from rehearsal.aws.clients import Aws
from rehearsal.aws.resources.base import Handler, Wanted, differs, tag_changes
from rehearsal.provider.model.schema import Value, Values


class Analyzer(Handler):
    def create(self, aws: Aws, want: Wanted) -> str:
        configuration = _without_nothing(want["configuration"])
        aws.accessanalyzer.create_analyzer(
            analyzerName=want["analyzerName"],
            type=want["type"],
            tags=want["tagsAll"],
            **({"configuration": configuration} if configuration else {}),
        )
        return str(want["analyzerName"])

    def configure(self, aws: Aws, id: str, want: Wanted, have: Values | None) -> None:
        if have is None:
            return
        if differs(want, have, "configuration"):
            configuration = _without_nothing(want["configuration"]) or {}
            aws.accessanalyzer.update_analyzer(analyzerName=id, configuration=configuration)
        changed, removed = tag_changes(want, have)
        if changed:
            aws.accessanalyzer.tag_resource(resourceArn=want["arn"], tags=changed)
        if removed:
            aws.accessanalyzer.untag_resource(resourceArn=want["arn"], tagKeys=removed)

    def read(self, aws: Aws, id: str, want: Wanted) -> dict[str, Value] | None:
        found = aws.accessanalyzer.get_analyzer(analyzerName=id)["analyzer"]
        return {
            "analyzerName": found["name"],
            "arn": found["arn"],
            "type": found["type"],
            "configuration": found.get("configuration") or None,
            "tagsAll": dict(found["tags"]),
        }

    def delete(self, aws: Aws, id: str, state: Values) -> None:
        aws.accessanalyzer.delete_analyzer(analyzerName=id)


def _without_nothing(value: Value) -> Value:
    """Its members are named in AWS as they are here."""
    if isinstance(value, dict):
        return {name: _without_nothing(item) for name, item in value.items() if item is not None}
    return [_without_nothing(item) for item in value] if isinstance(value, list) else value
