from plmemory.plan.about import SpinType

ABOUT = SpinType(title="Potts spins, colours 0 … q − 1")
