"""Orchestration: how this process meets Prefect."""
