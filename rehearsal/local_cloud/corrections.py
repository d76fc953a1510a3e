"""Where moto's own store would go wrong and no client can make up for it: put right when a service loads."""

from __future__ import annotations

from typing import Any


def correct(service: str) -> None:
    """Correct moto's store of a service; called before its first request."""
    if service == "logs":
        _put_replaces_metric_filters()
    if service == "secretsmanager":
        _empty_description_is_one()


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


def _empty_description_is_one() -> None:
    """UpdateSecret with an empty description takes it away; moto keeps the old one."""
    from moto.secretsmanager.models import SecretsManagerBackend

    update = SecretsManagerBackend.update_secret

    def updated(self: Any, secret_id: str, **more: Any) -> str:
        answer = update(self, secret_id, **more)
        if more.get("description") == "":
            self.secrets[secret_id].description = None
        return answer

    SecretsManagerBackend.update_secret = updated  # type: ignore[method-assign, assignment]
