"""The same orders give the same answers on every engine."""

from importlib import import_module
from typing import Any, Final

import pytest

import on_spark
import scale

# The type checkers run where these are not installed.
pd: Final[Any] = import_module("pandas")
pa: Final[Any] = import_module("pyarrow")

ORDERS: Final = scale.opened(range(200_000))
PLAINLY: Final = scale.checksums("plain", ORDERS)


def test_a_checksum_sees_a_difference() -> None:
    """One order more or less, or another order of them, is another checksum."""
    few = ORDERS[:10]
    found = {scale.checksums("plain", part) for part in (few, few[1:], few[::-1])}
    assert len(found) == 3


@pytest.mark.parametrize("engine", ["processes", "dask"])
def test_every_engine_gives_the_same(engine: str) -> None:
    """Plans and changes of 200,000 orders, worked out in other processes, are those made here."""
    assert scale.checksums(engine, ORDERS) == PLAINLY


DAYS: Final = [order.ordered_on for order in ORDERS[:2_000]]
IDS: Final = [order.id for order in ORDERS[:2_000]]
PLANNED: Final = [
    (key, row.status.key, row.due_on)
    for key, plan in zip(IDS, scale.PLAN([(day, None) for day in DAYS]), strict=True)
    for row in plan
]


def test_batches_of_pandas_are_planned_alike() -> None:
    """What `mapInPandas` gets, batch by batch, are the plans made here."""
    frame = pd.DataFrame({"id": IDS, "ordered_on": DAYS})
    found = pd.concat(on_spark.plans_in_pandas([frame[:700], frame[700:]]))
    assert list(found.itertuples(index=False, name=None)) == PLANNED


def test_batches_of_arrow_are_planned_alike() -> None:
    """What `mapInArrow` gets, batch by batch, are the plans made here."""
    table = pa.table({"id": IDS, "ordered_on": pa.array(DAYS, pa.date32())})
    found = pa.Table.from_batches(on_spark.plans_in_arrow(table.to_batches(max_chunksize=700)))
    assert [tuple(row.values()) for row in found.to_pylist()] == PLANNED
