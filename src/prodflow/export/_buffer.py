"""An in-memory file for XlsxWriter and reportlab.

No other module may import `io`, so this exception to "no I/O" is easy to find.
"""

from io import BytesIO

__all__ = ["BytesIO"]
