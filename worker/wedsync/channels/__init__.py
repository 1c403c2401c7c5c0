"""Channels: subscriptions, the hub, presence, positions, rates. No I/O."""
