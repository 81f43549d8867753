"""Reports as tables, and tables as pages, sheets and texts."""

from prodflow.export.table import Cell, Table

__all__ = ["Cell", "Table"]
