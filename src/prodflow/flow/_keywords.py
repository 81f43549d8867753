"""Types of the keywords that several methods share, for wrapper functions and code editors."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypedDict

from attrs import NothingType

from prodflow._facts import Fact


class Overrides(TypedDict, total=False):
    """The optional keywords of a status change; `attrs.NOTHING` means not given."""

    to: str | NothingType | None
    current_complete: bool | NothingType
    completed_on: date | NothingType | None
    due_on: date | NothingType | None
    department: str | NothingType | None
    user: str | NothingType | None
    facts: Mapping[str, Fact | None] | NothingType
    reason: str | NothingType | None
    note: str | NothingType


class _Again(Overrides, total=False):
    today: date
    by: str
    recorded_by: str | None
    roles: Iterable[str]


class Revision(_Again, total=False):
    """The optional keywords of `revise`; `attrs.NOTHING` means not given."""

    expect: str | int | NothingType | None


class BulkRevision(_Again, total=False):
    """The optional keywords of `revise_all`; `attrs.NOTHING` means not given."""

    expect: Mapping[str, int] | NothingType | None


class Amendments(TypedDict, total=False):
    """The optional keywords of an amendment; `attrs.NOTHING` means not given."""

    ordered_on: date | NothingType
    delivery_on: date | NothingType | None
    plan_from: date | NothingType | None
    entered_on: date | NothingType
    vendor: str | NothingType | None
    invoice_id: str | NothingType | None
    priority: int | NothingType
    quantity: int | NothingType | None
    facts: Mapping[str, Fact | None] | NothingType
    due_on: date | NothingType | None
    department: str | NothingType | None
    user: str | NothingType | None
