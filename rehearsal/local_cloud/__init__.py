"""AWS played on this machine: a background process that outlives the command which started it.

It holds everything in memory. When it is gone (idle for long enough, killed, rebooted) the next one has
another id, so whoever kept state about the old one can tell that it is stale.
"""

from __future__ import annotations

from rehearsal.local_cloud.client import BadSetting, LocalCloud, LocalCloudError

__all__ = ["BadSetting", "LocalCloud", "LocalCloudError"]
