"""Sockets and HTTP: connections, their opening, and what their messages ask for."""
