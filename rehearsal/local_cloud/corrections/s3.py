"""Buckets."""

from __future__ import annotations

from typing import Any


def correct() -> None:
    _replication_is_told_whole()


def _replication_is_told_whole() -> None:
    """GetBucketReplication tells what was put; moto leaves out filters, keys and most of the rest."""
    from moto.s3.responses import S3Response

    parse, tell = S3Response._replication_config_from_xml, S3Response.get_bucket_replication

    def parsed(self: Any, xml: Any) -> dict[str, Any]:
        text = xml.decode() if isinstance(xml, bytes) else str(xml)
        return {**parse(self, text), "as put": text}

    def told(self: Any) -> Any:
        found = self.backend.get_bucket_replication(self.bucket_name)
        return (200, {"Content-Type": "application/xml"}, found["as put"]) if found else tell(self)

    S3Response._replication_config_from_xml = parsed  # type: ignore[method-assign]
    S3Response.get_bucket_replication = told  # type: ignore[method-assign]
