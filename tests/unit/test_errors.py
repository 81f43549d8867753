"""Errors have their facts in fields, and are values: equal, hashable, picklable."""

import copy
import pickle
from datetime import UTC, date, datetime
from typing import Any, Literal

import pytest

import prodflow
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
    InactiveStatusError,
    InvalidCycleError,
    InvalidSettingsError,
    InvalidTriggersError,
    KeyReusedError,
    MissingDeliveryDateError,
    MixedOrderTypesError,
    NoNextStatusError,
    NothingToUndoError,
    OrderMovedError,
    OrderNotFoundError,
    OrderOpened,
    ProdflowError,
    Refusal,
    RuleError,
    SameStatusError,
    SettingsNotFoundError,
    SettingsProblem,
    SplitError,
    StaleCycleError,
    StaleOrdersError,
    StaleSettingsError,
    Status,
    StatusCycle,
    StatusMovedError,
    StoreError,
    TriggerProblem,
    UnknownStatusError,
    UnmappedStatusError,
)
from prodflow import errors as module

ERROR_NAMES = [name for name in module.__all__ if name.endswith("Error")]
DAY = date(2026, 11, 22)
LATER = date(2026, 11, 24)
PROBLEM = CycleProblem("no-final", "error", ("new",), "one status must be final")
UNREADABLE = SettingsProblem("bad-time", "error", ("cutoff",), "Cut-off must look like '17:30'")
TROUBLE = TriggerProblem("bad-text", None, "line 1: Task is missing", "action.title", 0)
SAME = SameStatusError("PO-7", "new")
REFUSAL = Refusal("guard", "not on Fridays", ("done",))
OPENED = OrderOpened(
    order_id="PO-7",
    sequence=1,
    by="ann",
    recorded_by="ann",
    at=datetime(2026, 11, 22, 9, tzinfo=UTC),
    note="",
    command_id=None,
    order_type="prints",
    cycle_version=1,
    to_status="new",
    ordered_on=DAY,
    delivery_on=None,
    plan_from=DAY,
    invoice_id=None,
    vendor=None,
    entered_on=DAY,
    due_on=None,
    calculated_due_on=None,
    department=None,
    user=None,
    policy="forward",
)

