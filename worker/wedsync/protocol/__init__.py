"""The socket protocol as values and bytes: no I/O, no clock."""
