"""The version, in the one place where it is written."""

__version__ = "2.4.1"
