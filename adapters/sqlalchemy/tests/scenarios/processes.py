"""Processes that talk, and what a scenario has to say at the end.

Workers are forked from a process that has imported everything and has no threads, so that one is
at work within milliseconds and may be killed by the hundred. Tests call a scenario by `apart`, for
the process of pytest is none such.
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
from random import Random  # noqa: TID251 - schedules of kills and choices, drawn from a seed
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
    "number",
    "reported",
    "start",
]

P = ParamSpec("P")
T = TypeVar("T")
Say = Callable[[T], None]
Record = Callable[[str, object], None]
"""The fixture `record_property`: a fact about a test for the report of the run."""

_FORK: Final = get_context("fork")
_PACKAGE: Final = __name__.rpartition(".")[0]
_ROOT: Final = Path(__file__).parents[__name__.count(".")]
_LONG: Final = 1200
"""Seconds after which a scenario hangs."""


@frozen(kw_only=True)
class Result:
    """What a scenario did, and how often what must not happen happened."""

    done: Mapping[str, int]
    wrong: Mapping[str, int]
    seconds: float
    seed: int | None = None

    @property
    def failures(self) -> dict[str, int]:
        """What happened and must not; empty if all is well."""
        return {name: count for name, count in self.wrong.items() if count}

    def __str__(self) -> str:
        """Every number, in words."""
        return "; ".join(
            ", ".join(f"{count:,} {name}" for name, count in counts.items())
            for counts in (self.done, self.wrong)
        )


class Stopwatch:
    """Seconds since it was made."""

    def __init__(self) -> None:
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """How many have gone by."""
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


def number(full: int) -> int:
    """A tenth of a number, and all of it if `PRODFLOW_STORE_DEEP` is set."""
    return full if os.environ.get("PRODFLOW_STORE_DEEP") else full // 10


def reported(result: Result, record_property: Record) -> dict[str, int]:
    """The failures of a result, once all of it stands in the report of the tests."""
    print(result, f"seed: {result.seed}", sep="; ")  # noqa: T201 - shown if it fails
    record_property("figure", str(result))
    record_property("seconds", f"{result.seconds:.1f}")
    return result.failures


def drawn(*seed: object) -> Random:
    """Chance that comes again with its seed."""
    return Random("-".join(map(str, seed)))  # noqa: S311 - nothing is secret


@frozen
class Bell:
    """Rung by the process that made it; the end of that process rings it too."""

    _event: Event = field(factory=_FORK.Event)
    _owner: int = field(factory=os.getpid)

    def ring(self) -> None:
        """Tell everybody."""
        self._event.set()

    @property
    def is_rung(self) -> bool:
        """Whether it is time to stop."""
        return self._event.is_set() or os.getpid() != self._owner != os.getppid()

    def is_rung_within(self, seconds: float) -> bool:
        """Whether it is time to stop, after waiting for that a little."""
        return self._event.wait(seconds) or self.is_rung


@frozen(eq=False)
class Worker(Generic[T]):
    """A forked process, and what it says."""

    process: ForkProcess
    said: "pipes.Connection[None, T]"

    def heard_within(self, seconds: float) -> list[T]:
        """What it says in that time; less, if it has ended."""
        heard: list[T] = []
        with suppress(EOFError, OSError):
            end = time.monotonic() + seconds
            while self.said.poll(max(0, end - time.monotonic())):
                heard.append(self.said.recv())
        return heard

    def heard(self) -> Iterator[T]:
        """What it still says until it ends; what it was saying when it was killed is lost."""
        with suppress(EOFError, OSError):
            while True:
                yield self.said.recv()

    @property
    def is_killed(self) -> bool:
        """Whether it was killed, once it has ended; it must not end in another bad way."""
        self.process.join()
        code = self.process.exitcode
        if code not in {0, -signal.SIGKILL}:
            raise RuntimeError(f"a worker ended with {code}")
        return code != 0


def start(work: Callable[[Say[T]], None]) -> Worker[T]:
    """A process that works; it ends with its work, or with ours."""
    said: pipes.Connection[None, T]
    say: pipes.Connection[T, None]
    said, say = _FORK.Pipe(duplex=False)
    process = _FORK.Process(target=work, args=(say.send,), daemon=True)
    process.start()
    say.close()  # so that its end is the end of what is said
    return Worker(process, said)


def heard_from(workers: Sequence[Worker[T]]) -> Iterator[T]:
    """What several workers say, whoever speaks first; for ever."""
    while True:
        ready = pipes.wait([worker.said for worker in workers])
        yield from (worker.said.recv() for worker in workers if worker.said in ready)


def all_heard(workers: Sequence[Worker[T]]) -> list[list[T]]:
    """What each of the workers still says until it ends; all must end well."""
    heard = [list(worker.heard()) for worker in workers]
    if any(worker.is_killed for worker in workers):
        raise RuntimeError("a worker was killed")
    return heard
