"""Runs the revisions on the connection that models/migrating.py hands in."""

from alembic import context

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    # SQLite changes a column by building the table anew; PostgreSQL ignores this.
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
