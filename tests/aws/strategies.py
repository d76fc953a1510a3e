"""What hypothesis draws for tests against the local cloud, and how often."""

from __future__ import annotations

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

few = settings(
    max_examples=3,
    deadline=None,
    # Every example costs calls; a failing one is small enough as it is.
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
words = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1, max_size=20)
tags = st.dictionaries(words, words, max_size=3)
