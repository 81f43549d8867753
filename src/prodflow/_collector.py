"""The garbage collector, kept still while very many values are made.

The collector comes by again and again as objects add up, and walks all that there are. What a bulk
makes refers to what was there before and never back, so it finds nothing: for 100,000 orders that
is a third of the time. It comes by once when the bulk is done.
"""

import gc
from collections.abc import Generator
from contextlib import contextmanager


@contextmanager
def paused() -> Generator[None]:
    """No collection meanwhile; a host that has switched the collector off is left alone.

    The switch is the process': of two threads at once, the first to end lets the collector work
    again. Garbage of the host's own conditions, guards and policies waits as long.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
