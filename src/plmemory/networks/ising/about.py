from plmemory.plan.about import SpinType

ABOUT = SpinType(title="Ising spins, +1 or −1")
