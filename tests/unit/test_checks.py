"""What may come in: each check lets its kind of value through and refuses the near misses."""

from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Any, TypeAlias

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
    """A host's own enum of texts."""

    RED = "red"


class Unprintable:
    """An object whose repr raises."""

    def __repr__(self) -> str:
        """Raise, as a proxy of a lost connection does."""
        raise RuntimeError


class Nowhere(tzinfo):
    """A time zone that does not know its offset."""

    def utcoffset(self, _: datetime | None, /) -> timedelta | None:
        """None, which makes the datetime naive after all."""
        return None

    def dst(self, _: datetime | None, /) -> timedelta | None:
        """None, as the offset is."""
        return None

    def tzname(self, _: datetime | None, /) -> str | None:
        """None, as the offset is."""
        return None


def test_shown_is_the_repr_of_a_small_value() -> None:
    """A message shows a small value as Python writes it."""
    assert checks.shown("abc") == "'abc'"


def test_shown_shortens_what_is_long() -> None:
    """A message stays short however long the value is."""
    assert len(checks.shown("x" * 10_000)) == 60


def test_shown_survives_a_repr_that_raises() -> None:
    """A value that cannot show itself is shown by its class."""
    assert checks.shown(Unprintable()).startswith("<Unprintable instance")


@pytest.mark.parametrize("value", STORABLE)
def test_text_may_hold_every_script(value: str) -> None:
    """A name may hold the letters, marks and symbols of every script."""
    assert checks.text("title", value) == value


@pytest.mark.parametrize("value", UNSTORABLE)
def test_text_refuses_what_a_store_may_not_hold(value: str) -> None:
    """A name holds no control, surrogate, bidirectional control or noncharacter."""
    with pytest.raises(ValueError, match=r"title must not hold the character .* at position 1:"):
        checks.text("title", value)


@pytest.mark.parametrize("value", ["a\nb", "a\tb"])
def test_text_refuses_newline_and_tab(value: str) -> None:
    """A name is one line."""
    with pytest.raises(ValueError, match="title must not hold"):
        checks.text("title", value)


@pytest.mark.parametrize("value", ["", "x" * 201], ids=["empty", "201-characters"])
def test_text_has_1_to_200_characters(value: str) -> None:
    """A name is neither empty nor longer than 200 characters."""
    with pytest.raises(ValueError, match="title must have 1 to 200 characters"):
        checks.text("title", value)


@pytest.mark.parametrize("value", NO_STR)
def test_text_refuses_what_is_no_str(value: Anything) -> None:
    """A name is a str."""
    with pytest.raises(TypeError, match="title must be a str"):
        checks.text("title", value)


@pytest.mark.parametrize("check", [checks.text, checks.description, checks.note, checks.key])
def test_a_member_of_a_str_enum_becomes_an_exact_str(check: Anything) -> None:
    """A host may pass its own str enum; none of it stays behind."""
    assert type(check("title", Colour.RED)) is str


def test_plain_gives_the_text_of_an_enum_as_an_exact_str() -> None:
    """The enum goes, the text stays."""
    assert repr(checks.plain(Colour.RED)) == "'red'"


def test_plain_leaves_other_values_to_the_validator() -> None:
    """What is no str passes as it is, for the validator to refuse."""
    value: Anything = None
    assert checks.plain(value) is None


def test_optional_text_keeps_none() -> None:
    """A name may be left out where None is allowed."""
    assert checks.optional_text("title", None) is None


def test_optional_text_refuses_the_empty_text() -> None:
    """To leave a name out is None, not the empty text."""
    with pytest.raises(ValueError, match="title must have 1 to 200"):
        checks.optional_text("title", "")


@pytest.mark.parametrize("value", [" ", "\u00a0\u2003"], ids=["space", "wide-spaces"])
def test_a_description_is_not_blank(value: str) -> None:
    """A description has something to read."""
    with pytest.raises(ValueError, match="title must not be blank"):
        checks.description("title", value)


@pytest.mark.parametrize("value", ["", "a\nb\tc", "x" * 10_000], ids=["empty", "lines", "10,000"])
def test_a_note_may_be_empty_and_hold_lines(value: str) -> None:
    """A note has up to 10,000 characters, newlines and tabs included."""
    assert checks.note("remark", value) == value


@pytest.mark.parametrize("value", UNSTORABLE)
def test_a_note_refuses_what_a_store_may_not_hold(value: str) -> None:
    """Notes too hold no other control, surrogate, bidirectional control or noncharacter."""
    with pytest.raises(ValueError, match="remark must not hold the character"):
        checks.note("remark", value)


def test_a_note_has_at_most_10000_characters() -> None:
    """A longer note is refused, not cut."""
    with pytest.raises(ValueError, match="remark must have at most 10,000 characters"):
        checks.note("remark", "x" * 10_001)


@pytest.mark.parametrize("value", NO_STR)
def test_a_note_refuses_what_is_no_str(value: Anything) -> None:
    """A note is a str."""
    with pytest.raises(TypeError, match="remark must be a str"):
        checks.note("remark", value)


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
    """Nothing else makes a key."""
    with pytest.raises(ValueError, match="name must be 1 to 64 ASCII letters"):
        checks.key("name", value)


@pytest.mark.parametrize("value", NO_STR)
def test_a_key_refuses_what_is_no_str(value: Anything) -> None:
    """A key is a str."""
    with pytest.raises(TypeError, match="name must be a str"):
        checks.key("name", value)


@pytest.mark.parametrize("value", [date.min, date(2026, 2, 28), date.max])
def test_day_takes_every_date(value: date) -> None:
    """Every date of the calendar may come in."""
    assert checks.day("due", value) == value


