"""Each check accepts its kind of value and refuses values that are merely similar."""

from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from enum import StrEnum
from typing import Any, Final, TypeAlias
from zoneinfo import ZoneInfo

import pytest

from prodflow import _checks as checks

Anything: TypeAlias = Any  # what a caller without a type checker may pass

UNSTORABLE = [
    pytest.param("a\x00b", id="NUL"),
    pytest.param("a\x1bb", id="escape"),
    pytest.param("a\rb", id="carriage-return"),
    pytest.param("a\x7fb", id="delete"),
    pytest.param("a\x85b", id="next-line"),
    pytest.param("a\ud800b", id="high-surrogate"),
    pytest.param("a\udfffb", id="low-surrogate"),
    pytest.param("a\u061cb", id="arabic-letter-mark"),
    pytest.param("a\u200eb", id="left-to-right-mark"),
    pytest.param("a\u200fb", id="right-to-left-mark"),
    pytest.param("a\u202ab", id="left-to-right-embedding"),
    pytest.param("a\u202eb", id="right-to-left-override"),
    pytest.param("a\u2066b", id="left-to-right-isolate"),
    pytest.param("a\u2069b", id="pop-directional-isolate"),
    pytest.param("a\ufdd0b", id="noncharacter-FDD0"),
    pytest.param("a\ufdefb", id="noncharacter-FDEF"),
    pytest.param("a\ufffeb", id="noncharacter-FFFE"),
    pytest.param("a\U0010ffffb", id="noncharacter-10FFFF"),
]

STORABLE = [
    pytest.param("x", id="one-character"),
    pytest.param("x" * 200, id="200-characters"),
    pytest.param(" ", id="a-space"),
    pytest.param("Gr\u00f6\u00dfe \u65e5\u672c \u05d0\u05d1", id="any-script"),
    pytest.param("a\u00a0b", id="no-break-space"),
    pytest.param("\U0001f469\u200d\U0001f4bb", id="emoji-with-a-joiner"),
    pytest.param("\ufffd", id="replacement-character"),
    pytest.param("\ue000", id="private-use"),
]

NO_STR: list[Anything] = [None, 7, b"x", ["x"], True]


class Colour(StrEnum):
    """A str enum of the caller."""

    RED = "red"


class Unprintable:
    """An object whose repr raises."""

    def __repr__(self) -> str:
        """Raise, like the proxy of a lost connection."""
        raise RuntimeError


class Nowhere(tzinfo):
    """A time zone without an offset."""

    def utcoffset(self, _: datetime | None, /) -> timedelta | None:
        """None, which makes the datetime naive."""
        return None

    def dst(self, _: datetime | None, /) -> timedelta | None:
        """None, like the offset."""
        return None

    def tzname(self, _: datetime | None, /) -> str | None:
        """None, like the offset."""
        return None


def test_shown_is_the_repr_of_a_small_value() -> None:
    """Messages show the repr of a short value."""
    assert checks.shown("abc") == "'abc'"


def test_shown_shortens_what_is_long() -> None:
    """Messages shorten a long value."""
    assert len(checks.shown("x" * 10_000)) == 60


def test_shown_survives_a_repr_that_raises() -> None:
    """If the repr of a value fails, messages show its class."""
    assert checks.shown(Unprintable()).startswith("<Unprintable instance")


@pytest.mark.parametrize("value", STORABLE)
def test_text_may_hold_every_script(value: str) -> None:
    """A name can have the letters, marks and symbols of every script."""
    assert checks.text("title", value) == value


@pytest.mark.parametrize("value", UNSTORABLE)
def test_text_refuses_what_a_store_may_not_hold(value: str) -> None:
    """A name can't have controls, surrogates, bidirectional controls or noncharacters."""
    with pytest.raises(ValueError, match=r"title must not hold the character .* at position 1:"):
        checks.text("title", value)


@pytest.mark.parametrize("value", ["a\nb", "a\tb"])
def test_text_refuses_newline_and_tab(value: str) -> None:
    """A name is one line."""
    with pytest.raises(ValueError, match="title must not hold"):
        checks.text("title", value)


@pytest.mark.parametrize("value", ["", "x" * 201], ids=["empty", "201-characters"])
def test_text_has_1_to_200_characters(value: str) -> None:
    """A name has 1 to 200 characters."""
    with pytest.raises(ValueError, match="title must have 1 to 200 characters"):
        checks.text("title", value)


