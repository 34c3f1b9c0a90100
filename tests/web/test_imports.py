"""Modules that a web process imports: none that only workers, migrations or single requests need."""

import json
import subprocess
import sys

from tests.support.secret_keys import SECRET_KEY

PROGRAM = """
import json, sys
from tests.support.compile_cache import make_app
from campaign.config import load_settings
from campaign.runtime import make_runtime

settings = load_settings(_env_file=None, data_dir=sys.argv[1], base_url="https://sign.example.org", secret_key=sys.argv[2],
                         mail_url="smtp://127.0.0.1:9", redis_url="redis://127.0.0.1:9", places_url="off")
client = make_app(make_runtime(settings)).test_client()
assert client.get("/healthz").status_code == 200
assert client.get("/readyz").status_code == 503
print(json.dumps(sorted(sys.modules)))
"""


def test_a_web_process_imports_neither_alembic_nor_openpyxl_nor_reportlab(tmp_path: object) -> None:
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(tmp_path), SECRET_KEY], capture_output=True, text=True, timeout=120, check=False
    )
    assert ran.returncode == 0, ran.stderr
    imported = {name.partition(".")[0] for name in json.loads(ran.stdout.splitlines()[-1])}
    assert "campaign" in imported
    assert not imported & {"alembic", "dns", "openpyxl", "reportlab", "requests", "webauthn", "workers"}
