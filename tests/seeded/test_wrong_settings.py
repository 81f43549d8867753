"""Stores of settings with one bug each, which the suite must find, and settings with one."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial

import pytest
from attrs import evolve

from notebook_store import NotebookStore
from prodflow import FlowSettings, StaleSettingsError
from prodflow.stores import Edit, check_settings
from prodflow.testing import SettingsStoreSuite


class NoVersionCheck(NotebookStore):
    """The last edit wins."""

    def put_settings(
        self, settings: FlowSettings, /, *, replaces: int | None, by: str, at: datetime
    ) -> None:
        """Take any edit with a higher number for one of the newest version."""
        newest = max(self.settings, default=replaces)
        super().put_settings(settings, replaces=newest, by=by, at=at)


class Overwrites(NotebookStore):
    """An edit with the number of the newest version replaces it."""

    def put_settings(
        self, settings: FlowSettings, /, *, replaces: int | None, by: str, at: datetime
    ) -> None:
        """Write first."""
        if settings.version in self.settings:
            edit = self.settings[settings.version][1]
            self.settings = {**self.settings, settings.version: (settings, edit)}
        else:
            super().put_settings(settings, replaces=replaces, by=by, at=at)


class ForgetsWho(NotebookStore):
    """Every edit is by the system."""

    def put_settings(
        self, settings: FlowSettings, /, *, replaces: int | None, by: str, at: datetime
    ) -> None:
        """Keep another author."""
        super().put_settings(settings, replaces=replaces, by="system" if by else by, at=at)


class ForgetsTheOffset(NotebookStore):
    """Every edit is in UTC."""

    def put_settings(
        self, settings: FlowSettings, /, *, replaces: int | None, by: str, at: datetime
    ) -> None:
        """Keep the instant only."""
        super().put_settings(settings, replaces=replaces, by=by, at=at.astimezone(UTC))


class KeepsOnlyTheNewest(NotebookStore):
    """Earlier versions are gone."""

    def get_settings(self, version: int | None = None, /) -> FlowSettings:
        """Take the newest for any version that there was."""
        found = super().get_settings(version)
        return super().get_settings() if version else found


class LastAuthorWins(NotebookStore):
    """The same edit again has another author."""

    def put_settings(
        self, settings: FlowSettings, /, *, replaces: int | None, by: str, at: datetime
    ) -> None:
        """Write who came last."""
        super().put_settings(settings, replaces=replaces, by=by, at=at)
        edit = self.settings[settings.version][1]
        self.settings[settings.version] = settings, evolve(edit, by=by, at=at)


class SameEditIsStale(NotebookStore):
    """A retry is refused."""

    def put_settings(
        self, settings: FlowSettings, /, *, replaces: int | None, by: str, at: datetime
    ) -> None:
        """Compare the number first."""
        newest = max(self.settings, default=None)
        if newest != replaces:
            raise StaleSettingsError(replaces, newest)
        super().put_settings(settings, replaces=replaces, by=by, at=at)


class AnyNumber(NotebookStore):
    """An edit may have a lower version."""

    def put_settings(
        self, settings: FlowSettings, /, *, replaces: int | None, by: str, at: datetime
    ) -> None:
        """Compare the newest version only."""
        if max(self.settings, default=None) != replaces or settings.version not in self.settings:
            newest = max(self.settings, default=None)
            if newest == replaces and newest is not None and settings.version < newest:
                self.settings[settings.version] = settings, Edit(settings.version, replaces, by, at)
                return
        super().put_settings(settings, replaces=replaces, by=by, at=at)


class KeepsCode(NotebookStore):
    """Settings with a guard are saved."""

    def put_settings(
        self, settings: FlowSettings, /, *, replaces: int | None, by: str, at: datetime
    ) -> None:
        """Save what the rules of all stores refuse."""
        if replaces is None and not self.settings:
            edit = Edit(settings.version, replaces, by, at)
            self.settings[settings.version] = settings, edit
        else:
            super().put_settings(settings, replaces=replaces, by=by, at=at)


class LosesTheZone(NotebookStore):
    """A field is not written."""

    def get_settings(self, version: int | None = None, /) -> FlowSettings:
        """Leave out the zone."""
        return evolve(super().get_settings(version), zone=None)


class LosesTypes(NotebookStore):
    """What differs by order type is not written."""

    def get_settings(self, version: int | None = None, /) -> FlowSettings:
        """Leave out the types."""
        return evolve(super().get_settings(version), by_order_type={})


class LastEditFirst(NotebookStore):
    """The edits are sorted downward."""

    def settings_edits(self) -> tuple[Edit, ...]:
        """Newest first."""
        return super().settings_edits()[::-1]


class RacesItself(NotebookStore):
    """Of two edits, the second is kept if it makes a difference."""

    def put_settings(
        self, settings: FlowSettings, /, *, replaces: int | None, by: str, at: datetime
    ) -> None:
        """Check against the version that the edit began from."""
        versions = {
            number: kept
            for number, (kept, _) in self.settings.items()
            if replaces is not None and number <= replaces
        }
        if check_settings(settings, replaces, versions):
            edit = Edit(settings.version, replaces, by, at)
            self.settings[settings.version] = settings, edit


_ANY = "test_any_settings_come_back"
_TWO = "test_of_any_two_edits_one_is_kept"
WRONG: dict[type[NotebookStore], str] = {
    NoVersionCheck: _TWO,
    Overwrites: _TWO,
    ForgetsWho: _ANY,
    ForgetsTheOffset: "test_an_edit_says_who_made_it_and_when",
    KeepsOnlyTheNewest: "test_a_version_comes_back_by_its_number",
    LastAuthorWins: _TWO,
    SameEditIsStale: _TWO,
    AnyNumber: "test_an_edit_has_a_higher_version",
    LosesTheZone: _ANY,
    LosesTypes: _ANY,
    LastEditFirst: "test_an_edit_says_who_made_it_and_when",
    RacesItself: _TWO,
}


@pytest.mark.scaled
@pytest.mark.parametrize(
    ("wrong", "law"), [pytest.param(wrong, law, id=wrong.__name__) for wrong, law in WRONG.items()]
)
def test_a_wrong_store_is_caught(
    wrong: type[NotebookStore], law: str, hunt: Callable[..., list[bool]]
) -> None:
    """Each bug makes its law fail, from every seed."""
    assert all(hunt(_Suite, law, lambda test: test(wrong())))


@pytest.mark.parametrize("what", ["guard", "condition", "policy of a type"])
def test_a_store_that_keeps_code_is_caught(what: str, hunt: Callable[..., list[bool]]) -> None:
    """Code in settings is refused, and a store that saves it fails the suite."""
    assert all(
        hunt(_Suite, "test_code_is_refused", lambda test: partial(test, what=what)(KeepsCode()))
    )


class _Suite(SettingsStoreSuite):
    """The laws to call by hand; the underscore keeps pytest from collecting them."""
