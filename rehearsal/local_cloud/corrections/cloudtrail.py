"""Trails in moto's store: selectors are added, where AWS overwrites them."""

from __future__ import annotations

from typing import Any


def correct() -> None:
    """PutEventSelectors and PutInsightSelectors overwrite what there was (AWSCloudTrail API reference)."""
    from moto.cloudtrail.models import Trail

    def put_event_selectors(self: Any, event_selectors: Any, advanced_event_selectors: Any) -> None:
        self.event_selectors = list(event_selectors or ())
        self.advanced_event_selectors = list(advanced_event_selectors or ())

    def put_insight_selectors(self: Any, insight_selectors: Any) -> None:
        self.insight_selectors = list(insight_selectors)

    Trail.put_event_selectors = put_event_selectors  # type: ignore[method-assign]
    Trail.put_insight_selectors = put_insight_selectors  # type: ignore[method-assign]
