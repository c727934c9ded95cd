"""Items written for this project, and the scorer of `make corpora`. README.md here is their card."""
