from plmemory.plan.about import Rule

ABOUT = Rule(title="Storkey's rule", spins=frozenset({"ising"}), settings={})
