"""Logs."""

from __future__ import annotations

from typing import Any


def correct() -> None:
    _put_replaces_metric_filters()


def _put_replaces_metric_filters() -> None:
    """PutMetricFilter creates or updates (AmazonCloudWatchLogs API reference); moto adds a second one."""
    from moto.logs.metric_filters import MetricFilters

    add = MetricFilters.add_filter

    def put(self: Any, filter_name: str, filter_pattern: str, log_group_name: str, *more: Any) -> None:
        self.metric_filters[:] = [
            one
            for one in self.metric_filters
            if (one["filterName"], one["logGroupName"]) != (filter_name, log_group_name)
        ]
        add(self, filter_name, filter_pattern, log_group_name, *more)

    MetricFilters.add_filter = put  # type: ignore[method-assign, assignment]
