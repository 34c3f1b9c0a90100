"""Properties are looked for in a moderate number of examples, and nothing is left behind in the clone."""

import atexit
import shutil
import tempfile

from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir

# Beside its database, which is off, Hypothesis keeps tables of characters and constants.
_folder = tempfile.mkdtemp(prefix="cs-hypothesis-")
atexit.register(shutil.rmtree, _folder, ignore_errors=True)
set_hypothesis_home_dir(_folder)

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
