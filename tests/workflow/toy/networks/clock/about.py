"""Three hands that feel the differences of their angles, unlike Potts spins."""

from plmemory.plan.about import SpinType

ABOUT = SpinType(title="clocks with three hands")
