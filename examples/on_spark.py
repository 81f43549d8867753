"""Plans and orders on Spark: functions for `DataFrame.mapInPandas` and `DataFrame.mapInArrow`.

    frame.mapInPandas(plans_in_pandas, PLANS)
    frame.mapInArrow(plans_in_arrow, PLANS)

    parts = spark.createDataFrame(ranges(engine, 64), RANGES).repartition(64)
    parts.mapInArrow(partial(orders_in_arrow, url), ORDERS)

For plans, the data frame needs the columns `id` (string) and `ordered_on` (date). The result has a
row for each status of each order: the id, the key of the status and the due date. Spark passes the
rows in batches, so no worker has to hold all of them in memory. The cycle and the policy are those
of `scale`.

For orders, each row of the data frame is a range of ids. The workers read the ranges from the
database, and the result has a row for each order.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from importlib import import_module
from typing import Any, Final

from prodflow import plan_many
from prodflow_sqlalchemy import SqlStore
from ranges import Range, histories
from scale import CYCLE, FLOW

PLANS: Final = "id string, status string, due_on date"
"""The schema of the result, in Spark's notation."""

RANGES: Final = "after string, until string"
ORDERS: Final = "id string, status string, due_on date, entries int"
"""The schemas of the ranges of ids, and of the orders in them."""


def _planned(ids: list[str], days: list[date]) -> dict[str, list[object]]:
    """The columns of the result for some orders."""
    plans = plan_many(CYCLE, FLOW.due_dates, [(day, None) for day in days])
    rows = [(key, row) for key, plan in zip(ids, plans, strict=True) for row in plan]
    return {
        "id": [key for key, _ in rows],
        "status": [row.status.key for _, row in rows],
        "due_on": [row.due_on for _, row in rows],
    }


# The functions import pandas and pyarrow themselves, because only Spark's workers need them.


def plans_in_pandas(batches: Iterable[Any]) -> Iterator[Any]:
    """Plans for `mapInPandas`: data frames in, data frames out."""
    pandas = import_module("pandas")
    for batch in batches:
        yield pandas.DataFrame(_planned(batch["id"].tolist(), batch["ordered_on"].tolist()))


def plans_in_arrow(batches: Iterable[Any]) -> Iterator[Any]:
    """Plans for `mapInArrow`: record batches in, record batches out."""
    arrow = import_module("pyarrow")
    fields = [("id", arrow.string()), ("status", arrow.string()), ("due_on", arrow.date32())]
    for batch in batches:
        columns = batch.to_pydict()
        planned = _planned(columns["id"], columns["ordered_on"])
        yield arrow.RecordBatch.from_pydict(planned, schema=arrow.schema(fields))


def orders_in_arrow(url: str, batches: Iterable[Any]) -> Iterator[Any]:
    """Orders for `mapInArrow`: a record batch for each range of ids."""
    arrow = import_module("pyarrow")
    fields = [
        *(("id", arrow.string()), ("status", arrow.string())),
        *(("due_on", arrow.date32()), ("entries", arrow.int32())),
    ]
    with SqlStore.open(url, create=False) as store:
        for batch in batches:
            for row in batch.to_pylist():
                found = [
                    {
                        "id": order.id,
                        "status": order.status.key,
                        "due_on": order.due_on,
                        "entries": len(entries),
                    }
                    for order, entries in histories(store, Range(**row))
                ]
                yield arrow.RecordBatch.from_pylist(found, schema=arrow.schema(fields))
