"""Bytes in memory that XlsxWriter and reportlab take for a file, which is no I/O.

It stands alone so that the rule "no I/O" has one exception, and everyone sees what for.
"""

from io import BytesIO

__all__ = ["BytesIO"]
