"""`qlz check`: program and policy packs of stacks, without cloud, credentials, CLI or backend."""
