"""Hypothesis profiles: `prodflow` by default, the others by --hypothesis-profile=…."""

from hypothesis import HealthCheck, settings

# The parent is named because Hypothesis makes its own derandomised profile the default under CI.
settings.register_profile(
    "prodflow",
    parent=settings.get_profile("default"),
    deadline=None,
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],  # a busy machine is no finding
)
settings.register_profile("deep", parent=settings.get_profile("prodflow"), max_examples=20_000)
settings.register_profile(  # for many runs, each of which must give the same answer
    "brief",
    parent=settings.get_profile("prodflow"),
    max_examples=20,
    derandomize=True,
    database=None,
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.differing_executors,  # mutmut runs a test again and again in one process
    ],
)
settings.load_profile("prodflow")
