"""Finds what a message is about where an organisation has a rule for it: another tool, a gift, health.

`detector` is the detector. `glance` says cheaply which cues a sentence may hold, `words` turns such
a sentence into plain words, `cues` knows what people say and finds it there, `stance` says whether
it is meant, refused or told of somebody else, `values` what exactly it is (which tool, how many
pounds), `people` whether somebody is named who has no part in the talk. What the cues are is data:
config/words/matters.toml, in the notation of conduct_cues.toml. What follows from a finding is
policy and does not live here.
"""
