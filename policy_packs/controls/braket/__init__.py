"""Controls over AWS resources, whichever program declares them.

One control a file, each with its `CONTROL`.
"""
