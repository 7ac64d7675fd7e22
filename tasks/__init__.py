"""The work: plain functions from documents to rows; no Prefect, no file writing, no globals."""
