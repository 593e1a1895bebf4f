from plmemory.plan.about import SpinType

ABOUT = SpinType(title="tokens, unit vectors that attend to each other", discrete=False)
