"""The running system under injected faults: killed, its disk full, its disk failing, at every
call that writes.

`strace` numbers the calls that one thread makes on a mail's journey (`points`), then the same
mail is sent again and again with a fault at the first, the second, … of them (`sweep`).
`invariants` says what must hold after each. `bugs` are mistakes built in on purpose, which
`drill` must catch: they prove the harness. `python -m tests.crash` runs it all.
"""
