"""Run by Alembic: migrates over the connection `store.database.migrate.migrate` opened."""

from alembic import context

from campaign.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
