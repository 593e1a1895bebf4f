from plmemory.errors import InputError as InputError
from plmemory.errors import TrainingError as TrainingError
from plmemory.memory import Memory as Memory

__version__: str
