"""What the programs on Azure share."""

from __future__ import annotations

import pulumi_azure_native as azure


def azure_provider(tenant: str, subscription: str) -> azure.Provider:
    """The stack's one provider: a token of another tenant opens nothing, every id names the subscription."""
    return azure.Provider("azure", tenant_id=tenant, subscription_id=subscription)
