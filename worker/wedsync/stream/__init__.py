"""From the event log to the sockets that may hear it: doorbell, relay, hub."""