@pytest.mark.parametrize(
    "value", [None, "2026-11-22", 20261122, datetime(2026, 11, 22, tzinfo=UTC)]
)
def test_day_refuses_datetimes_and_texts(value: Anything) -> None:
    """A datetime is no date, though Python takes it for one."""
    with pytest.raises(TypeError, match="due must be a date without a time"):
        checks.day("due", value)


def test_optional_day_keeps_none() -> None:
    """A date may be left out where None is allowed."""
    assert checks.optional_day("due", None) is None


def test_optional_day_refuses_what_is_no_date() -> None:
    """A date that is given must be one."""
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
    """A datetime that does not know its offset is no instant."""
    with pytest.raises(ValueError, match="at must be aware"):
        checks.instant("at", value)


@pytest.mark.parametrize("value", [None, date(2026, 11, 22), "2026-11-22T10:00:00Z", 0])
def test_instant_refuses_what_is_no_datetime(value: Anything) -> None:
    """A date is no instant."""
    with pytest.raises(TypeError, match="at must be a datetime"):
        checks.instant("at", value)


@pytest.mark.parametrize("value", [True, False])
def test_flag_takes_true_and_false(value: Anything) -> None:
    """A flag is True or False."""
    assert checks.flag("final", value) is value


@pytest.mark.parametrize("value", [None, 0, 1, "yes", ""])
def test_flag_refuses_what_merely_counts_as_one(value: Anything) -> None:
    """1 and "yes" are no flags."""
    with pytest.raises(TypeError, match="final must be True or False"):
        checks.flag("final", value)


@pytest.mark.parametrize("value", [0, 36_525])
def test_duration_is_0_to_36525_days(value: int) -> None:
    """A duration has 0 to 36,525 whole days."""
    assert checks.duration("days", value) == value


@pytest.mark.parametrize("value", [-1, 36_526, 10**12])
def test_duration_refuses_other_numbers(value: int) -> None:
    """A duration is neither negative nor longer than a century."""
    with pytest.raises(ValueError, match="days must be from 0 to 36,525"):
        checks.duration("days", value)


@pytest.mark.parametrize("value", [True, 1.0, "1"])
def test_duration_refuses_what_is_no_int(value: Anything) -> None:
    """A bool, a float or a text is no number of days."""
    with pytest.raises(TypeError, match="days must be an int"):
        checks.duration("days", value)


@pytest.mark.parametrize("value", [1, 2**31 - 1])
def test_a_number_counts_from_1(value: int) -> None:
    """A version is a whole number from 1 that fits a store's integer."""
    assert checks.number("version", value) == value


@pytest.mark.parametrize("value", [0, 2**31])
def test_a_number_refuses_what_is_out_of_bounds(value: int) -> None:
    """There is no version 0, and none that a store could not hold."""
    with pytest.raises(ValueError, match="version must be from 1 to"):
        checks.number("version", value)


def test_instance_gives_the_value_back() -> None:
    """A value of the right class passes."""
    assert checks.instance("day", 7, int, "an int") == 7


def test_instance_refuses_another_class() -> None:
    """A value of another class is refused by the name of what was expected."""
    with pytest.raises(TypeError, match="day must be a date, not 7"):
        checks.instance("day", 7, date, "a date")


def test_items_takes_any_iterable() -> None:
    """A generator will do where a tuple is kept."""
    assert checks.items("days", iter([1, 2]), "ints") == (1, 2)


@pytest.mark.parametrize("value", ["ab", b"ab", None, 7])
def test_items_refuses_a_str(value: Anything) -> None:
    """A text is not taken for the list of its letters."""
    with pytest.raises(TypeError, match="days must be an iterable of ints"):
        checks.items("days", value, "ints")


def test_instances_gives_a_tuple() -> None:
    """Items of the right class pass."""
    assert checks.instances("days", [1, 2], int, "ints") == (1, 2)


def test_instances_refuses_a_wrong_item() -> None:
    """One wrong item is enough to refuse them all, and is shown."""
    with pytest.raises(TypeError, match="days must be an iterable of ints, not hold 'x'"):
        checks.instances("days", [1, "x"], int, "ints")


def test_one_of_takes_a_listed_word() -> None:
    """A listed word passes."""
    assert checks.one_of("side", "left", "left", "right") == "left"


@pytest.mark.parametrize("value", ["LEFT", "", None, ["left"]])
def test_one_of_refuses_every_other_value(value: Anything) -> None:
    """Words are taken as they are written."""
    with pytest.raises(ValueError, match="side must be 'left' or 'right'"):
        checks.one_of("side", value, "left", "right")


def test_function_takes_what_can_be_called() -> None:
    """A hook is called later."""
    assert checks.function("guard", len) is len


def test_function_refuses_what_cannot_be_called() -> None:
    """The name of a function is no function."""
    wrong: Anything = "len"
    with pytest.raises(TypeError, match="guard must be a callable or None"):
        checks.function("guard", wrong)


@pytest.mark.parametrize("value", [-1, 2**63])
def test_a_count_fits_a_store(value: int) -> None:
    """A count is from 0 and fits 64 bits."""
    with pytest.raises(ValueError, match="orders must be from 0 to"):
        checks.count("orders", value)


def test_keys_gives_a_tuple_of_keys() -> None:
    """An iterable of keys becomes a tuple."""
    assert checks.keys("targets", ["a", "b"]) == ("a", "b")


def test_keys_names_what_holds_the_bad_key() -> None:
    """A bad key among good ones is refused."""
    with pytest.raises(ValueError, match="an item of targets must be"):
        checks.keys("targets", ["a", "b c"])
