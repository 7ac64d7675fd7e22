"""Links from a denial to the claim that it answers, within a document."""

from tasks.links.document_links import link_within_document

__all__ = ["link_within_document"]
