"""Properties are looked for in a moderate number of examples, the same at every run."""

import gzip
import json
import unicodedata
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir

# Beside its database, which is off, Hypothesis keeps tables of characters and of the constants in our code. They take each test
# process seconds to make, so that they are kept where pytest keeps its own.
_FOLDER = Path(__file__).parents[2] / ".pytest_cache/hypothesis"
set_hypothesis_home_dir(_FOLDER)

# The characters that UTF-8 can write are known: finding them out one by one takes each process three seconds.
_utf8 = _FOLDER / "unicode_data" / unicodedata.unidata_version / "codec-v2-utf-8.json.gz"
if not _utf8.exists():
    _utf8.parent.mkdir(parents=True, exist_ok=True)
    _utf8.write_bytes(gzip.compress(json.dumps([[(0, 0xD7FF), (0xE000, 0x10FFFF)], []]).encode(), mtime=0))

# The same examples at every run: what fails here fails for everybody, and nothing fails for one in a hundred.
settings.register_profile(
    "countersign",
    max_examples=200,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
settings.load_profile("countersign")