@pytest.mark.parametrize("value", NO_STR)
def test_text_refuses_what_is_no_str(value: Anything) -> None:
    """A name must be a str."""
    with pytest.raises(TypeError, match="title must be a str"):
        checks.text("title", value)


@pytest.mark.parametrize("check", [checks.text, checks.description, checks.note, checks.key])
def test_a_member_of_a_str_enum_becomes_an_exact_str(check: Anything) -> None:
    """A member of a str enum becomes an exact str."""
    assert type(check("title", Colour.RED)) is str


def test_plain_gives_the_text_of_an_enum_as_an_exact_str() -> None:
    """`plain` turns a member of a str enum into an exact str."""
    assert repr(checks.plain(Colour.RED)) == "'red'"


def test_plain_leaves_other_values_to_the_validator() -> None:
    """`plain` returns other values unchanged, for a check to refuse."""
    value: Anything = None
    assert checks.plain(value) is None


def test_optional_text_keeps_none() -> None:
    """An optional text can be None."""
    assert checks.optional_text("title", None) is None


def test_optional_text_refuses_the_empty_text() -> None:
    """An empty str is no way to leave out an optional text."""
    with pytest.raises(ValueError, match="title must have 1 to 200"):
        checks.optional_text("title", "")


@pytest.mark.parametrize("value", [" ", "\u00a0\u2003"], ids=["space", "wide-spaces"])
def test_a_description_is_not_blank(value: str) -> None:
    """A description can't be blank."""
    with pytest.raises(ValueError, match="title must not be blank"):
        checks.description("title", value)


@pytest.mark.parametrize("value", ["", "a\nb\tc", "x" * 10_000], ids=["empty", "lines", "10,000"])
def test_a_note_may_be_empty_and_hold_lines(value: str) -> None:
    """A note can be empty, and have up to 10,000 characters, newlines and tabs."""
    assert checks.note("remark", value) == value


@pytest.mark.parametrize("value", UNSTORABLE)
def test_a_note_refuses_what_a_store_may_not_hold(value: str) -> None:
    """A note can't have other controls, surrogates, bidirectional controls, noncharacters."""
    with pytest.raises(ValueError, match="remark must not hold the character"):
        checks.note("remark", value)


def test_a_note_has_at_most_10000_characters() -> None:
    """A note of more than 10,000 characters is refused."""
    with pytest.raises(ValueError, match="remark must have at most 10,000 characters"):
        checks.note("remark", "x" * 10_001)


@pytest.mark.parametrize("value", NO_STR)
def test_a_note_refuses_what_is_no_str(value: Anything) -> None:
    """A note must be a str."""
    with pytest.raises(TypeError, match="remark must be a str"):
        checks.note("remark", value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [("ask Ann\n", "ask Ann\n"), ("a\x00b\u202ec", "a\ufffdb\ufffdc"), ("plain", "plain")],
)
def test_printable_replaces_what_notes_refuse(value: str, expected: str) -> None:
    """A message can hold whatever a note can; other characters are replaced."""
    assert checks.printable(value) == expected


@pytest.mark.parametrize("value", ["a", "A-1_b.c", "x" * 64, "007"])
def test_a_key_has_ascii_letters_digits_and_three_marks(value: str) -> None:
    """A key has 1 to 64 ASCII letters, digits, `_`, `-` and `.`."""
    assert checks.key("name", value) == value


@pytest.mark.parametrize(
    "value",
    ["", "x" * 65, "x" * 10_000, "a b", "a\n", "\u00e4", "\uff11", "a/b", "a\x00", "\ud800"],
    ids=[
        "empty",
        "65-characters",
        "10,000-characters",
        "space",
        "newline-at-the-end",
        "umlaut",
        "wide-digit",
        "slash",
        "NUL",
        "surrogate",
    ],
)
def test_a_key_refuses_other_characters_and_lengths(value: str) -> None:
    """A key with other characters or another length is refused."""
    with pytest.raises(ValueError, match="name must be 1 to 64 ASCII letters"):
        checks.key("name", value)


@pytest.mark.parametrize("value", NO_STR)
def test_a_key_refuses_what_is_no_str(value: Anything) -> None:
    """A key must be a str."""
    with pytest.raises(TypeError, match="name must be a str"):
        checks.key("name", value)


@pytest.mark.parametrize("value", [date.min, date(2026, 2, 28), date.max])
def test_day_takes_every_date(value: date) -> None:
    """Every date is accepted."""
    assert checks.day("due", value) == value


