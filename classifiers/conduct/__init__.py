"""Finds conduct that a person should look at: secrecy, meeting, threats, disclosures and more.

`cues` is the detector. `words` turns any disguise of a text into plain words, `lexicon` knows
their classes, `patterns` asks spaCy where a cue stands, `stance` says whether it is meant, is
refused, is reported or belongs to a lesson. What the cues are is data:
config/words/conduct_lexicon.toml and conduct_cues.toml. Whether a finding holds a message is
policy and does not live here.
"""
