"""django-fsm-2 with django-fsm-log, in a database.

The backend of django-fsm-log that is the default inserts a row within each transition. A setting
names another backend: the one below keeps the rows, so that a bulk can insert them all at once.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from itertools import pairwise
from typing import Any, Final

import sqlalchemy as sa

from tracking import BY, FORMS, KEYS, NEXT, TODAY, Opened, Result, due_on
from untyped import module

django: Final = module("django")
module("django.conf").settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django_fsm_log"],
    AUTH_USER_MODEL="bench.Clerk",
    DJANGO_FSM_LOG_STORAGE_METHOD=f"{__name__}.Keeping",
    USE_TZ=True,
)


class Keeping(module("django_fsm_log.backends").BaseBackend):  # type: ignore[misc]  # known at run time only
    """A backend of django-fsm-log that keeps the rows until the job saves them."""

    @staticmethod
    def setup_model(model: object) -> None:
        """Add nothing to the model of the log."""

    @staticmethod
    def pre_transition_callback(**_: object) -> None:
        """Do nothing before a transition."""

    @staticmethod
    def post_transition_callback(
        *,
        instance: Any,  # noqa: ANN401 - an Order
        name: str,
        source: str,
        target: str,
        method_kwargs: dict[str, Any],
        **_: object,
    ) -> None:
        """Keep the row of a transition."""
        method_kwargs["rows"].append(
            StateLog(
                by_id=method_kwargs["by"],
                source_state=source,
                state=target,
                transition=name,
                content_type=ContentType.objects.get_for_model(Order),
                object_id=instance.pk,
            )
        )


django.setup()
models: Final = module("django.db.models")
database: Final = module("django.db")
atomic: Final = module("django.db.transaction").atomic
fsm: Final = module("django_fsm")
StateLog: Final = module("django_fsm_log.models").StateLog
ContentType: Final = module("django.contrib.contenttypes.models").ContentType

for _name in ("by", "source_state", "state", "content_type"):  # without them it's quicker
    StateLog._meta.get_field(_name).db_index = False  # noqa: SLF001 - Django documents `_meta`


class Clerk(models.Model):  # type: ignore[misc, name-defined]  # known at run time only
    """Somebody who changes orders."""

    class Meta:
        """The app label that Django requires."""

        app_label = "bench"

    name = models.CharField(max_length=100)


class Order(fsm.ConcurrentTransitionMixin, models.Model):  # type: ignore[misc, name-defined]  # known at run time only
    """An order; a save checks that the status in the database is the one that was loaded."""

    class Meta:
        """The app label that Django requires, and the index of the board."""

        app_label = "bench"
        indexes = (models.Index(fields=["status", "due_on"], name="django_board"),)

    id = models.IntegerField(primary_key=True)
    status = fsm.FSMField(default=KEYS[0])
    ordered_on = models.DateField()
    delivery_on = models.DateField()
    entered_on = models.DateField()
    due_on = models.DateField(null=True)
    department = models.CharField(max_length=200, null=True)
    assignee = models.CharField(max_length=200, null=True)
    vendor = models.CharField(max_length=200)
    invoice = models.CharField(max_length=200)

    def advance(self, *, by: int, rows: list[Any]) -> None:  # noqa: ARG002 - the backend reads them
        """Fill in the rest of the order; the decorator changes the status."""
        status = FORMS[NEXT[self.status]]
        self.entered_on = TODAY
        self.due_on = due_on(self.ordered_on, status.key)
        self.department = status.default_department
        self.assignee = status.default_user

    for _source, _target in pairwise(KEYS):
        advance = fsm.transition(field="status", source=_source, target=_target)(advance)


TABLES: Final = (ContentType, Clerk, StateLog, Order)
MOVED: Final = ("status", "entered_on", "due_on", "department", "assignee")
"""The columns that a change of status writes."""


class DjangoLog:
    """Saves orders with the ORM of Django.

    Args:
        url: the URL of the database.
        pragmas: settings of each connection to SQLite.
    """

    name = "django-fsm-2 and django-fsm-log"

    def __init__(self, url: sa.URL, pragmas: Iterable[str] = ()) -> None:
        if url.get_backend_name() == "sqlite":
            given: dict[str, Any] = {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": url.database,
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "init_command": "".join(f"PRAGMA {pragma};" for pragma in pragmas),
                },
            }
        else:
            given = {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": url.database,
                "USER": url.username,
                "PASSWORD": url.password or "",
                "HOST": url.host,
                "PORT": url.port,
                "OPTIONS": dict(url.query) | {"server_side_binding": True},
            }
        connections = database.connections
        connections.settings["default"] = given | {"CONN_MAX_AGE": None}  # it stays open
        connections.configure_settings(connections.settings)
        with suppress(AttributeError):
            del connections["default"]  # that of an earlier database
        self._connection = connections["default"]
        ContentType.objects.clear_cache()
        with self._connection.schema_editor() as editor:
            for model in TABLES:
                editor.create_model(model)
        self._by = Clerk.objects.create(name=BY).pk

    def open(self, orders: Sequence[Opened]) -> None:
        """Insert the orders with `bulk_create`."""
        first = FORMS[KEYS[0]]
        with atomic():
            Order.objects.bulk_create(
                Order(
                    id=order.number,
                    ordered_on=order.ordered_on,
                    delivery_on=order.delivery_on,
                    entered_on=order.ordered_on,
                    due_on=due_on(order.ordered_on, first.key),
                    department=first.default_department,
                    assignee=first.default_user,
                    vendor=order.vendor,
                    invoice=order.invoice,
                )
                for order in orders
            )

    def advance_one(self, number: int) -> None:
        """Get the order, advance it, and save the columns that change, and the log."""
        rows: list[Any] = []
        with atomic():
            order = Order.objects.get(pk=number)
            order.advance(by=self._by, rows=rows)
            order.save(update_fields=MOVED)
            rows[0].save(force_insert=True)

    def advance(self, numbers: Sequence[int]) -> None:
        """Select and lock all orders, advance each, and write them and the log."""
        rows: list[Any] = []
        with atomic():
            orders = list(Order.objects.select_for_update().filter(pk__in=numbers))
            for order in orders:
                order.advance(by=self._by, rows=rows)
            Order.objects.bulk_create(
                orders, update_conflicts=True, unique_fields=["id"], update_fields=MOVED
            )
            StateLog.objects.bulk_create(rows)

    def results(self) -> dict[int, Result]:
        """Read both tables."""
        counted = StateLog.objects.values_list("object_id").annotate(changes=models.Count("*"))
        changes = dict(counted)
        return {
            order.pk: Result(
                order.status,
                order.due_on,
                order.entered_on,
                order.department,
                order.assignee,
                changes.get(order.pk, 0),
            )
            for order in Order.objects.all()
        }

    def settings(self, names: Iterable[str]) -> dict[str, str]:
        """Ask the connection of this thread."""
        ask = "PRAGMA" if self._connection.vendor == "sqlite" else "SHOW"
        found: dict[str, str] = {}
        with self._connection.cursor() as cursor:
            for name in names:
                cursor.execute(f"{ask} {name}")
                found[name] = str(cursor.fetchone()[0])
        return found

    def indexes(self) -> int:
        """Count the indexes of the orders and of the log."""
        return sum(
            found["index"] and not found["primary_key"]
            for model in (Order, StateLog)
            for found in self._constraints(model)
        )

    def _constraints(self, model: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - a model
        with self._connection.cursor() as cursor:
            table = model._meta.db_table  # noqa: SLF001 - Django documents `_meta`
            return list(self._connection.introspection.get_constraints(cursor, table).values())

    def close(self) -> None:
        """Close the connection of this thread."""
        self._connection.close()
