"""Tutor Gateway: stands between tutors and families and moderates what passes."""