# An error, its family, its code and its facts.
EXAMPLES: list[tuple[ProdflowError, type[ProdflowError], str, dict[str, object]]] = [
    (ProdflowError("broken"), ProdflowError, "error", {"args": ("broken",)}),
    (RuleError("choose"), RuleError, "rule", {"args": ("choose",)}),
    (StoreError("retry"), StoreError, "store", {"args": ("retry",)}),
    (
        InvalidCycleError((PROBLEM,), "prints"),
        RuleError,
        "invalid-cycle",
        {"order_type": "prints", "problems": (PROBLEM,)},
    ),
    (
        InvalidTriggersError((TROUBLE,)),
        RuleError,
        "invalid-triggers",
        {"problems": (TROUBLE,)},
    ),
    (
        InvalidSettingsError((UNREADABLE,)),
        RuleError,
        "invalid-settings",
        {"problems": (UNREADABLE,)},
    ),
    (
        UnknownStatusError("prints", "lost", ("new", "done")),
        RuleError,
        "unknown-status",
        {"order_type": "prints", "key": "lost", "known": ("new", "done")},
    ),
    (
        InactiveStatusError("prints", "old"),
        RuleError,
        "inactive-status",
        {"order_type": "prints", "key": "old"},
    ),
    (
        NoNextStatusError("PO-7", "done"),
        RuleError,
        "no-next-status",
        {"order_id": "PO-7", "status": "done"},
    ),
    (SAME, RuleError, "same-status", {"order_id": "PO-7", "status": "new"}),
    (
        SplitError("PO-7", "part-below-one", "PO-8"),
        RuleError,
        "part-below-one",
        {"order_id": "PO-7", "part": "PO-8"},
    ),
    (
        OrderMovedError("PO-7", 2, 4),
        RuleError,
        "order-moved",
        {"order_id": "PO-7", "expected": 2, "actual": 4},
    ),
    (
        StatusMovedError("PO-7", "new", "done"),
        OrderMovedError,
        "status-moved",
        {"order_id": "PO-7", "expected": "new", "actual": "done"},
    ),
    (
        CompletionDateError("PO-7", date.max, DAY, LATER),
        RuleError,
        "completion-date",
        {"order_id": "PO-7", "completed_on": date.max, "earliest": DAY, "latest": LATER},
    ),
    (
        MissingDeliveryDateError("prints", "new"),
        RuleError,
        "missing-delivery-date",
        {"order_type": "prints", "status": "new"},
    ),
    (
        MixedOrderTypesError(("albums", "prints")),
        RuleError,
        "mixed-order-types",
        {"order_types": ("albums", "prints")},
    ),
    (
        ChangeRefusedError("PO-7", (REFUSAL, Refusal("note", "say why"))),
        RuleError,
        "change-refused",
        {"order_id": "PO-7", "refusals": (REFUSAL, Refusal("note", "say why"))},
    ),
    (
        BulkRefusedError({"PO-7": SAME}),
        RuleError,
        "bulk-refused",
        {"refusals": {"PO-7": SAME}},
    ),
    (
        UnmappedStatusError("PO-7", "prints", 2, ("old",)),
        RuleError,
        "unmapped-status",
        {"order_id": "PO-7", "order_type": "prints", "version": 2, "keys": ("old",)},
    ),
    (
        ClosingChangedError("PO-7", "open", "complete"),
        RuleError,
        "closing-changed",
        {"order_id": "PO-7", "before": "open", "after": "complete"},
    ),
    (NothingToUndoError("PO-7"), RuleError, "nothing-to-undo", {"order_id": "PO-7"}),
    (
        DateOutOfRangeError(date.max, 1),
        RuleError,
        "date-out-of-range",
        {"day": date.max, "days": 1},
    ),
    (
        DefinitionError((("$.statuses[0].key", "is missing"),)),
        RuleError,
        "definition",
        {"problems": (("$.statuses[0].key", "is missing"),)},
    ),
    (OrderNotFoundError("PO-7"), StoreError, "order-not-found", {"order_id": "PO-7"}),
    (
        StaleCycleError("prints", 3, 4),
        StoreError,
        "stale-cycle",
        {"order_type": "prints", "expected": 3, "actual": 4},
    ),
    (SettingsNotFoundError(4), StoreError, "settings-not-found", {"version": 4}),
    (StaleSettingsError(3, 4), StoreError, "stale-settings", {"expected": 3, "actual": 4}),
    (
        KeyReusedError("prints", ("lab",)),
        StoreError,
        "key-reused",
        {"order_type": "prints", "keys": ("lab",)},
    ),
    (
        StaleOrdersError({"PO-7": (3, 4)}),
        StoreError,
        "stale-orders",
        {"conflicts": {"PO-7": (3, 4)}},
    ),
    (
        DuplicateOrderError({"PO-7": (0, 4)}),
        StaleOrdersError,
        "duplicate-order",
        {"conflicts": {"PO-7": (0, 4)}},
    ),
    (
        CycleNotFoundError("prints", 2),
        StoreError,
        "cycle-not-found",
        {"order_type": "prints", "version": 2},
    ),
    (
        CycleConflictError("prints", 2),
        StoreError,
        "cycle-conflict",
        {"order_type": "prints", "version": 2},
    ),
    (
        CommandReusedError("cmd-1", (OPENED,)),
        StoreError,
        "command-reused",
        {"command_id": "cmd-1", "entries": (OPENED,)},
    ),
    (
        CursorError("1.7.studio", "tenant"),
        StoreError,
        "cursor",
        {"cursor": "1.7.studio", "problem": "tenant"},
    ),
    (
        DamagedRowError("prodflow_history", ("PO-1", 2)),
        StoreError,
        "damaged-row",
        {"table": "prodflow_history", "key": ("PO-1", 2)},
    ),
]
ERRORS = [example[0] for example in EXAMPLES]
IDS = [type(error).__name__ for error in ERRORS]


