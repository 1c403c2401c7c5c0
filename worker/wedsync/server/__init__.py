"""Sockets and HTTP: connections, handshakes and requests."""
