"""The steps of a run as plain functions: intake, batches, extraction, staging, resolution. No Prefect here."""
