"""What a channel is, and who shares it: subscriptions, the hub, presence, positions, rates. No input, no output."""
