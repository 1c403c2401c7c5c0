"""The gateway: connections, their opening, and the work on their channels."""
