"""How long the Hypothesis machines of the suite run: a few short histories, or as many as OMS_EXAMPLES says."""

import os

from hypothesis import Phase, settings

STEPS = 50


def at_size(few: settings) -> settings:
    """`few`, or with OMS_EXAMPLES so many histories of up to 50 steps, other ones for each seed; what they find is shrunk."""
    if not (asked := os.environ.get("OMS_EXAMPLES")):
        return few
    return settings(
        few, max_examples=int(asked), stateful_step_count=STEPS, derandomize=False, phases=[Phase.generate, Phase.shrink],
        print_blob=True,
    )  # fmt: skip
