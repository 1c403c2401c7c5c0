"""Joined channels: what SQL allows them, what it is told about them, and how they end."""
