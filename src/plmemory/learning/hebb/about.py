from plmemory.plan.about import Rule

ABOUT = Rule(title="Hebb's rule", spins=frozenset({"ising"}), settings={})
