"""The moderators' pages: Flask, server-rendered, every action a plain form.

`app.create_desk` joins it. Here live what a page shows and how it is asked for; what a
decision does is the journey's (`ports.Office`), and where cases are kept is the store's.
"""
