"""What the samples have in common."""

from typing import final

from attrs import frozen

from prodflow._fields import checked
from prodflow.cycle import StatusCycle
from prodflow.flow import ProductionFlow
from prodflow.triggers import Trigger


@final
@frozen(weakref_slot=False, field_transformer=checked)
class Sample:
    """An order type that is ready to use: a cycle and a flow for its orders.

    Args:
        cycle: the statuses.
        flow: the due dates, triggers and rules.

    Source:
        "Setting up Production Statuses", "Production Status Triggers".
    """

    cycle: StatusCycle
    flow: ProductionFlow

    @property
    def triggers(self) -> tuple[Trigger, ...]:
        """The triggers of the flow."""
        return self.flow.triggers
