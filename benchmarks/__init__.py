"""Measures of the rehearsals, both sides in one run: `make bench`, or `python -m benchmarks --help`."""
