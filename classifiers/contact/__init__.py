"""Ways to meet outside the gateway: numbers, addresses, handles, links, and asking for them.

A passage becomes a view (`classifiers.normalise`), the view a stream of tokens and symbols
(`tokens`, `stream`), and each kind has an acceptor of its own that reads the stream and
returns hits: `phone`, `mailbox`, `handle`, `link`, `place`, `payment`, `intent`,
`bypass`. `detector` puts them together.

What is spelt, taken apart or ciphered is first read a second way: `aloud` (with `spelling`,
`sums`, `joining`) and `ciphers` make further views over the same source, `seams` joins the last
messages to this one, and the same acceptors read those. `exhibit` and `polarity` say when a value
is only shown for study, refused or reported. Words live in `config/words`, what may stand in `protected`.
Names of people and conduct live elsewhere.
"""
