"""The operator's command line."""


def main() -> None:
    """Entry point of `qlz`."""
