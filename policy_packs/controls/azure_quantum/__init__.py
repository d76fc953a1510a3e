"""Controls over Azure resources, whichever program declares them.

One control a file, each with its `CONTROL`; a file is named as its like for AWS, where there is one.
"""
