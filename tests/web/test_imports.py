"""Modules that a web process imports: none that only workers, migrations, single requests or drawings need."""

import json
import subprocess
import sys

from campaign.runtime import Runtime
from tests.support.factories import new_campaign
from tests.support.secret_keys import SECRET_KEY

PROGRAM = """
import json, sys
from tests.support.compile_cache import make_app
from campaign.config import load_settings
from campaign.runtime import make_runtime

settings = load_settings(_env_file=None, data_dir=sys.argv[1], base_url="https://sign.example.org", secret_key=sys.argv[2],
                         mail_url="smtp://127.0.0.1:9", redis_url="redis://127.0.0.1:9", places_url="off",
                         database_url=sys.argv[3])
client = make_app(make_runtime(settings)).test_client()
for path, status in json.loads(sys.argv[4]):
    answer = client.get(path)
    assert answer.status_code == status, (path, answer.status_code)
print(json.dumps(sorted(sys.modules)))
"""
PAGES = (
    ("/healthz", 200), ("/readyz", 503),
    *((f"/c/save-the-pond{path}", 200) for path in ("", "/share", "/card.png", "/card-story.png", "/badge.svg", "/poster.pdf")),
)  # fmt: skip
"""What everybody asks for, and all that is drawn for strangers. Redis is away."""
NEVER_IMPORTED = {"PIL", "alembic", "dns", "openpyxl", "reportlab", "requests", "uharfbuzz", "webauthn", "workers"}


def test_a_web_process_imports_nothing_that_migrates_draws_or_works_off_queues(runtime: Runtime) -> None:
    new_campaign(runtime)
    settings = runtime.settings
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(settings.data_dir), SECRET_KEY, settings.database_url, json.dumps(PAGES)],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    imported = {name.partition(".")[0] for name in json.loads(ran.stdout.splitlines()[-1])}
    assert "campaign" in imported
    assert not imported & NEVER_IMPORTED
