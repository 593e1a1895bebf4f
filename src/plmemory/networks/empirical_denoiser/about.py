from plmemory.plan.about import SpinType

ABOUT = SpinType(title="exact denoisers, which keep their examples", discrete=False)
