"""The site: a folder of pages to search, cite and review, opened from the file system or from any static host.

``site_tables`` reads the rows, ``site_pages`` and ``findings`` collect the data of each page, ``row_data`` and
``wording`` say what a row shows, ``corrections`` puts the values of reviewers in place of those found, ``search_index``
makes the data of the search, ``site_folder`` writes what changed,
and ``site_build`` puts them together. ``site_changes`` says which rows are new, and ``site_publication`` copies the
folder to a bucket.
"""

from warehouse.report.site.site_build import SiteSummary, build_site
from warehouse.report.site.site_changes import MAX_CHANGES, Change, NewRows, SiteChanges
from warehouse.report.site.site_publication import (
    PublicationError,
    SitePublication,
    check_site_address,
    publish_site,
)

__all__ = [
    "MAX_CHANGES",
    "Change",
    "NewRows",
    "PublicationError",
    "SiteChanges",
    "SitePublication",
    "SiteSummary",
    "build_site",
    "check_site_address",
    "publish_site",
]
