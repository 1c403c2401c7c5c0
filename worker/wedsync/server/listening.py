"""The ports of the worker: taken before anything else starts, with an error that names the setting."""

from __future__ import annotations

import errno
import socket

from wedsync.errors import PortTaken


def reserve_port(host: str, port: int, variable: str) -> socket.socket:
    """A socket that holds the port without listening, so that gateways can share it and nobody else takes it."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Without SO_REUSEPORT first: another worker of ours on this port must be noticed.
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
    """Why an address cannot be listened on, and which setting chooses it."""
    if exc.errno == errno.EADDRINUSE:
        hint = f"another worker or `wedsync up` may run here: end it, or set {variable} to a free port"
        return PortTaken(f"port {port} of {host} is in use", hint=hint)
    if exc.errno in (errno.EACCES, errno.EPERM):
        return PortTaken(f"port {port} of {host} is not allowed", hint=f"set {variable} to one from 1024 on")
    return PortTaken(
        f"{host} is no address of this machine", hint=f"set {variable.replace('PORT', 'HOST')}, 0.0.0.0 for all of them"
    )
