"""Plans on Spark: functions for `DataFrame.mapInPandas` and `DataFrame.mapInArrow`.

    frame.mapInPandas(plans_in_pandas, PLANS)
    frame.mapInArrow(plans_in_arrow, PLANS)

The frame has the columns `id` (string) and `ordered_on` (date); what comes back has the id, the
key of each status, and its due date. Spark gives batches of rows and takes batches back, so neither
ever holds all of them; the cycle and the policy travel with the function.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from typing import TYPE_CHECKING, Final

from prodflow import plan_many
from scale import CYCLE, FLOW

if TYPE_CHECKING:
    import pandas as pd
    import pyarrow as pa

PLANS: Final = "id string, status string, due_on date"
"""The schema of what comes back, as Spark writes it."""


def _planned(ids: list[str], days: list[date]) -> dict[str, list[object]]:
    """The columns of the plans, a row for each status of each order."""
    plans = plan_many(CYCLE, FLOW.due_dates, [(day, None) for day in days])
    rows = [(key, row) for key, plan in zip(ids, plans, strict=True) for row in plan]
    return {
        "id": [key for key, _ in rows],
        "status": [row.status.key for _, row in rows],
        "due_on": [row.due_on for _, row in rows],
    }


def plans_in_pandas(batches: "Iterable[pd.DataFrame]") -> "Iterator[pd.DataFrame]":
    """For `mapInPandas`."""
    import pandas as pd  # noqa: PLC0415 - on the workers

    for batch in batches:
        yield pd.DataFrame(_planned(batch["id"].tolist(), batch["ordered_on"].tolist()))


def plans_in_arrow(batches: "Iterable[pa.RecordBatch]") -> "Iterator[pa.RecordBatch]":
    """For `mapInArrow`."""
    import pyarrow as pa  # noqa: PLC0415 - on the workers

    schema = pa.schema([("id", pa.string()), ("status", pa.string()), ("due_on", pa.date32())])
    for batch in batches:
        columns = batch.to_pydict()
        planned = _planned(columns["id"], columns["ordered_on"])
        yield pa.RecordBatch.from_pydict(planned, schema=schema)
