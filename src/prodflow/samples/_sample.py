"""What a sample consists of."""

from typing import Final, final

from attrs import field, frozen

from prodflow import _checks as checks
from prodflow.cycle import StatusCycle
from prodflow.flow import ProductionFlow
from prodflow.triggers import Trigger

_is_cycle: Final = checks.validated(checks.instance, StatusCycle, "a StatusCycle")
_is_flow: Final = checks.validated(checks.instance, ProductionFlow, "a ProductionFlow")


@final
@frozen(weakref_slot=False)
class Sample:
    """An order type that is ready for use: its cycle, and the flow that moves its orders.

    Args:
        cycle: the statuses.
        flow: the due dates, the triggers and the rules.

    Raises:
        TypeError: for a value of the wrong kind.

    Source:
        "Setting up Production Statuses", "Production Status Triggers".
    """

    cycle: StatusCycle = field(validator=_is_cycle)
    flow: ProductionFlow = field(validator=_is_flow)

    @property
    def triggers(self) -> tuple[Trigger, ...]:
        """The triggers of the flow."""
        return self.flow.triggers
