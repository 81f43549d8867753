"""Worker processes, and the result of a scenario.

Workers are forked from a process without threads that has imported everything. So a worker starts
within milliseconds, and a scenario can kill hundreds of them. The process of pytest may have
threads, so tests call a scenario by `apart`.
"""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from multiprocessing import connection as pipes
from multiprocessing import get_context
from multiprocessing.context import ForkProcess
from multiprocessing.synchronize import Event
from pathlib import Path
from random import Random  # noqa: TID251 - with a seed, for kills and choices
from typing import Final, Generic, ParamSpec, TypeVar

from attrs import field, frozen

__all__ = [
    "Bell",
    "Record",
    "Result",
    "Say",
    "Stopwatch",
    "Worker",
    "all_heard",
    "apart",
    "drawn",
    "heard_from",
    "reported",
    "start",
]

P = ParamSpec("P")
T = TypeVar("T")
Say = Callable[[T], None]
Record = Callable[[str, object], None]
"""The fixture `record_property`, which adds a fact to the report of a test."""

_FORK: Final = get_context("fork")
_PACKAGE: Final = __name__.rpartition(".")[0]
_ROOT: Final = Path(__file__).parents[__name__.count(".")]
_LONG: Final = 1200
"""Seconds after which a scenario is taken to hang."""


@frozen(kw_only=True)
class Result:
    """Counts of what a scenario did, and of what must not happen."""

    done: Mapping[str, int]
    wrong: Mapping[str, int]
    seconds: float
    seed: int | None = None

    @property
    def failures(self) -> dict[str, int]:
        """The counts of what must not happen that are not zero."""
        return {name: count for name, count in self.wrong.items() if count}

    def __str__(self) -> str:
        """Every count with its name."""
        return "; ".join(
            ", ".join(f"{count:,} {name}" for name, count in counts.items())
            for counts in (self.done, self.wrong)
        )


class Stopwatch:
    """Measures the seconds since it was created."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """The seconds so far."""
        return time.monotonic() - self._started


def apart(scenario: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
    """The result of a scenario that runs in a new process."""
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-W", "error", "-m", _PACKAGE],
        input=pickle.dumps(partial(scenario, *args, **kwargs)),
        stdout=subprocess.PIPE,
        cwd=_ROOT,
        timeout=_LONG,
        check=True,
    )
    result: T = pickle.loads(done.stdout)
    return result


def reported(result: Result, record_property: Record) -> dict[str, int]:
    """Add a result to the report of the tests, and return its failures."""
    print(result, f"seed: {result.seed}", sep="; ")  # noqa: T201 - shown if it fails
    record_property("figure", str(result))
    record_property("seconds", f"{result.seconds:.1f}")
    return result.failures


def drawn(*seed: object) -> Random:
    """A random generator with a seed."""
    return Random("-".join(map(str, seed)))  # noqa: S311 - nothing is secret


@frozen
class Bell:
    """A signal to stop, given by the process that made it or by the end of that process."""

    _event: Event = field(factory=_FORK.Event)
    _owner: int = field(factory=os.getpid)

    def ring(self) -> None:
        """Give the signal."""
        self._event.set()

    @property
    def is_rung(self) -> bool:
        """Whether it is time to stop."""
        return self._event.is_set() or os.getpid() != self._owner != os.getppid()

    def is_rung_within(self, seconds: float) -> bool:
        """Whether it is time to stop, after waiting for the signal."""
        return self._event.wait(seconds) or self.is_rung


@frozen(eq=False)
class Worker(Generic[T]):
    """A forked process, and the messages that it sends."""

    process: ForkProcess
    said: "pipes.Connection[None, T]"

    def heard_within(self, seconds: float) -> list[T]:
        """The messages that arrive in that time."""
        heard: list[T] = []
        with suppress(EOFError, OSError):
            end = time.monotonic() + seconds
            while self.said.poll(max(0, end - time.monotonic())):
                heard.append(self.said.recv())
        return heard

    def heard(self) -> Iterator[T]:
        """The messages until the process ends; a message that a kill cuts off is lost."""
        with suppress(EOFError, OSError):
            while True:
                yield self.said.recv()

    @property
    def is_killed(self) -> bool:
        """Whether the process was killed; waits for its end, and refuses other failures."""
        self.process.join()
        code = self.process.exitcode
        if code not in {0, -signal.SIGKILL}:
            raise RuntimeError(f"a worker ended with {code}")
        return code != 0


def start(work: Callable[[Say[T]], None]) -> Worker[T]:
    """Start a worker; it ends with its work or with this process."""
    said: pipes.Connection[None, T]
    say: pipes.Connection[T, None]
    said, say = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=work, args=(say.send,), daemon=True)
    process.start()
    say.close()  # so that only the worker can send, and its end is seen
    return Worker(process, said)


def heard_from(workers: Sequence[Worker[T]]) -> Iterator[T]:
    """The messages of several workers as they arrive, for ever."""
    while True:
        ready = pipes.wait([worker.said for worker in workers])
        yield from (worker.said.recv() for worker in workers if worker.said in ready)


def all_heard(workers: Sequence[Worker[T]]) -> list[list[T]]:
    """The messages of each worker until it ends; none may fail."""
    heard = [list(worker.heard()) for worker in workers]
    if any(worker.is_killed for worker in workers):
        raise RuntimeError("a worker was killed")
    return heard
