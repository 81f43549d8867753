"""Cancels a coroutine at one of its awaits, and at all later ones too."""

import asyncio
from collections.abc import Callable, Coroutine, Generator
from typing import Any, TypeVar, final

T = TypeVar("T")


@final
class Awaits:
    """Counts the awaits of a task and of the tasks that it makes, and cancels it at one of them.

    Args:
        last: the number of the await at which the task is cancelled.
        again: whether it's also cancelled at every later await, as AnyIO does it.
    """

    def __init__(self, last: int, *, again: bool) -> None:
        self._last = last
        self._again = again
        self.number = 0
        self.task: asyncio.Task[Any] | None = None

    def make(
        self,
        loop: asyncio.AbstractEventLoop,
        work: Generator[Any, None, T],
        **given: Any,  # noqa: ANN401 - as asyncio passes it on
    ) -> asyncio.Task[T]:
        """Make a task whose awaits are counted; a task factory of asyncio."""
        return asyncio.Task(self._counted(work), loop=loop, **given)

    async def _counted(self, work: Generator[Any, None, T]) -> T:
        done: T = await _Counted(work, self._count)
        return done

    def _count(self) -> None:
        self.number += 1
        is_time = self.number >= self._last if self._again else self.number == self._last
        if is_time and self.task is not None:
            self.task.cancel()


@final
class _Counted:
    def __init__(self, work: Generator[Any, None, Any], count: Callable[[], None]) -> None:
        self._work = work
        self._count = count

    def __await__(self) -> Generator[Any, None, Any]:
        step: Callable[[Any], Any] = self._work.send
        given: Any = None
        while True:
            try:
                future = step(given)
            except StopIteration as end:
                return end.value
            self._count()
            try:
                given = yield future
            except BaseException as error:  # noqa: BLE001 - all of them go on
                step, given = self._work.throw, error
            else:
                step = self._work.send


async def cancelled_at(
    number: int, call: Callable[[], Coroutine[Any, Any, object]], *, again: bool = False
) -> bool:
    """Whether a call was cancelled at an await; False if it has ended before."""
    loop = asyncio.get_running_loop()
    awaits = Awaits(number, again=again)
    factory: Any = awaits.make
    loop.set_task_factory(factory)
    try:
        awaits.task = loop.create_task(call())
        await asyncio.wait([awaits.task])
    finally:
        loop.set_task_factory(None)
    if not awaits.task.cancelled():
        awaits.task.result()
    return awaits.task.cancelled()
