"""Plans on Spark: functions for `DataFrame.mapInPandas` and `DataFrame.mapInArrow`.

    frame.mapInPandas(plans_in_pandas, PLANS)
    frame.mapInArrow(plans_in_arrow, PLANS)

The data frame needs the columns `id` (string) and `ordered_on` (date). The result has a row for
each status of each order: the id, the key of the status and the due date. Spark passes the rows in
batches, so no worker has to hold all of them in memory. The cycle and the policy are those of
`scale`.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from importlib import import_module
from typing import Any, Final

from prodflow import plan_many
from scale import CYCLE, FLOW

PLANS: Final = "id string, status string, due_on date"
"""The schema of the result, in Spark's notation."""


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
