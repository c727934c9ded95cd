"""SMTP in (submission and MX) and out, MIME read and built anew."""
