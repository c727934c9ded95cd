"""The HTTP API for platforms, `/v1`."""
