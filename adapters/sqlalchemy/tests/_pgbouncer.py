"""A pgbouncer for the tests, in front of one of their PostgreSQL servers."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import sqlalchemy as sa

from ._postgres import Server, free_port, unprivileged

PROGRAM: Final = shutil.which("pgbouncer", path=f"{os.environ['PATH']}:/usr/sbin")
"""Where Debian installs it; None if it isn't installed."""


@contextmanager
def pooled(server: Server, mode: str, *, size: int = 3) -> Generator[str]:
    """The URL of a pooler in front of a server.

    Args:
        server: the server, which is running.
        mode: "session", "transaction" or "statement".
        size: how many sessions of the server the pooler uses.
    """
    assert PROGRAM is not None
    place, port = sa.make_url(server.url), free_port()
    settings = server.folder / "pgbouncer.ini"
    users = server.folder / "users.txt"
    users.write_text('"prodflow" ""\n')
    settings.write_text(
        "[databases]\n"
        f"postgres = host={place.host} port={place.port} dbname=postgres\n"
        "[pgbouncer]\n"
        f"listen_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = trust\nauth_file = {users}\npool_mode = {mode}\n"
        f"default_pool_size = {size}\nmin_pool_size = {size}\nserver_round_robin = 1\n"
        "ignore_startup_parameters = extra_float_digits\n"
    )
    for file in (settings, users):
        Path(file).chmod(0o644)
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*unprivileged(server.folder), PROGRAM, "-q", str(settings)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port)
        yield place.set(port=port).render_as_string(hide_password=False)
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()


def _wait(port: int) -> None:
    """Wait until somebody listens."""
    for _ in range(1_000):
        with socket.socket() as probe:
            probe.settimeout(0.05)
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise RuntimeError("pgbouncer doesn't listen")
