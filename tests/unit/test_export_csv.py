"""CSV: which texts are quoted, and that no text can become a formula."""

from typing import Any

import pytest

from prodflow.export import Table, to_csv


def field(text: str) -> str:
    """A text as it is written in CSV."""
    return to_csv(Table("", ["a", "b"], [[text, 1]])).removeprefix("a,b\r\n").removesuffix(",1\r\n")


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a b", "a b"),
        ("", '""'),
        ("a,b", '"a,b"'),
        ("a;b", '"a;b"'),
        ('a"b', '"a""b"'),
        ("a\nb", '"a\nb"'),
        (" a", '" a"'),
        ("a ", '"a "'),
    ],
)
def test_texts_are_quoted_where_they_must_be(text: str, written: str) -> None:
    """Texts with separators are quoted, and those with spaces that a program might drop."""
    assert field(text) == written


@pytest.mark.parametrize("sign", "=+-@＝＋－＠")  # noqa: RUF001 - the wide signs
def test_a_formula_is_made_harmless(sign: str) -> None:
    """A spreadsheet reads a text that begins with one of these signs as text."""
    assert field(f"{sign}1+1") == f"'{sign}1+1"
    assert field(f"  {sign}1") == f'"\'  {sign}1"' or field(f"  {sign}1") == f"'  {sign}1"
    assert field(f"a{sign}1") == f"a{sign}1"


@pytest.mark.parametrize("space", ["\t", "\n"])
def test_a_text_that_begins_with_a_tab_or_newline_is_made_harmless(space: str) -> None:
    """Some programs drop the tab or newline and look at the rest."""
    assert field(f"{space}a") == f'"\'{space}a"'


@pytest.mark.parametrize(
    "unseen",
    [
        "\u200b",
        "\ufeff",
        "\xad",
        "\xa0",
        "\u3000",
        "\u2060",
        "\u0301",
        "\ufe0f",
        "\u3164",
        "\u2800",
        "\U000e0001",
    ],
)
def test_a_formula_after_something_invisible_is_made_harmless(unseen: str) -> None:
    """Some programs drop it; what people can see before a sign keeps it harmless."""
    assert field(f"{unseen} =1+1").strip('"') == f"'{unseen} =1+1"
    assert field(f"a{unseen}=1+1").strip('"') == f"a{unseen}=1+1"


def test_german_excel() -> None:
    """Fields have a semicolon between them, and numbers a comma; texts stay as they are."""
    table = Table("", ["a", "b"], [["1.5, -2", -2.5], ["x;y", True]])
    german = to_csv(table, delimiter=";", decimal=",", words={"yes": "ja"})
    assert german == 'a;b\r\n"1.5, -2";-2,5\r\n"x;y";ja\r\n'


@pytest.mark.parametrize(
    ("given", "named"),
    [
        ({"delimiter": "|"}, "delimiter must be"),
        ({"decimal": ";"}, "decimal must be"),
        ({"decimal": ","}, "decimal must differ from delimiter"),
    ],
)
def test_other_characters_are_refused(given: dict[str, Any], named: str) -> None:
    """Both arguments are one of a few characters, and they differ."""
    with pytest.raises(ValueError, match=named):
        to_csv(Table("", ["a"]), **given)


def test_names_of_columns_are_texts_as_well() -> None:
    """Column names are made harmless like cells."""
    assert to_csv(Table("=1", ["=1", "b"], notes=["=1"])) == "'=1,b\r\n"


def test_a_table_without_columns_has_lines() -> None:
    """A row without cells still gets a line."""
    assert to_csv(Table("", [], [[], []])) == '""\r\n""\r\n""\r\n'


def test_takes_a_table() -> None:
    """Anything but a table is refused."""
    with pytest.raises(TypeError, match=r"table must be a Table, such as .* not None"):
        to_csv(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType] - the bad value
