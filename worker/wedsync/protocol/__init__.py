"""The socket protocol as values and bytes: no input, no output, no clock."""
