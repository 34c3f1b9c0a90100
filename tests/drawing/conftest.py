"""Properties are looked for here as they are in the domain's tests."""

import tests.domain.conftest  # noqa: F401 - it sets them for the whole process
