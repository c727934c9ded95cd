"""The moderators' pages: Flask, server-rendered."""
