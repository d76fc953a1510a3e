"""The operator's command line."""

from __future__ import annotations

from qlz.startup import begin_quickly


def main() -> None:
    """Entry point of `qlz`."""
    begin_quickly()
    from qlz import app  # loaded after that

    app.run()


if __name__ == "__main__":
    main()
