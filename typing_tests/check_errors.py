"""What type checkers make of errors and their fields; never run."""

from collections.abc import Mapping
from datetime import date
from typing import Literal, NoReturn, assert_type

from prodflow import (
    BulkRefusedError,
    ChangeRefusedError,
    ClosingChangedError,
    CommandReusedError,
    CompletionDateError,
    CursorError,
    CycleConflictError,
    CycleNotFoundError,
    CycleProblem,
    DamagedRowError,
    DateOutOfRangeError,
    DefinitionError,
    DuplicateOrderError,
    HistoryEntry,
    InactiveStatusError,
    InvalidCycleError,
    KeyReusedError,
    MissingDeliveryDateError,
    MixedOrderTypesError,
    NoNextStatusError,
    NothingToUndoError,
    OrderMovedError,
    OrderNotFoundError,
    ProdflowError,
    Refusal,
    RuleError,
    SameStatusError,
    SplitError,
    StaleCycleError,
    StaleOrdersError,
    StatusMovedError,
    StoreError,
    UnknownStatusError,
    UnmappedStatusError,
)


def check_families(rule: RuleError, store: StoreError) -> NoReturn:
    """Two families of one root, told apart by who must act."""
    errors: list[ProdflowError] = [rule, store]
    assert_type(errors[0].code, str)
    raise errors[0]


def check_rule_errors(error: RuleError) -> None:
    """The user must choose otherwise; the fields say what stands against it."""
    match error:
        case InvalidCycleError():
            assert_type(error.problems, tuple[CycleProblem, ...])
            assert_type(error.order_type, str)
        case DefinitionError():
            assert_type(error.problems, tuple[tuple[str, str], ...])
        case ChangeRefusedError():
            assert_type(error.order_id, str)
            assert_type(error.refusals, tuple[Refusal, ...])
            assert_type(error.refusals[0].code, str)
            assert_type(error.refusals[0].keys, tuple[str, ...])
        case BulkRefusedError():
            assert_type(error.refusals, Mapping[str, RuleError])
        case CompletionDateError():
            assert_type(error.completed_on, date | None)
            assert_type(error.latest, date | None)
        case ClosingChangedError():
            assert_type((error.before, error.after), tuple[str, str])
        case NothingToUndoError():
            assert_type(error.order_id, str)
        case DateOutOfRangeError():
            assert_type(error.day, date)
            assert_type(error.days, int)
        case MixedOrderTypesError():
            assert_type(error.order_types, tuple[str, ...])
        case _:
            assert_type(error, RuleError)


def check_errors_of_a_status(error: RuleError) -> None:
    """Which status of which order or order type."""
    match error:
        case UnknownStatusError() | InactiveStatusError():
            assert_type(error.order_type, str)
            assert_type(error.key, str)
        case MissingDeliveryDateError():
            assert_type(error.order_type, str)
            assert_type(error.status, str)
        case NoNextStatusError() | SameStatusError():
            assert_type(error.order_id, str)
            assert_type(error.status, str)
        case StatusMovedError() | OrderMovedError():
            assert_type(error.expected, int | str)
            assert_type(error.actual, int | str)
        case UnmappedStatusError():
            assert_type(error.keys, tuple[str, ...])
        case SplitError():
            assert_type((error.order_id, error.part), tuple[str, str | None])
        case _:
            assert_type(error, RuleError)


def check_store_errors(error: StoreError) -> None:
    """Reload or retry; a duplicate is a conflict too."""
    match error:
        case DuplicateOrderError():
            assert_type(error.conflicts, Mapping[str, tuple[int, int]])
        case StaleOrdersError():
            assert_type(error.conflicts, Mapping[str, tuple[int, int]])
        case OrderNotFoundError():
            assert_type(error.order_id, str)
        case CycleNotFoundError():
            assert_type(error.version, int | None)
        case CycleConflictError():
            assert_type(error.version, int)
        case StaleCycleError():
            assert_type(error.expected, int | None)
            assert_type(error.actual, int | None)
        case KeyReusedError():
            assert_type(error.keys, tuple[str, ...])
        case CommandReusedError():
            assert_type(error.command_id, str)
            assert_type(error.entries, tuple[HistoryEntry, ...])
        case _:
            assert_type(error, StoreError)


def check_errors_of_a_database(error: StoreError) -> None:
    """Why a cursor is refused, and which row can't be read."""
    match error:
        case CursorError():
            assert_type(error.cursor, str)
            assert_type(error.problem, Literal["restored", "tenant", "beyond"])
        case DamagedRowError():
            assert_type(error.table, str)
            assert_type(error.key, tuple[str | int, ...])
        case _:
            assert_type(error, StoreError)


def check_errors_refuse() -> None:
    """Each of these is a finding of both checkers."""
    OrderNotFoundError()  # type: ignore[call-arg]  # which?
    OrderNotFoundError(7)  # type: ignore[arg-type]  # an id is a text
    ChangeRefusedError("PO-1", ("no",))  # type: ignore[arg-type]  # refusals, not texts
    StaleOrdersError({"PO-1": 3})  # type: ignore[dict-item]  # expected and actual
    DateOutOfRangeError("2026-11-16", 3)  # type: ignore[arg-type]  # a date
