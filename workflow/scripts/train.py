"""Learn the couplings of all replicates by one rule at one load, or some of their rows."""

import importlib

from plmemory.files import checkpoints
from plmemory.files.jobs import logged
from plmemory.files.labelled import open_dataset
from plmemory.files.provenance import libraries, write_result
from plmemory.learning import shared
from plmemory.learning.model import choice, examples, model, needed
from plmemory.machine import backend as backends
from plmemory.machine.part import Part
from plmemory.seeds import generator

job = snakemake
name, rule, patterns = job.wildcards.dataset, job.wildcards.rule, job.wildcards.patterns
with logged(job, f"learning rule {rule}") as log:
    params = job.params.job

    def rngs(purpose, *identity):
        replicates = range(params["replicates"])
        return [generator(params["seed"], purpose, *identity, patterns, r) for r in replicates]

    backend = backends.select(params["device"], params["dtype"])
    dataset = open_dataset(job.input[0])
    chosen = examples(dataset, patterns, choice(params, patterns), infinite=params["infinite"])
    settings = dict(params["settings"])
    if params["observed"] is not None:
        start = settings.pop(params["observed"])
        settings["progress"] = lambda epoch, epochs, loss: log.info(
            "epoch %d of %d: loss %g", epoch, epochs, loss
        )
        if start is not None:
            history = importlib.import_module("plmemory.measures.history")
            settings["observe"] = history.retrieval_observer(
                chosen.patterns, start, backend, rngs("watch", name)
            )
    if "part" in params:
        settings["part"] = Part(*params["part"])
    if len(job.input) > 1:
        settings["shared"] = shared.of_replicates(open_dataset(job.input[1]))
    method = importlib.import_module(f"plmemory.learning.{params['method']}.learn")
    needs = needed(dataset, chosen, params["needs"])
    with checkpoints.kept(job.output[0], params["lineage"], libraries(), backend.device):
        learned = method.learn(
            chosen.patterns, backend, rngs("train", name, rule), **settings, **needs
        )
        if not learned.converged.all():
            log.warning("not converged in %d replicates", (~learned.converged).sum())
        result = model(learned, chosen, params["settings"] | needs, params["attributes"])
        result.attrs |= {"dataset": name, "draws": params["draws"]}
        result.attrs |= {"rule": rule, "method": params["method"]}
        result.attrs |= {"objective": params["objective"], "device": backend.device}
        write_result(result, job)
