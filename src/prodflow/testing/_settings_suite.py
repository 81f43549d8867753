"""The tests of a store of settings, as a pytest class to subclass."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date, datetime, time, timedelta, timezone
from threading import Barrier
from typing import Any, ClassVar, Final

import pytest
from attrs import evolve, frozen
from hypothesis import given
from hypothesis import strategies as st

from prodflow import (
    ChangeRules,
    CreateTask,
    FlowSettings,
    Forward,
    Opening,
    PlanningFacts,
    SettingsNotFoundError,
    SettingsStore,
    StaleSettingsError,
    Trigger,
    TypeSettings,
    WorkingCalendar,
)
from prodflow.calendars import MONDAY_TO_FRIDAY
from prodflow.stores import Edit
from prodflow.testing import _settings_laws as laws
from prodflow.testing._capabilities import Capability, leave_out, needs
from prodflow.testing._cases import SHARED
from prodflow.testing._settings import flow_settings
from prodflow.testing._studio import FLOW, MONDAY, NOON

__all__ = ["SettingsStoreSuite"]

_THREADS: Final = 4
_ROUNDS: Final = 10
_STEPS: Final = st.tuples(st.integers(1, 2), st.integers(1, 2))

SETTINGS: Final = FlowSettings(
    due_dates=Forward("shop"),
    calendars={"shop": WorkingCalendar(holidays=[MONDAY])},
    triggers=FLOW.triggers,
)
SECOND: Final = SETTINGS.edited(cutoff=time(17), zone="Europe/Lisbon")


def _never(*_: object) -> Any:  # noqa: ANN401 - a guard or a condition
    """Code that is never called."""


@frozen
class _OwnPolicy:
    """A policy of a host, which is code too."""

    name: str = "own"
    calendar: WorkingCalendar = MONDAY_TO_FRIDAY
    shift_holds: bool = False

    def due_on(self, planning: PlanningFacts, /) -> date | None:
        """No date."""


_CODE: Final[dict[str, dict[str, Any]]] = {
    "guard": {"rules": ChangeRules(guard=_never)},
    "entry guard": {"rules": ChangeRules(entry_guard=_never)},
    "policy": {"due_dates": _OwnPolicy()},
    "condition": {"triggers": [Trigger("call", Opening(), CreateTask("Call"), condition=_never)]},
    "guard of a type": {"by_order_type": {"suite": TypeSettings(rules=ChangeRules(guard=_never))}},
    "policy of a type": {"by_order_type": {"suite": TypeSettings(due_dates=_OwnPolicy())}},
}


def _put(store: SettingsStore, *versions: FlowSettings) -> None:
    replaces = None
    for settings in versions:
        store.put_settings(settings, replaces=replaces, by="Ann", at=NOON)
        replaces = settings.version


class SettingsStoreSuite:
    """The tests for a store of settings: subclass it with a fixture `store` for an empty store.

    Attributes:
        capabilities: the abilities of your store, as for `OrderStoreSuite`.

    Example:
        >>> import pytest
        >>> from prodflow import MemoryStore
        >>> class TestMySettings(SettingsStoreSuite):
        ...     capabilities = frozenset({"concurrent"})
        ...
        ...     @pytest.fixture
        ...     def store(self) -> MemoryStore:
        ...         return MemoryStore()
    """

    capabilities: ClassVar[frozenset[Capability]] = frozenset()

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        leave_out(cls, cls.capabilities)

    def reopened(self, store: SettingsStore) -> SettingsStore:
        """The store, closed and opened again; override it for the capability "persistent"."""
        pytest.fail(f"override reopened: close the {type(store).__name__} and open it again")

    def another(self, store: SettingsStore) -> SettingsStore:
        """A second store of the same data; override it for the capability "shared"."""
        pytest.fail(f"override another: open a second {type(store).__name__} of the same data")

    def another_tenant(self, store: SettingsStore) -> SettingsStore:
        """As in `OrderStoreSuite`; override it for the capability "tenants"."""
        pytest.fail(
            f"override another_tenant: open a {type(store).__name__} of a new tenant in the"
            " same database"
        )

    def test_a_version_comes_back_by_its_number(self, store: SettingsStore) -> None:
        """`get_settings` returns the version that you name, or the newest if you name none."""
        _put(store, SETTINGS, SECOND)
        assert store.get_settings(1) == SETTINGS
        assert store.get_settings(2) == store.get_settings() == SECOND

    def test_unknown_settings_are_not_found(self, store: SettingsStore) -> None:
        """Settings or a version that nobody put are not found."""
        with pytest.raises(SettingsNotFoundError) as of_any:
            store.get_settings()
        _put(store, SETTINGS)
        with pytest.raises(SettingsNotFoundError) as of_version:
            store.get_settings(2)
        assert (of_any.value.version, of_version.value.version) == (None, 2)

    def test_an_edit_says_who_made_it_and_when(self, store: SettingsStore) -> None:
        """`settings_edits` returns every edit, with its author and its instant."""
        assert store.settings_edits() == ()
        at = datetime(2026, 11, 16, 9, tzinfo=timezone(timedelta(hours=5, minutes=45)))
        store.put_settings(SETTINGS, replaces=None, by="Zoë", at=at)
        store.put_settings(SECOND, replaces=1, by="Bob", at=NOON)
        edits = store.settings_edits()
        assert edits == (Edit(1, None, "Zoë", at), Edit(2, 1, "Bob", NOON))
        assert edits[0].at is not None
        assert edits[0].at.utcoffset() == at.utcoffset()

    def test_of_two_edits_the_first_is_kept(self, store: SettingsStore) -> None:
        """The second edit of a version is refused, whatever number it takes."""
        _put(store, SETTINGS, SECOND)
        for version in (2, 3):
            other = evolve(SETTINGS, zone="UTC", version=version)
            with pytest.raises(StaleSettingsError) as caught:
                store.put_settings(other, replaces=1, by="Bob", at=NOON)
            assert caught.value == StaleSettingsError(1, 2)
        assert (store.get_settings(), len(store.settings_edits())) == (SECOND, 2)

    def test_the_version_replaced_is_the_newest(self, store: SettingsStore) -> None:
        """Only the first settings replace nothing, and later ones replace the newest version."""
        with pytest.raises(StaleSettingsError) as none_yet:
            store.put_settings(SECOND, replaces=1, by="Ann", at=NOON)
        _put(store, SETTINGS)
        for replaces in (None, 2):
            with pytest.raises(StaleSettingsError) as caught:
                store.put_settings(SECOND, replaces=replaces, by="Ann", at=NOON)
            assert caught.value == StaleSettingsError(replaces, 1)
        assert none_yet.value == StaleSettingsError(1, None)
        assert store.get_settings() == SETTINGS

    def test_the_same_edit_again_is_nothing_new(self, store: SettingsStore) -> None:
        """If the store has the same version already, nothing changes, whatever it replaces."""
        _put(store, SETTINGS, SECOND)
        edits = store.settings_edits()
        for settings, replaces in ((SECOND, 1), (SETTINGS, None), (SETTINGS, 7)):
            store.put_settings(settings, replaces=replaces, by="Eve", at=NOON + timedelta(1))
        assert store.settings_edits() == edits

    def test_an_edit_has_a_higher_version(self, store: SettingsStore) -> None:
        """An edit whose version isn't higher than the newest one is refused."""
        _put(store, SETTINGS, evolve(SECOND, version=5))
        for version in (2, 5):
            with pytest.raises(ValueError, match="5"):
                store.put_settings(
                    evolve(SETTINGS, zone="UTC", version=version), replaces=5, by="Ann", at=NOON
                )
        assert [edit.version for edit in store.settings_edits()] == [1, 5]

    @pytest.mark.parametrize("what", _CODE)
    def test_code_is_refused(self, store: SettingsStore, what: str) -> None:
        """Settings with code can't be saved, not even as the first version."""
        with pytest.raises(ValueError, match="data only"):
            store.put_settings(FlowSettings(**_CODE[what]), replaces=None, by="Ann", at=NOON)
        assert store.settings_edits() == ()

    @SHARED
    @given(settings=flow_settings())
    def test_any_settings_come_back(self, store: SettingsStore, settings: FlowSettings) -> None:
        """Whatever data the settings hold, the store gives them back, and their flows too."""
        laws.settings_come_back_from_a_store(store, settings)

    @SHARED
    @given(first=flow_settings(), second=st.none() | flow_settings(), steps=_STEPS)
    def test_of_any_two_edits_one_is_kept(
        self,
        store: SettingsStore,
        first: FlowSettings,
        second: FlowSettings | None,
        steps: tuple[int, int],
    ) -> None:
        """At most one of two edits of the same version is kept, unless they are the same."""
        laws.of_two_edits_of_settings_one_is_kept(store, first, second or first, steps)

    @needs("persistent")
    def test_settings_are_there_after_reopening(self, store: SettingsStore) -> None:
        """A store that is opened again has every version, with its author and its instant."""
        _put(store, SETTINGS, SECOND)
        before = store.settings_edits()
        again = self.reopened(store)
        assert (again.get_settings(1), again.get_settings()) == (SETTINGS, SECOND)
        assert again.settings_edits() == before
        with pytest.raises(StaleSettingsError):
            again.put_settings(SECOND.edited(), replaces=1, by="Ann", at=NOON)

    @needs("shared")
    def test_an_edit_of_one_store_is_the_newest_in_the_other(self, store: SettingsStore) -> None:
        """A store uses the edit of another one, and refuses an edit of the version before it."""
        other = self.another(store)
        _put(store, SETTINGS)
        assert other.get_settings() == SETTINGS
        store.put_settings(SECOND, replaces=1, by="Ann", at=NOON)
        assert (other.get_settings(), other.get_settings(1)) == (SECOND, SETTINGS)
        assert other.settings_edits() == store.settings_edits()
        with pytest.raises(StaleSettingsError):
            other.put_settings(SECOND.edited(), replaces=1, by="Bob", at=NOON)

    @needs("tenants")
    def test_settings_are_those_of_one_tenant(self, store: SettingsStore) -> None:
        """No tenant finds the settings of another one, and the same version can be different."""
        other = self.another_tenant(store)
        _put(store, SETTINGS, SECOND)
        assert other.settings_edits() == ()
        for version in (None, 1):
            with pytest.raises(SettingsNotFoundError):
                other.get_settings(version)
        own = evolve(SETTINGS, zone="UTC")
        _put(other, own)
        before = (store.get_settings(), store.get_settings(1), len(store.settings_edits()))
        assert before == (SECOND, SETTINGS, 2)
        assert (other.get_settings(), other.get_settings(1)) == (own, own)
        with pytest.raises(StaleSettingsError) as caught:
            other.put_settings(SECOND.edited(), replaces=2, by="Bob", at=NOON)
        assert caught.value == StaleSettingsError(2, 1)

    @needs("concurrent")
    def test_of_racing_edits_one_is_kept(self, store: SettingsStore) -> None:
        """If threads edit the same version, all edits except one are refused."""
        _put(store, SETTINGS)
        start = Barrier(_THREADS, timeout=10)

        def edit_often(worker: int) -> int:
            saved = 0
            for _ in range(_ROUNDS):
                newest = store.get_settings()
                start.wait()  # until all have read the same version
                edited = evolve(newest, cutoff=time(worker), version=newest.version + 1 + worker)
                with suppress(StaleSettingsError):
                    store.put_settings(edited, replaces=newest.version, by=f"{worker}", at=NOON)
                    saved += 1
                start.wait()
            return saved

        with ThreadPoolExecutor(_THREADS) as pool:
            saved = sum(pool.map(edit_often, range(_THREADS)))
        edits = store.settings_edits()
        assert (saved, len(edits)) == (_ROUNDS, _ROUNDS + 1)
        assert [edit.replaces for edit in edits] == [None, *(edit.version for edit in edits[:-1])]