def test_every_error_is_among_the_examples() -> None:
    """Every public error has an example in this module."""
    assert sorted(IDS) == sorted(ERROR_NAMES)


@pytest.mark.parametrize("name", ERROR_NAMES)
def test_every_error_is_exported(name: str) -> None:
    """You import every error from `prodflow`."""
    assert getattr(prodflow, name) is getattr(module, name)


@pytest.mark.parametrize(
    ("error", "facts"), [(example[0], example[3]) for example in EXAMPLES], ids=IDS
)
def test_an_error_has_its_facts_as_fields(error: ProdflowError, facts: dict[str, object]) -> None:
    """The facts of an error are in its fields, so nobody has to parse the message."""
    assert {name: getattr(error, name) for name in facts} == facts


@pytest.mark.parametrize(
    ("error", "family"), [(example[0], example[1]) for example in EXAMPLES], ids=IDS
)
def test_an_error_belongs_to_the_family_of_who_must_act(
    error: ProdflowError, family: type[ProdflowError]
) -> None:
    """One `except` catches all errors that the user, or the program, must act on."""
    assert isinstance(error, family)


@pytest.mark.parametrize(
    ("error", "code"), [(example[0], example[2]) for example in EXAMPLES], ids=IDS
)
def test_an_error_has_a_stable_code(error: ProdflowError, code: str) -> None:
    """Programs and translations can rely on the code."""
    assert error.code == code


@pytest.mark.parametrize("error", ERRORS, ids=IDS)
def test_an_error_pickles_with_all_its_facts(error: ProdflowError) -> None:
    """An unpickled error is equal to the original."""
    assert pickle.loads(pickle.dumps(error)) == error


@pytest.mark.parametrize("error", ERRORS, ids=IDS)
def test_an_error_copies(error: ProdflowError) -> None:
    """A deep copy is equal to the original."""
    assert copy.deepcopy(error) == error


@pytest.mark.parametrize("error", ERRORS, ids=IDS)
def test_equal_errors_have_one_hash(error: ProdflowError) -> None:
    """Equal errors have the same hash."""
    assert len({error, copy.copy(error)}) == 1


def test_facts_in_another_order_are_the_same_facts() -> None:
    """Errors with the same orders, in any sequence, are equal and have the same hash."""
    one = StaleOrdersError({"PO-7": (0, 4), "PO-8": (1, 2)})
    two = StaleOrdersError({"PO-8": (1, 2), "PO-7": (0, 4)})
    assert (one, hash(one)) == (two, hash(two))


@pytest.mark.parametrize("error", ERRORS, ids=IDS)
def test_a_message_is_one_line(error: ProdflowError) -> None:
    """A message has one line."""
    assert len(str(error).splitlines()) == 1


def test_errors_of_other_facts_differ() -> None:
    """Two errors with different facts are different."""
    assert SameStatusError("PO-7", "new") != SameStatusError("PO-8", "new")


def test_errors_of_another_kind_differ() -> None:
    """Two errors of different kinds are different, whatever their facts."""
    assert StaleOrdersError({"PO-7": (0, 4)}) != DuplicateOrderError({"PO-7": (0, 4)})


def test_an_error_differs_from_other_values() -> None:
    """An error is not equal to a plain value."""
    assert OrderNotFoundError("PO-7") != ("PO-7",)


def test_facts_may_be_given_by_name() -> None:
    """An error can take its facts as keywords."""
    by_name = StatusMovedError(order_id="PO-7", expected="new", actual="done")
    assert by_name == StatusMovedError("PO-7", "new", "done")


def test_problems_may_be_of_no_order_type() -> None:
    """Problems of a list without an order type have an empty one."""
    assert InvalidCycleError((PROBLEM,)).order_type == ""


def test_problems_of_no_order_type_are_told_without_one() -> None:
    """Without an order type, the message doesn't show an empty name."""
    assert "''" not in str(InvalidCycleError((PROBLEM,)))


def test_a_missing_cycle_may_be_of_any_version() -> None:
    """Version None means that the order type is unknown."""
    assert CycleNotFoundError("prints").version is None


