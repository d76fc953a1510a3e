"""The program is `__main__` while its resources are registered, so that its type hints can be resolved."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

from rehearsal.engine import Engine, Project, StateStore
from tests.parity.provider import TestProvider, serving

PROGRAM = """
    from __future__ import annotations

    import pulumi

    class Key(pulumi.CustomResource):
        arn: pulumi.Output[str]

        def __init__(self, resource_name: str, opts: pulumi.ResourceOptions) -> None:
            super().__init__("test:index:Key", resource_name, {"arn": None}, opts)

    class Provider(pulumi.ProviderResource):
        def __init__(self) -> None:
            super().__init__("test", "test", {})

    pulumi.export("arn", Key("key", pulumi.ResourceOptions(provider=Provider())).arn)
"""


def test_postponed_annotations_are_resolved(tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: postponed\nruntime: python\n")
    (tmp_path / "__main__.py").write_text(dedent(PROGRAM))
    with serving(TestProvider()) as address:
        store = StateStore(tmp_path / "state", "passphrase")
        outcome = Engine(Project.load(tmp_path), store, providers={"test": address}).preview("dev", {})
    assert outcome.result == "ok", outcome.error
    assert outcome.outputs == {"arn": "[unknown]"}
