"""The worker's ports: bound before anything else starts, with errors that name the setting."""

from __future__ import annotations

import errno
import socket

from wedsync.errors import PortTaken


def reserve_port(host: str, port: int, variable: str) -> socket.socket:
    """A socket that reserves the port without listening, so that only our gateways can share it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # First without SO_REUSEPORT, to detect another worker on this port.
    try:
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
            port = probe.getsockname()[1]
        reserved = socket.socket(family)
        reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        reserved.bind((host, port))
    except OSError as exc:
        raise not_listening(exc, host, port, variable) from exc
    return reserved


def listening_socket(host: str, port: int) -> socket.socket:
    """The HTTP port, open. Raises `PortTaken`."""
    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        return socket.create_server((host, port), family=family)
    except OSError as exc:
        raise not_listening(exc, host, port, "WEDSYNC_HTTP_PORT") from exc


def not_listening(exc: OSError, host: str, port: int, variable: str) -> PortTaken:
    """The error for an address that cannot be bound, with its setting."""
    if exc.errno == errno.EADDRINUSE:
        hint = f"another worker or `wedsync up` may run here: end it, or set {variable} to a free port"
        return PortTaken(f"port {port} of {host} is in use", hint=hint)
    if exc.errno in (errno.EACCES, errno.EPERM):
        return PortTaken(f"port {port} of {host} is not allowed", hint=f"set {variable} to one from 1024 on")
    return PortTaken(
        f"{host} is no address of this machine", hint=f"set {variable.replace('PORT', 'HOST')}, 0.0.0.0 for all of them"
    )