def test_a_missing_cycle_of_any_version_is_told_in_one_line() -> None:
    """Without a version the message names the order type alone."""
    assert "version" not in str(CycleNotFoundError("prints"))


def test_a_change_is_refused_with_every_reason() -> None:
    """The message of a refused change has the message of every refusal."""
    error = ChangeRefusedError("PO-7", (REFUSAL, Refusal("note", "say why")))
    assert str(error) == "order 'PO-7' may not change: not on Fridays; say why"


def test_an_order_that_moved_is_told_by_its_versions() -> None:
    """The message has the version that the screen showed and the one that the order has."""
    expected = "order 'PO-7' is at version 4, not 2: reload it and repeat the change"
    assert str(OrderMovedError("PO-7", 2, 4)) == expected


def test_an_order_that_moved_is_told_by_its_statuses() -> None:
    """If the screen showed a status, the message has both statuses."""
    expected = "order 'PO-7' is at 'done', not 'new': reload it and repeat the change"
    assert str(StatusMovedError("PO-7", "new", "done")) == expected


def test_without_an_allowed_day_the_previous_visit_is_wrong() -> None:
    """If the earliest day is after the latest one, the message says what to put right first."""
    message = str(CompletionDateError("PO-7", DAY, LATER, DAY))
    assert message.startswith(f"order 'PO-7' entered its previous status on {LATER}, after {DAY}:")


def test_a_migration_that_would_close_says_so() -> None:
    """The message says what the order is and what it would become."""
    message = str(ClosingChangedError("PO-7", "open", "complete"))
    assert message.startswith("order 'PO-7' is open and would become complete: ")


def test_a_first_visit_may_begin_on_any_earlier_day() -> None:
    """Without an earliest day, the message has only the latest one."""
    assert str(CompletionDateError("PO-7", LATER, None, DAY)).endswith(f"up to {DAY}")


def test_a_day_is_refused_with_its_bounds() -> None:
    """The message has the day that was given and both bounds."""
    expected = f"order 'PO-7' cannot take the day {date.max}: choose a date from {DAY} to {LATER}"
    assert str(CompletionDateError("PO-7", date.max, DAY, LATER)) == expected


def test_reopening_has_no_bounds_for_a_completion_date() -> None:
    """A change that completes nothing has no bounds for a completion date."""
    assert CompletionDateError("PO-7", DAY, None, None).latest is None


def test_reopening_is_told_without_bounds() -> None:
    """Without bounds, the message offers no dates."""
    assert "None" not in str(CompletionDateError("PO-7", None, None, None))


def test_the_entries_of_a_command_are_not_in_its_repr() -> None:
    """The repr leaves the entries out, because there can be thousands."""
    assert "OrderOpened" not in repr(CommandReusedError("cmd-1", (OPENED,)))


@pytest.mark.parametrize(
    ("expected", "actual", "message"),
    [
        (None, 4, "is at version 4 already: load it and edit that"),
        (3, None, "has no version yet, so none to replace: save yours as the first one"),
        (3, 4, "is at version 4, not 3: load version 4 and repeat your edit"),
        (4, 3, "is at version 3, not 4: save version 4 before you use it"),
    ],
)
def test_a_stale_cycle_says_what_to_do(
    expected: int | None, actual: int | None, message: str
) -> None:
    """An edit begins again from the newest version; a version ahead of it is put first."""
    assert str(StaleCycleError("prints", expected, actual)) == f"cycle 'prints' {message}"


@pytest.mark.parametrize(
    ("expected", "actual", "message"),
    [
        (None, 4, "the settings are at version 4 already: load them and edit those"),
        (3, None, "there are no settings yet, so none to replace: save yours as the first ones"),
        (
            3,
            4,
            "the settings are at version 4, not 3: load version 4 and repeat your edit",
        ),
    ],
)
def test_stale_settings_say_what_to_do(
    expected: int | None, actual: int | None, message: str
) -> None:
    """An edit begins again from the newest version."""
    assert str(StaleSettingsError(expected, actual)) == message