@pytest.mark.parametrize(
    "value", [None, "2026-11-22", 20261122, datetime(2026, 11, 22, tzinfo=UTC)]
)
def test_day_refuses_datetimes_and_texts(value: Anything) -> None:
    """A datetime is refused, although Python counts it as a date."""
    with pytest.raises(TypeError, match="due must be a date without a time"):
        checks.day("due", value)


class Holiday(date):
    """A date of the host's own class."""


def test_day_takes_a_date_of_another_class() -> None:
    """A subclass of date stays as it is."""
    day = Holiday(2026, 12, 25)
    assert checks.day("due", day) is day


def test_optional_day_keeps_none() -> None:
    """An optional date can be None."""
    assert checks.optional_day("due", None) is None


def test_optional_day_refuses_what_is_no_date() -> None:
    """An optional date refuses anything but a date and None."""
    value: Anything = "2026-11-22"
    with pytest.raises(TypeError, match="due must be a date"):
        checks.optional_day("due", value)


def test_instant_takes_an_aware_datetime() -> None:
    """An instant is a datetime with its offset from UTC."""
    value = datetime(2026, 11, 22, tzinfo=UTC)
    assert checks.instant("at", value) == value


@pytest.mark.parametrize(
    "value",
    [
        datetime(2026, 11, 22),  # noqa: DTZ001 - naive is what is refused
        datetime(2026, 11, 22, tzinfo=Nowhere()),
    ],
    ids=["no-zone", "zone-without-offset"],
)
def test_instant_refuses_a_naive_datetime(value: datetime) -> None:
    """A datetime without an offset from UTC is refused."""
    with pytest.raises(ValueError, match="at must be aware"):
        checks.instant("at", value)


@pytest.mark.parametrize("value", [None, date(2026, 11, 22), "2026-11-22T10:00:00Z", 0])
def test_instant_refuses_what_is_no_datetime(value: Anything) -> None:
    """An instant must be a datetime."""
    with pytest.raises(TypeError, match="at must be a datetime"):
        checks.instant("at", value)


# In Lisbon the hour from 1:00 to 2:00 comes twice on 25 October 2026.
LISBON: Final = ZoneInfo("Europe/Lisbon")
SUMMER: Final = datetime(2026, 10, 25, 1, 55, tzinfo=LISBON)
WINTER: Final = SUMMER.replace(fold=1)


@pytest.mark.parametrize(
    ("value", "hours"), [(SUMMER, 1), (WINTER, 0), (datetime(2026, 10, 25, tzinfo=UTC), 0)]
)
def test_instant_keeps_the_offset_and_not_the_zone(value: datetime, hours: int) -> None:
    """An instant keeps the offset that it had, as a fixed one (decision D20)."""
    assert checks.instant("at", value).tzinfo == timezone(timedelta(hours=hours))


def test_instant_keeps_the_time_on_the_wall() -> None:
    """An instant shows the same date and time as the clock where it was taken."""
    expected = datetime(2026, 10, 25, 1, 55)  # noqa: DTZ001 - as the wall shows it
    assert expected == checks.instant("at", WINTER).replace(tzinfo=None)


def test_instants_are_told_apart_in_the_hour_that_comes_twice() -> None:
    """Five to two in summer time is an hour before five to two in winter time (decision D20)."""
    hour = checks.instant("at", WINTER) - checks.instant("at", SUMMER)
    assert hour == timedelta(hours=1)


def test_ten_minutes_are_ten_minutes_in_the_hour_that_comes_twice() -> None:
    """What is added to an instant is time, not a place on the clock (decision D20)."""
    ends = checks.instant("now", SUMMER) + timedelta(minutes=10)
    assert ends.astimezone(UTC) == datetime(2026, 10, 25, 1, 5, tzinfo=UTC)


def test_equal_instants_have_one_hash() -> None:
    """The same instant in two zones is one, also in a set."""
    there = datetime(2026, 10, 25, 2, 55, tzinfo=ZoneInfo("Europe/Paris"))
    instants = {checks.instant("at", it) for it in (SUMMER, there)}
    assert len(instants) == 1


@pytest.mark.parametrize("value", [True, False])
def test_flag_takes_true_and_false(value: Anything) -> None:
    """A flag is True or False."""
    assert checks.flag("final", value) is value


