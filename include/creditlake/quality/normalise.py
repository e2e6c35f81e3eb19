"""From text as received to normalised text: the one place, used by the judge and by the load into the lake.

A value is trimmed (the ideographic space too); an empty one, N/A, -, — and 暂无 are null; a code column is folded to
half-width upper case without inner blanks and hyphens. Each expression tries the cheap question first (does this value
need anything at all?), because most values are clean and files have millions of rows.
"""

from __future__ import annotations

from collections.abc import Collection

from creditlake.contracts import ENVELOPE, Column, Dataset

MISSING_WORDS = ("N/A", "-", "—", "暂无")
_BLANKS = (" ", "\t", "\n", "\r", "\u3000", "\u00a0")
_CHANGE_FLAG = "增删改标志"
_FULL_WIDTH = "".join(chr(code) for code in range(0xFF01, 0xFF5F))
_HALF_WIDTH = "".join(chr(code) for code in range(0x21, 0x7F))
_IN_CODES_REMOVED = "".join(_BLANKS) + "-－"


def identifier(name: str) -> str:
    """Quote a column's name for SQL."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Write a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def normalised_columns_sql(dataset: Dataset, delivered_columns: Collection[str]) -> str:
    """Return the select list of all the dataset's columns, normalised, in contract order; null where not delivered."""
    columns = dataset.columns + tuple(Column(name, name) for name in ENVELOPE)
    return ",\n    ".join(_column_sql(column, column.name in delivered_columns) for column in columns)


def _column_sql(column: Column, delivered: bool) -> str:
    name = identifier(column.name)
    if not delivered:
        return f"cast(null as varchar) as {name}"
    if column.kind == "code":
        return f"{_code_sql(name)} as {name}"
    if column.kind == "money":
        return f"{_money_sql(name)} as {name}"
    if column.name == _CHANGE_FLAG:
        return f"lower({_text_sql(name)}) as {name}"
    return f"{_text_sql(name)} as {name}"


def _text_sql(value: str) -> str:
    return (
        f"case when {_has_blank_edges_sql(value)} then {_without_missing_sql(_trimmed_sql(value))}"
        f" when {value} in ({_missing_words_sql()}) then null else {value} end"
    )


def _code_sql(value: str) -> str:
    is_plain = f"strlen({value}) = length({value})" + "".join(
        f" and not contains({value}, {_character_sql(character)})" for character in " -\t\n\r"
    )
    folded = f"translate({value}, {literal(_FULL_WIDTH)}, {literal(_HALF_WIDTH)})"
    bare = f"translate({folded}, {_characters_sql(_IN_CODES_REMOVED)}, '')"
    return (
        f"case when {value} is null or {value} in ('', 'N/A', 'n/a') then null when {is_plain} then upper({value})"
        f" else {_without_missing_sql(f'upper({bare})')} end"
    )


def _money_sql(value: str) -> str:
    folded = f"translate({value}, {literal(_FULL_WIDTH)}, {literal(_HALF_WIDTH)})"
    return (
        f"case when strlen({value}) = length({value}) and not {_has_blank_edges_sql(value)}"
        f" and {value} not in ('-', 'N/A') then {value}"
        f" when {value} is null then null else {_without_missing_sql(_trimmed_sql(folded))} end"
    )


def _has_blank_edges_sql(value: str) -> str:
    """ASCII blanks and the empty text sort before '!'; the rest is asked by name."""
    wide = [f"starts_with({value}, {_character_sql(blank)})" for blank in _BLANKS if ord(blank) > 0x20]
    ends = [f"ends_with({value}, {_character_sql(blank)})" for blank in _BLANKS]
    return "(" + " or ".join([f"{value} < '!'", *wide, *ends]) + ")"


def _trimmed_sql(value: str) -> str:
    return f"trim({value}, {_characters_sql(''.join(_BLANKS))})"


def _without_missing_sql(value: str) -> str:
    """Written with a list, so that the value stands here once: DuckDB computes what stands twice for every row."""
    return f"list_filter([{value}], lambda text: text not in ('', {_missing_words_sql()}))[1]"


def _missing_words_sql() -> str:
    return ", ".join(map(literal, MISSING_WORDS))


def _characters_sql(characters: str) -> str:
    """Write characters as SQL, invisible ones by their number, so that the text can be read."""
    return "(" + " || ".join(_character_sql(character) for character in characters) + ")"


def _character_sql(character: str) -> str:
    return literal(character) if 0x20 <= ord(character) < 0x7F or character == "－" else f"chr({ord(character)})"
