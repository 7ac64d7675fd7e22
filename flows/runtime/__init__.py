"""What a run needs around its steps: Prefect's server, worker processes, settings, progress and artifacts."""
