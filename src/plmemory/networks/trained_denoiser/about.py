from plmemory.plan.about import SpinType

ABOUT = SpinType(title="trained denoisers", discrete=False)
