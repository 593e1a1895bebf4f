"""The result of a user's entry in tests: the data, or the error line."""

import re
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from plmemory.errors import InputError
from plmemory.seeds import generator


class Kind:
    """A kind of data set: its contract (``about``) and its module ``load``."""

    def __init__(self, about, load):
        self.about, self.load = about, load

    def resolved(self, entry):
        settings = self.about.settings.items()
        return {name: setting.default for name, setting in settings} | entry

    def arguments(self, entry):
        """The arguments of ``load``: files as paths, everything else unchanged."""
        named = {name for name, setting in self.about.settings.items() if setting.file}
        return {
            name: Path(value) if name in named and value is not None else value
            for name, value in self.resolved(entry).items()
        }

    def made(self, entry):
        """The data set of an entry."""
        return self.load.load(lambda: generator(7, "split"), **self.arguments(entry))

    def loaded(self, **entry):
        """The data set of an entry, whose sizes must equal the sizes from the headers."""
        entry = {
            name: str(value) if isinstance(value, Path) else value for name, value in entry.items()
        }
        for name, value in entry.items():
            jsonschema.validate(value, dict(self.about.settings[name].schema))
        found = self.resolved(entry)
        self.about.check(found)
        data = self.made(entry)
        train = data["train"].values
        assert train.dtype == np.int8
        assert set(np.unique(train)) <= {-1, 1}
        assert train.shape == (self.about.available(found), self.about.sites(found))
        provided = {
            "test": "test" in data,
            "labels": "train_label" in data,
            "image_shape": "image_shape" in data.attrs,
        }
        there = {name for name, is_there in provided.items() if is_there}
        assert self.about.provides(found) == there
        if "image_shape" in there:
            assert np.prod(data.attrs["image_shape"]) == train.shape[1]
        return data

    def refusal(self, **entry):
        """The error of an entry that cannot be used: one line."""
        with pytest.raises(InputError) as error:
            self.made(entry)
        assert "\n" not in str(error.value)
        return str(error.value)

    def early_refusal(self, **entry):
        """The same, if it is raised before the data are read."""
        message = self.refusal(**entry)
        with pytest.raises(InputError, match=re.escape(message)):
            self.about.sites(self.resolved(entry))
        return message
