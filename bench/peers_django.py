"""The two contenders that need Django; neither saves anything."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from comparison import Contender
from peers_ring import KEYS, RING, Record, contender
from untyped import module

django: Final = module("django")
module("django.conf").settings.configure(INSTALLED_APPS=[])
django.setup()
models: Final = module("django.db.models")
fsm: Final = module("django_fsm")
flow: Final = module("viewflow.fsm")

Transition = Callable[[str, str], Callable[[Any], Any]]


def _all(transition: Transition) -> Any:  # noqa: ANN401 - a method, or a descriptor
    """An `advance` with a transition for each step of the ring."""

    def advance(self: object, *, by: str, at: datetime) -> None:
        """Change the status, and nothing else."""

    found: Any = advance
    for source, target in RING:
        found = transition(source, target)(found)
    return found


class FsmOrder(models.Model):  # type: ignore[misc, name-defined]  # known at run time only
    """A model for django-fsm-2; it's never saved, so it has no table."""

    class Meta:
        """The app label that Django requires."""

        app_label = "bench"

    status = fsm.FSMField(default=KEYS[0])
    advance = _all(lambda a, b: fsm.transition(field="status", source=a, target=b))
    log: list[Record]


def _record(
    *,
    instance: FsmOrder,
    source: str,
    target: str,
    method_kwargs: dict[str, Any],
    **_: object,
) -> None:
    """Record a transition when its signal arrives."""
    instance.log.append((method_kwargs["by"], method_kwargs["at"], source, target))


def django_fsm() -> Contender:
    """The contender with a model in memory and a receiver of the signal."""
    module("django_fsm.signals").post_transition.connect(_record, sender=FsmOrder)
    order = FsmOrder()
    order.log = []
    return contender("django-fsm-2", order, order.log)


_STAGE: Final = flow.State(KEYS, default=KEYS[0])


class FlowOrder:
    """A plain object with a State of viewflow.fsm."""

    stage = _STAGE
    advance = _all(lambda a, b: _STAGE.transition(source=a, target=b))

    def __init__(self) -> None:
        self.log: list[Record] = []

    def _record(self, _: object, source: str, target: str, *, by: str, at: datetime) -> None:
        self.log.append((by, at, source, target))

    _STAGE.on_success()(_record)


def viewflow() -> Contender:
    """The contender with a plain object and a callback after each transition."""
    order = FlowOrder()
    return contender("viewflow.fsm", order, order.log)
