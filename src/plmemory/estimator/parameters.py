"""The parameters of a memory in the form of scikit-learn, which itself is not needed."""

from __future__ import annotations

import importlib
import secrets
from typing import Any, Self

from plmemory.estimator import settings as told
from plmemory.machine.backend import Backend, select

_OWN = ("rule", "device", "dtype", "random_state")


class Parameters:
    """A rule, the device, a seed, and all settings; ``plmemory.Memory`` explains them."""

    def __init__(
        self,
        rule: str = "pl",
        *,
        device: str = "auto",
        dtype: str = "float32",
        random_state: int | None = 0,
        **settings: Any,
    ) -> None:
        self.rule, self.device, self.dtype = rule, device, dtype
        self.random_state = random_state
        told.check(random_state=random_state)
        self._backend()
        self._folder = told.find(rule)
        self._settings = told.complete(self._folder, settings, rule)

    def __repr__(self) -> str:
        changed = told.changed(self._folder, self._settings)
        words = [repr(self.rule), *(f"{name}={value!r}" for name, value in changed.items())]
        return f"{type(self).__name__}({', '.join(words)})"

    def __getattr__(self, name: str) -> Any:
        """A setting."""
        settings = self.__dict__.get("_settings", {})
        if name not in settings:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        return settings[name]

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """All parameters of this memory, including the settings, as scikit-learn expects."""
        return {name: getattr(self, name) for name in _OWN} | self._settings

    def set_params(self, **parameters: Any) -> Self:
        """Change parameters of this memory; returns the memory itself.

        With another ``rule``, its settings start from its defaults.
        """
        if parameters.get("rule", self.rule) == self.rule:
            parameters = self._settings | parameters
        made = type(self)(**{name: getattr(self, name) for name in _OWN} | parameters)
        self.__dict__.update(made.__dict__)
        return self

    def __sklearn_tags__(self) -> Any:
        utils = importlib.import_module("sklearn.utils")
        return utils.Tags(
            estimator_type=None,
            target_tags=utils.TargetTags(required=False),
            input_tags=utils.InputTags(),
        )

    def _seed(self, random_state: int | None = None) -> int:
        seed = self.random_state if random_state is None else random_state
        return secrets.randbits(64) if seed is None else int(seed)

    def _backend(self) -> Backend:
        return select(self.device, self.dtype)
