"""What an earlier scenario of a run left for later ones."""

from collections.abc import Callable
from dataclasses import dataclass

from hopsdrill.run.stages import Recovered


@dataclass
class Shelf:
    """What an earlier scenario of the same run left for later ones: a restore takes minutes."""

    recovered: Recovered | None = None

    def give(self, make: Callable[[], Recovered], *, anew: bool) -> Recovered:
        """What was left, if it was restored that way (``anew``: into a new cluster); else what ``make`` makes."""
        found, self.recovered = self.recovered, None  # while it is made, and if that fails, there is none
        self.recovered = found if found is not None and found.anew is anew else make()
        return self.recovered
