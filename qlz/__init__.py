"""The operator's command line: `qlz`."""
