"""Environment of Alembic: migrates over the connection that `upgrade_to_head` in `store/database/migrate.py` opened."""

from alembic import context

context.configure(connection=context.config.attributes["connection"], render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