def test_settings_that_are_missing_say_which() -> None:
    """Any version, or one by its number; a program may take the error for a failed look-up."""
    assert str(SettingsNotFoundError()) == "there are no settings yet: set them up first"
    assert str(SettingsNotFoundError(4)).startswith("version 4 of the settings is missing")
    assert isinstance(SettingsNotFoundError(), LookupError)


@pytest.mark.parametrize("path", [("calendars", "shop", 0), [], ["triggers", 3]])
def test_a_settings_problem_has_a_path(path: list[str | int]) -> None:
    """Names and indexes, from the outside in; the settings as a whole have an empty one."""
    problem = SettingsProblem("bad-date", "error", path, "no date")
    assert problem.path == tuple(path)
    assert problem.message == "no date"


@pytest.mark.parametrize("path", ["calendars", [None], [True], [1.5], 3])
def test_a_path_holds_names_and_indexes(path: object) -> None:
    """Anything else is refused."""
    facts: dict[str, Any] = {"path": path}
    with pytest.raises(TypeError, match="path"):
        SettingsProblem("bad-date", "error", message="no date", **facts)


@pytest.mark.parametrize(
    ("problem", "expected"),
    [
        ("restored", "is from before a restore, or from another database"),
        ("tenant", "is from the feed of another tenant"),
        ("beyond", "is beyond the end of the feed"),
    ],
)
def test_a_cursor_error_says_why(
    problem: Literal["restored", "tenant", "beyond"], expected: str
) -> None:
    """A cursor of another life, of another tenant, or from beyond the end; each says so."""
    assert str(CursorError("1.7", problem)).startswith(f"cursor '1.7' {expected}: ")


def test_a_damaged_row_is_named() -> None:
    """The message has the table and the key, and nothing of what the row holds."""
    assert str(DamagedRowError("prodflow_history", ("PO-1", 2))) == (
        "row 'PO-1', 2 of table 'prodflow_history' is damaged: restore it from a backup,"
        " or call rebuild() if it is the row of an order or of a fact"
    )


def test_an_unknown_status_of_an_unknown_cycle_has_a_message() -> None:
    """Without the keys of the cycle, the message names none."""
    message = UnknownStatusError("prints", "lab").message
    assert message == "cycle 'prints' has no status 'lab': choose one of its statuses"


def test_an_error_of_a_cycle_shows_descriptions() -> None:
    """People read the descriptions; the keys are in the fields, and decide what is equal."""
    prints = StatusCycle(
        "prints",
        [Status("new", "Ordered", initial=True), Status("done", "Delivered", final=True)],
        description="Prints",
    )
    with pytest.raises(UnknownStatusError) as caught:
        _ = prints["lab"]
    error = caught.value
    expected = "cycle 'Prints' has no status 'lab': choose one of 'Ordered', 'Delivered'"
    assert str(error) == expected
    assert error == UnknownStatusError("prints", "lab", ("new", "done"))
    for copied in (copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert (copied, str(copied)) == (error, expected)


def test_a_refused_bulk_says_why() -> None:
    """The message names the orders, and has each reason once, of many the first few."""
    missing = MissingDeliveryDateError("prints", "new")
    refused = {"PO-7": SAME, "PO-8": missing, "PO-9": missing}
    assert str(BulkRefusedError(refused)) == (
        "orders 'PO-7', 'PO-8', 'PO-9' cannot change, so none did: leave them out,"
        f" or put this right first: {SAME}; {missing}"
    )


def test_the_message_of_a_list_has_its_errors_only() -> None:
    """Warnings refuse nothing, so the message neither has nor counts them."""
    rows = [
        Status("early", "Early"),
        Status("new", "New", initial=True, inactive=True),
        Status("new", "new"),
        Status("done", "Done", final=True, non_standard=True, default_duration=1),
    ]
    with pytest.raises(InvalidCycleError) as caught:
        StatusCycle("prints", rows)
    severities = [problem.severity for problem in caught.value.problems]
    assert severities == ["error"] * 3 + ["warning"] * 2
    assert str(caught.value).count(";") == 2
    assert "more" not in str(caught.value)
