"""Properties are looked for in a moderate number of examples, the same at every run."""

from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis.configuration import set_hypothesis_home_dir

# Beside its database, which is off, Hypothesis keeps tables of characters and of the constants in our code. They take each test
# process seconds to make, so that they are kept where pytest keeps its own.
set_hypothesis_home_dir(Path(__file__).parents[2] / ".pytest_cache/hypothesis")

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
