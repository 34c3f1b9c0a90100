"""The floor: the least that any Flask application does to keep one line for good."""

import os

from flask import Flask, request
from sqlalchemy import text

from campaign.store.database.engine import make_engine

engine = make_engine(os.environ["DATABASE_URL"], 8)
app = Flask(__name__)


@app.post("/floor")
def insert_row() -> tuple[str, int]:
    """One durable insert."""
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO floor (name) VALUES (:name)"), {"name": request.form["name"]})
    return "", 204


@app.get("/healthz")
def healthz() -> str:
    """Up."""
    return "up"
