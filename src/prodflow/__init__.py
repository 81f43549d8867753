"""Track production orders through a cycle of statuses.

Define the statuses of an order type as a `StatusCycle`, open orders with a `ProductionFlow`,
propose and accept status changes, and save each `Change` in a store. prodflow does no I/O and reads
no clock: you pass values in and get values back.

Every argument is checked. A value of the wrong kind raises `TypeError`, one out of bounds
`ValueError`; docstrings name only the errors that are specific to a call. These arguments mean the
same everywhere:

- `order`: the order as your store holds it now.
- `today`: the business date on which the change is made.
- `by`: who makes the change, 1 to 200 characters.
- `recorded_by`: the user who is logged in; None if that is *by*.
- `at`: the instant at which the change is recorded, with a time zone.
- `note`: free text, up to 10,000 characters.
- `command_id`: your id for this save, so that a retry does nothing twice; None for none.
"""

from prodflow._homes import settle
from prodflow.calendars import EVERY_DAY, MONDAY_TO_FRIDAY, WorkingCalendar
from prodflow.cycle import Place, Status, StatusCycle, find_problems, slug
from prodflow.duedate import (
    Backward,
    DueDatePolicy,
    Forward,
    FromEntry,
    Plan,
    PlannedStatus,
    plan,
    plan_many,
)
from prodflow.errors import (
    BulkRefusedError,
    ChangeRefusedError,
    CommandReusedError,
    CompletionDateError,
    CycleConflictError,
    CycleNotFoundError,
    CycleProblem,
    DateOutOfRangeError,
    DefinitionError,
    DuplicateOrderError,
    InactiveStatusError,
    InvalidCycleError,
    MissingDeliveryDateError,
    MixedOrderTypesError,
    NoNextStatusError,
    OrderNotFoundError,
    ProdflowError,
    RuleError,
    SameStatusError,
    StaleOrdersError,
    StatusMovedError,
    StoreError,
    TriggerProblem,
    UnknownStatusError,
    UnmappedStatusError,
)
from prodflow.flow import (
    Amendments,
    BulkProposal,
    Change,
    ChangeRules,
    Choice,
    Overrides,
    ProductionFlow,
    ProposedChange,
)
from prodflow.order import (
    CycleAdopted,
    Held,
    HistoryEntry,
    Move,
    OrderAmended,
    OrderOpened,
    ProductionOrder,
    StatusChanged,
)
from prodflow.stores import CycleStore, MemoryStore, OrderQuery, OrderStore, Outbox
from prodflow.triggers import (
    Completing,
    Contact,
    CreateTask,
    CustomAction,
    DaysFromDue,
    DaysInStatus,
    Entering,
    Leaving,
    Opening,
    SendMessage,
    Trigger,
    TriggerEvent,
    find_trigger_problems,
)

__all__ = [
    "EVERY_DAY",
    "MONDAY_TO_FRIDAY",
    "Amendments",
    "Backward",
    "BulkProposal",
    "BulkRefusedError",
    "Change",
    "ChangeRefusedError",
    "ChangeRules",
    "Choice",
    "CommandReusedError",
    "Completing",
    "CompletionDateError",
    "Contact",
    "CreateTask",
    "CustomAction",
    "CycleAdopted",
    "CycleConflictError",
    "CycleNotFoundError",
    "CycleProblem",
    "CycleStore",
    "DateOutOfRangeError",
    "DaysFromDue",
    "DaysInStatus",
    "DefinitionError",
    "DueDatePolicy",
    "DuplicateOrderError",
    "Entering",
    "Forward",
    "FromEntry",
    "Held",
    "HistoryEntry",
    "InactiveStatusError",
    "InvalidCycleError",
    "Leaving",
    "MemoryStore",
    "MissingDeliveryDateError",
    "MixedOrderTypesError",
    "Move",
    "NoNextStatusError",
    "Opening",
    "OrderAmended",
    "OrderNotFoundError",
    "OrderOpened",
    "OrderQuery",
    "OrderStore",
    "Outbox",
    "Overrides",
    "Place",
    "Plan",
    "PlannedStatus",
    "ProdflowError",
    "ProductionFlow",
    "ProductionOrder",
    "ProposedChange",
    "RuleError",
    "SameStatusError",
    "SendMessage",
    "StaleOrdersError",
    "Status",
    "StatusChanged",
    "StatusCycle",
    "StatusMovedError",
    "StoreError",
    "Trigger",
    "TriggerEvent",
    "TriggerProblem",
    "UnknownStatusError",
    "UnmappedStatusError",
    "WorkingCalendar",
    "find_problems",
    "find_trigger_problems",
    "plan",
    "plan_many",
    "slug",
]

settle(globals())
