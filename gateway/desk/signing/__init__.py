"""Signing in: passwords, second factors, the organisation's own sign-in, and one's own account.

The guard that asks for all this stands in `desk.access`; who may go where, in `desk.roles`.
"""
