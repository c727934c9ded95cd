"""The only SQL: PostgreSQL through SQLAlchemy Core, migrations, encryption at rest."""
