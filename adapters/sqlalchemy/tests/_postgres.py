"""PostgreSQL servers for the tests, started from the installed binaries.

The workers of a test run share a server. The first that needs it starts it, and each worker holds a
shared lock on a file. A guard process waits for the exclusive lock on that file. It gets the lock
when every worker has ended, even if it crashed, and then stops the server.
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
"""The folders where Debian installs them, one for each version."""


class Server:
    """A PostgreSQL server in a temporary folder, on a free port of the loopback address.

    Args:
        settings: settings of postgresql.conf, such as `fsync=off`; fsync is on by default.
    """

    def __init__(self, *settings: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="prodflow-postgres-"))
        self._user = unprivileged(self.folder)
        self._port = free_port()
        self._settings = settings
        self.run("initdb", "-U", "prodflow", "-A", "trust", "-E", "UTF8", "--no-sync")

    @property
    def url(self) -> str:
        """The URL of its only database."""
        return f"postgresql+psycopg://prodflow@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start the server, and wait until it answers."""
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
        """Stop the server, and wait until it has ended; "immediate" is a crash."""
        self.run(*self.stopping(mode))

    def remove(self) -> None:
        """Delete the folder of a stopped server."""
        shutil.rmtree(self.folder, ignore_errors=True)

    @staticmethod
    def stopping(mode: str) -> list[str]:
        """The arguments of `run` that stop the server."""
        return ["pg_ctl", "-m", mode, "-w", "stop"]

    def command(self, program: str, *arguments: str) -> list[str]:
        """The command for a program of PostgreSQL with the data folder."""
        data = str(self.folder / "data")
        return [*self._user, str(BINARIES[-1] / program), "-D", data, *arguments]

    def run(self, program: str, *arguments: str) -> None:
        """Run a program of PostgreSQL with the data folder."""
        environment = os.environ | {"LC_ALL": "C.UTF-8", "HOME": str(self.folder)}
        subprocess.run(  # noqa: S603 - our own command
            self.command(program, *arguments),
            cwd=self.folder,
            env=environment,
            check=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )


def unprivileged(folder: Path) -> list[str]:
    """A prefix for commands that drops the rights of root, who may not run PostgreSQL."""
    if os.geteuid() != 0:
        return []
    user = pwd.getpwnam("nobody")
    os.chown(folder, user.pw_uid, user.pw_gid)
    return ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def shared_server(folder: Path) -> Generator[str]:
    """The URL of the server that all callers with this folder share."""
    users, url_file = folder / "postgres.users", folder / "postgres.url"
    guard = None
    with users.open("w") as using:
        with (folder / "postgres.starting").open("w") as starting:
            fcntl.flock(starting, fcntl.LOCK_EX)
            fcntl.flock(using, fcntl.LOCK_SH)  # waits while a guard stops the previous server
            if not url_file.exists():
                server = Server()
                try:
                    server.start()
                except BaseException:
                    server.remove()
                    raise
                url_file.write_text(server.url)
                stop = server.command(*server.stopping("immediate"))
                guard = subprocess.Popen(  # noqa: S603 - our own command
                    [sys.executable, "-S", __file__, users, url_file, server.folder, *stop],
                    start_new_session=True,
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                )
        yield url_file.read_text()
    if guard is not None:
        guard.wait()


def _guard(users: str, url_file: str, folder: str, *stop: str) -> None:
    with Path(users).open() as using:
        fcntl.flock(using, fcntl.LOCK_EX)
        subprocess.run(stop, cwd=folder, check=False)  # noqa: S603 - our own command
        shutil.rmtree(folder, ignore_errors=True)
        Path(url_file).unlink()


if __name__ == "__main__":
    _guard(*sys.argv[1:])
