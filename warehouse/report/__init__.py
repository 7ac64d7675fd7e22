"""The analyst's report: one self-contained HTML file about who said what and who denied it.

``report_scope`` chooses the documents, ``report_data`` and ``entity_pages`` query the tables, ``text_marks`` marks
spans in a text, ``article_view`` prepares an article, ``accusation_network``, ``timeline`` and ``arc_diagram`` lay
out the figures, and ``page`` fills the templates.
"""

from warehouse.report.page import render_report
from warehouse.report.report_scope import ReportError

__all__ = ["ReportError", "render_report"]
