from plmemory.plan.about import Measure, integer, number
from plmemory.plan.cost import updates

ABOUT = Measure(
    title="states kept to be looked at",
    needs=frozenset({"test"}),
    settings={
        "number": integer("states", "of training and of test examples", at_least=1),
        "initial_overlap": number("overlap, 0…1", "after corruption", at_least=0, at_most=1),
        "max_steps": integer("synchronous steps, even", "of retrieval", at_least=2, multiple_of=2),
    },
    seconds=updates(lambda settings: 10 * settings["number"] * settings["max_steps"]),
)
