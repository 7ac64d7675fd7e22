"""The analyst's report: one HTML file, complete in itself, of who said what and who denied it.

``scope`` chooses the documents, ``gather`` and ``entities`` ask the tables, ``marks`` lays spans over a text,
``network``, ``timeline`` and ``course`` place the figures, ``page`` fills the templates.
"""

from warehouse.report.page import report
from warehouse.report.report_scope import ReportError

__all__ = ["ReportError", "report"]
