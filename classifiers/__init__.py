"""Reads text and says what is in it: contact details, names, conduct.

Knows nothing of mail, people or policy; never imports `gateway`. The gateway meets it at
`finding` (the types) and `catalogue` (the detectors, joined in `gateway.wiring`).
"""
