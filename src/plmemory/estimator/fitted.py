"""The attributes of a fitted memory."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from plmemory.errors import InputError
from plmemory.estimator.parameters import Parameters
from plmemory.files.labelled import Dataset


class Fitted(Parameters):
    """The labelled model, and its parts as attributes; ``plmemory.Memory`` explains them."""

    model_: Dataset

    def __getattr__(self, name: str) -> Any:
        """A setting, or a variable of the network: ``couplings_``, ``fields_``, ..."""
        held = self.__dict__.get("model_", {})
        if name.endswith("_") and name[:-1] in held:
            variable = held[name[:-1]]
            if variable.dims[0] == "replicate" and "site" in variable.dims:
                return variable.values[0]
        return super().__getattr__(name)

    @property
    def converged_(self) -> bool:
        """Whether the learning rule converged."""
        return bool(self.model_["converged"].values[0])

    @property
    def history_(self) -> dict[str, NDArray[Any]]:
        """The quantities that the rule recorded during the training, each (record,)."""
        return {k: v if v.ndim == 1 else v[:, 0] for k, v in self._parts("history_").items()}

    @property
    def diagnostics_(self) -> dict[str, Any]:
        """Numbers that describe the convergence."""
        return {k: v[0] if v.ndim else v for k, v in self._parts("final_").items()}

    @property
    def snapshots_(self) -> NDArray[Any] | None:
        """Couplings at each record, (record, N, N), where the rule keeps them, else None."""
        return self.model_["snapshots"].values[:, 0] if "snapshots" in self.model_ else None

    @property
    def n_features_in_(self) -> int:
        """N, the number of sites."""
        return self.model_.sizes["site"]

    @property
    def feature_names_in_(self) -> NDArray[Any]:
        """Labels of the sites (N,); no such attribute where they had none."""
        if "site" not in self.model_:
            raise AttributeError("'Memory' object has no attribute 'feature_names_in_'")
        return self.model_["site"].values

    def _parts(self, prefix: str) -> dict[str, NDArray[Any]]:
        held = self.model_.variables.items()
        return {n.removeprefix(prefix): v.values for n, v in held if n.startswith(prefix)}

    def _check_fitted(self) -> None:
        if "model_" not in self.__dict__:
            raise InputError("memory: found no couplings, expected fit(X) before")
