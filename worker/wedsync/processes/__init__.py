"""`wedsync worker`: the supervisor and its gateway processes."""
