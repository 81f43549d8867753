"""The keywords that several verbs share, as types, so that wrappers and editors know them."""

from datetime import date
from typing import TypedDict

from attrs import NothingType


class Overrides(TypedDict, total=False):
    """What you may give to a status change; `attrs.NOTHING` means not given."""

    to: str | NothingType | None
    expect: str | NothingType | None
    current_complete: bool | NothingType
    completed_on: date | NothingType | None
    due_on: date | NothingType | None
    department: str | NothingType | None
    user: str | NothingType | None
    note: str | NothingType


class Revision(Overrides, total=False):
    """What you may give to a proposal that you revise."""

    today: date
    by: str


class Amendments(TypedDict, total=False):
    """What you may amend; `attrs.NOTHING` means not given."""

    ordered_on: date | NothingType
    delivery_on: date | NothingType | None
    vendor: str | NothingType | None
    invoice_id: str | NothingType | None
    due_on: date | NothingType | None
    department: str | NothingType | None
    user: str | NothingType | None
