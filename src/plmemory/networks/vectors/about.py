from plmemory.plan.about import SpinType

ABOUT = SpinType(title="unit vectors of d components", discrete=False)
