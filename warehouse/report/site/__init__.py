"""The site: a folder of pages to search, cite and review, opened from the file system or from any static host.

``site_tables`` reads the rows, ``site_pages`` and ``findings`` collect the data of each page, ``row_data`` and
``wording`` say what a row shows, ``search_index`` makes the data of the search, ``site_folder`` writes what changed,
and ``site_build`` puts them together.
"""

from warehouse.report.site.site_build import SiteSummary, build_site

__all__ = ["SiteSummary", "build_site"]
