"""A PostgreSQL server of our own, from the installed binaries, and one shared by a test run.

The workers of a run share a server: the first who needs it starts it, and each holds a shared lock
on a file while it works. A guard, a process of its own, waits for that lock alone: it gets it once
every worker has ended, however it ended, and stops the server. So no server outlives its run.
"""

import fcntl
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Literal

BINARIES: Final = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
"""Where Debian keeps them, a folder for each version."""


class Server:
    """A PostgreSQL server in a temporary folder of its own, on a free port of loopback.

    Args:
        settings: of postgresql.conf, such as `fsync=off`; fsync is on unless they say otherwise.
    """

    def __init__(self, *settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="prodflow-postgres-"))
        self._user = _unprivileged(self.folder)
        self._port = _free_port()
        self._settings = settings
        self.run("initdb", "-U", "prodflow", "-A", "trust", "-E", "UTF8", "--no-sync")

    @property
    def url(self) -> str:
        """The URL of its only database."""
        return f"postgresql+psycopg://prodflow@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = [
            "listen_addresses=127.0.0.1",
            f"port={self._port}",
            f"unix_socket_directories={self.folder}",
            "max_connections=100",
            *self._settings,
        ]
        options = " ".join(f"-c {setting}" for setting in settings)
        self.run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", options, "start")

    def stop(self, mode: Literal["smart", "fast", "immediate"] = "immediate") -> None:
        """Stop it, and wait until it is gone; "immediate" is how it crashes."""
        self.run(*self.stopping(mode))

    def remove(self) -> None:
        """Remove its folder, once it is stopped."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def stopping(mode: str) -> list[str]:
        """The arguments of `run` that stop it."""
        return ["pg_ctl", "-m", mode, "-w", "stop"]

    def command(self, program: str, *arguments: str) -> list[str]:
        """How to call a program of PostgreSQL on the folder of data."""
        data = str(self.folder / "data")
        return [*self._user, str(BINARIES[-1] / program), "-D", data, *arguments]

    def run(self, program: str, *arguments: str) -> None:
        """Call a program of PostgreSQL on the folder of data."""
        environment = os.environ | {"LC_ALL": "C.UTF-8", "HOME": str(self.folder)}
        subprocess.run(  # noqa: S603 - our own command
            self.command(program, *arguments),
            cwd=self.folder,
            env=environment,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )


def _unprivileged(folder: Path) -> list[str]:
    """What makes a command run as somebody who may run PostgreSQL, which root may not."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def shared_server(folder: Path) -> Generator[str]:
    """The URL of the server that all who name this folder share."""
    users, told = folder / "postgres.users", folder / "postgres.url"
    guard = None
    with users.open("w") as using:
        with (folder / "postgres.starting").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            fcntl.flock(using, fcntl.LOCK_SH)  # waits while a guard ends the server before
            if not told.exists():
                server = Server()
                try:
                    server.start()
                except BaseException:
                    server.remove()
                    raise
                told.write_text(server.url)
                stop = server.command(*server.stopping("immediate"))
                guard = subprocess.Popen(  # noqa: S603 - our own command
                    [sys.executable, "-S", __file__, users, told, server.folder, *stop],
                    start_new_session=True,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
        yield told.read_text()
    if guard is not None:
        guard.wait()


def _guard(users: str, told: str, folder: str, *stop: str) -> None:
    with Path(users).open() as using:
        fcntl.flock(using, fcntl.LOCK_EX)
        subprocess.run(stop, cwd=folder, check=False)  # noqa: S603 - our own command
        shutil.rmtree(folder, ignore_errors=True)
        Path(told).unlink()


if __name__ == "__main__":
    _guard(*sys.argv[1:])
