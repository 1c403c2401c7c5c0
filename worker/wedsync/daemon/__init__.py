"""`wedsync worker`: the supervisor, its gateway processes, the HTTP port."""
