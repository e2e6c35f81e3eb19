"""Connectors: bytes in, nothing else."""
