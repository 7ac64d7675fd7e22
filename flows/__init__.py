"""Orchestration: the only room that imports Prefect."""