@pytest.mark.parametrize("value", [None, 0, 1, "yes", ""])
def test_flag_refuses_what_merely_counts_as_one(value: Anything) -> None:
    """Values that are only truthy or falsy are refused as flags."""
    with pytest.raises(TypeError, match="final must be True or False"):
        checks.flag("final", value)


@pytest.mark.parametrize("value", [0, 36_525])
def test_duration_is_0_to_36525_days(value: int) -> None:
    """A duration is 0 to 36,525 days."""
    assert checks.duration("days", value) == value


@pytest.mark.parametrize("value", [-1, 36_526, 10**12])
def test_duration_refuses_other_numbers(value: int) -> None:
    """A duration can't be negative or longer than a century."""
    with pytest.raises(ValueError, match="days must be from 0 to 36,525"):
        checks.duration("days", value)


@pytest.mark.parametrize("value", [True, 1.0, "1"])
def test_duration_refuses_what_is_no_int(value: Anything) -> None:
    """A duration must be an int, not a bool, a float or a str."""
    with pytest.raises(TypeError, match="days must be an int"):
        checks.duration("days", value)


@pytest.mark.parametrize("value", [1, 2**31 - 1])
def test_a_number_counts_from_1(value: int) -> None:
    """A number is at least 1 and fits 32 bits."""
    assert checks.number("version", value) == value


@pytest.mark.parametrize("value", [0, 2**31])
def test_a_number_refuses_what_is_out_of_bounds(value: int) -> None:
    """A number out of these bounds is refused."""
    with pytest.raises(ValueError, match="version must be from 1 to"):
        checks.number("version", value)


def test_instance_gives_the_value_back() -> None:
    """A value of the class is returned."""
    assert checks.instance("day", 7, int, "an int") == 7


def test_instance_refuses_another_class() -> None:
    """For a value of another class, the message says what was expected."""
    with pytest.raises(TypeError, match="day must be a date, not 7"):
        checks.instance("day", 7, date, "a date")


def test_items_takes_any_iterable() -> None:
    """Items can come from any iterable."""
    assert checks.items("days", iter([1, 2]), "ints") == (1, 2)


@pytest.mark.parametrize("value", ["ab", b"ab", None, 7])
def test_items_refuses_a_str(value: Anything) -> None:
    """A str isn't accepted as an iterable of its letters."""
    with pytest.raises(TypeError, match="days must be an iterable of ints"):
        checks.items("days", value, "ints")


def test_instances_gives_a_tuple() -> None:
    """Items of the class are returned as a tuple."""
    assert checks.instances("days", [1, 2], int, "ints") == (1, 2)


def test_instances_refuses_a_wrong_item() -> None:
    """One wrong item is enough for a refusal; the message shows it."""
    with pytest.raises(TypeError, match="days must be an iterable of ints, not hold 'x'"):
        checks.instances("days", [1, "x"], int, "ints")


def test_one_of_takes_a_listed_word() -> None:
    """A listed word is returned."""
    assert checks.one_of("side", "left", "left", "right") == "left"


@pytest.mark.parametrize("value", ["LEFT", "", None, ["left"]])
def test_one_of_refuses_every_other_value(value: Anything) -> None:
    """Any other value is refused, even with another spelling."""
    with pytest.raises(ValueError, match="side must be 'left' or 'right'"):
        checks.one_of("side", value, "left", "right")


def test_function_takes_what_can_be_called() -> None:
    """A callable is returned."""
    assert checks.function("guard", len) is len


def test_function_refuses_what_cannot_be_called() -> None:
    """Anything that isn't callable is refused, even the name of a function."""
    wrong: Anything = "len"
    with pytest.raises(TypeError, match="guard must be a callable, not"):
        checks.function("guard", wrong)


@pytest.mark.parametrize("value", [-1, 2**63])
def test_a_count_fits_a_store(value: int) -> None:
    """A count is at least 0 and fits 64 bits."""
    with pytest.raises(ValueError, match="orders must be from 0 to"):
        checks.count("orders", value)


def test_keys_gives_a_tuple_of_keys() -> None:
    """Keys are returned as a tuple."""
    assert checks.keys("targets", ["a", "b"]) == ("a", "b")


def test_keys_names_what_holds_the_bad_key() -> None:
    """One bad key is enough for a refusal."""
    with pytest.raises(ValueError, match="an item of targets must be"):
        checks.keys("targets", ["a", "b c"])
