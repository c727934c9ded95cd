"""Joins the parts: the only place, with `settings`, that knows which part fulfils which port.

`judging` for readers, `storing` for the database, `running` for the processes of one
machine. Each is imported only by who needs it, so that `gateway check` starts at once.
"""
