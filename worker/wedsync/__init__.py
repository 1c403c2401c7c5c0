"""WedSync: one true copy of a wedding, shared field by field."""

from importlib.metadata import version

__version__ = version("wedsync")
