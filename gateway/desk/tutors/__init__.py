"""The tutor's pages, and what the desk's people do about tutors: strikes, and answers to reports."""
