"""JSON text around the data, within bounds: what is written here can be read here.

The bounds are looked at before a text is parsed, so that no text costs more than its length.
"""

import json
import re
from collections import Counter
from math import isfinite
from typing import Any, Final

from prodflow import _checks as checks
from prodflow.errors import DefinitionError

_LENGTH: Final = 2**20
_DEPTH: Final = 16


def read_json(text: str) -> object:
    """JSON text of unknown origin as data.

    Args:
        text: one value as JSON.

    Raises:
        DefinitionError: if it is no JSON, is longer than 1 MiB in UTF-8 or nested deeper than 16,
            names a key twice in one object, or holds NaN, an infinity or a number too large.
        TypeError: if *text* is no str.
    """
    checks.instance("text", text, str, "a str")
    # Each character has a byte at least, so a text that is much too long is not encoded.
    if len(text) > _LENGTH or len(text.encode(errors="surrogatepass")) > _LENGTH:
        raise _refused(f"must have at most {_LENGTH:,} bytes")
    if _is_too_deep(text):
        raise _refused(f"must be nested at most {_DEPTH} deep")
    try:
        data: object = json.loads(
            text, object_pairs_hook=_once, parse_float=_finite, parse_constant=_finite
        )
    except ValueError as error:
        raise _refused(f"must be JSON: {error}") from None
    return data


def write_json(data: dict[str, Any]) -> str:
    """Data as JSON text on one line, that `read_json` reads.

    What is no data of `dump_*` is written as `json` does: a tuple as a list, and a key that is a
    number, a flag or None as a text.

    Args:
        data: what a `dump_` function gave.

    Raises:
        TypeError: for a value or a key that JSON does not have.
        ValueError: for NaN and the infinities, lone surrogates, data that hold themselves, and what
            would be longer than 1 MiB in UTF-8 or nested deeper than 16.
    """
    try:
        text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    except RecursionError:
        raise ValueError(f"data must be nested at most {_DEPTH} deep") from None
    if len(text.encode()) > _LENGTH:  # which refuses lone surrogates: no file could hold them
        raise ValueError(f"data must have at most {_LENGTH:,} bytes as text")
    if _is_too_deep(text):
        raise ValueError(f"data must be nested at most {_DEPTH} deep")
    return text


# A string, which may not end, or a bracket outside of one. Nothing is looked at twice.
_TOKEN: Final = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)

_STEP: Final = {"[": 1, "{": 1, "]": -1, "}": -1}


def _is_too_deep(text: str) -> bool:
    if text.count("[") + text.count("{") <= _DEPTH:  # nearly always, and twenty times as fast
        return False
    depth = deepest = 0
    for token in _TOKEN.finditer(text):
        depth += _STEP.get(token[0], 0)
        deepest = max(deepest, depth)
    return deepest > _DEPTH


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        times = Counter(name for name, _ in pairs)
        repeated = [name for name in times if times[name] > 1]
        raise _refused(f"must not name a key twice in one object: {checks.listed(repeated)}")
    return found


def _finite(number: str) -> float:
    found = float(number)
    if not isfinite(found):
        raise _refused(f"must not hold {checks.shown(number)}, which is no finite number")
    return found


def _refused(reason: str) -> DefinitionError:
    return DefinitionError((("$", reason),))
