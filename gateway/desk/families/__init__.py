"""The pages of guardians and pupils, and what tutors share with them: signing in, links, reports.

`blueprints.family_pages` joins them. Nothing here knows of a message that was not delivered to the
person who looks; what the pages ask of the store stands in `needs`.
"""
