"""nginx and Caddy with the configurations of deploy/, on a free port."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from harness.ports import free_port

DEPLOY = Path(__file__).parents[3] / "deploy"
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin"
_NGINX_FRAME = """daemon off;
pid {home}/nginx.pid;
error_log stderr warn;
events {{}}
http {{
    access_log off;
    client_body_temp_path {home}/body;
    proxy_temp_path {home}/proxy;
    fastcgi_temp_path {home}/fastcgi;
    uwsgi_temp_path {home}/uwsgi;
    scgi_temp_path {home}/scgi;
    include {home}/wedsync.conf;
}}
"""
KINDS = ("nginx", "caddy")


def missing(kind: str) -> str | None:
    """Why this proxy cannot be tested on this machine, or None."""
    if shutil.which(kind, path=_PATH) is None:
        return f"{kind} is not installed; ./scripts/test installs it on Debian, as root"
    return None


@contextmanager
def running_proxy(kind: str, home: Path, rest: str, sockets: str) -> Iterator[str]:
    """Run `nginx` or `caddy` in front of these addresses until the end of the block; yields its address."""
    port = free_port()
    places = {"127.0.0.1:3000": urlsplit(rest).netloc, "127.0.0.1:4000": urlsplit(sockets).netloc}
    if kind == "nginx":
        text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
        (home / "wedsync.conf").write_text(
            _put(text, {**places, "listen 80;": f"listen 127.0.0.1:{port};", "/var/log/nginx": str(home)})
        )
        file = home / "frame.conf"
        file.write_text(_NGINX_FRAME.format(home=home))
        # The workers of a master that root starts belong to a user who cannot enter this directory.
        command = ["-p", str(home), "-c", str(file), "-g", "master_process off;"]
    else:
        text = (DEPLOY / "Caddyfile").read_text(encoding="utf-8")
        text = _put(text, {**places, "\nweddings.example.org {": f"\nhttp://127.0.0.1:{port} {{"})
        file = home / "Caddyfile"
        file.write_text("{\n\tadmin off\n}\n" + text)
        command = ["run", "--adapter", "caddyfile", "--config", str(file)]
    program = shutil.which(kind, path=_PATH)
    assert program is not None
    log = home / f"{kind}.log"
    with log.open("wb") as output:
        process = subprocess.Popen([program, *command], env={"HOME": str(home)}, stdout=output, stderr=output)
        try:
            _wait(port, process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(15)


def _put(text: str, places: dict[str, str]) -> str:
    """The configuration with this test's addresses; each of those that are replaced must be there."""
    for there, here in places.items():
        assert there in text, there
        text = text.replace(there, here)
    return text


def _wait(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise RuntimeError(f"the proxy does not listen: {log.read_text()[-2000:]}")
