"""A restore that was completed and is asked for again: refused as long as one of its markers is left, however few."""

from dataclasses import dataclass

from hopsdrill.proof.key import Key
from hopsdrill.recovery import markers
from hopsdrill.recovery.prerequisites import lacks
from hopsdrill.recovery.restore import request
from hopsdrill.run import refusals
from hopsdrill.run.in_place import Wanted
from hopsdrill.run.refusals import Standing, standing
from hopsdrill.site import Site


@dataclass(frozen=True)
class Answer:
    """How one request was answered.

    Attributes:
        left: markers that were there.
        code: helm's exit code.
        said: helm's words.
        own: hopsdrill's own refusal; empty when it would have let it pass.
    """

    left: tuple[str, ...]
    code: int
    said: str
    own: str

    @property
    def named(self) -> str:
        """The first of the markers left that helm names; empty when it names none."""
        places = {name: self.said.find(f"Job {name} ") for name in self.left}
        return min((name for name in places if places[name] >= 0), key=lambda name: places[name], default="")


@dataclass(frozen=True)
class Repeated:
    """All answers, and how everything stood before the first."""

    before: Standing
    answers: tuple[Answer, ...]


def ask_until_none_is_left(site: Site, aim: Wanted, key: Key) -> Repeated:
    """Ask for the same restore, delete the one marker that the refusal names, and ask again while one is left."""
    before, answers = standing(site, key), list[Answer]()
    for _ in aim.jobs(site):
        left = tuple(name for name, end in markers.standing(site, aim.jobs(site)).items() if end == "complete")
        if not left:
            break
        own = "; ".join(lacks(site, aim.asked, aim.backup, aim.jobs(site)))
        call = f"helm upgrade ({aim.asked}), {len(left)} of its markers left"
        with site.recorder.operation(refusals.ASK, call, target=site.namespace, destructive=True) as done:
            ended = request(site, aim.asked, "repeated-values")
            answers.append(Answer(left, ended.returncode, " ".join(ended.stderr.split()), own))
            done.text = f"exit code {ended.returncode}: {answers[-1].said[-300:]}"
        if ended.returncode == 0 or not answers[-1].named:
            break
        markers.delete(site, [answers[-1].named])
    return Repeated(before, tuple(answers))


def faults(answers: tuple[Answer, ...], jobs: list[str]) -> list[str]:
    """What is wrong with the answers: each marker must have been the one named by a refusal, by helm and by hopsdrill."""
    wrong = [f"{len(each.left)} markers left: accepted" for each in answers if each.code == 0]
    wrong += [
        f"{len(each.left)} markers left: refused without naming one" for each in answers if each.code and not each.named
    ]
    wrong += [
        f"{len(each.left)} markers left: hopsdrill would have let it pass"
        for each in answers
        if not any(name in each.own for name in each.left)
    ]
    missing = sorted(set(jobs) - {each.named for each in answers})
    return wrong + [f"{name}: never stood in the way" for name in missing]


def prove_refused(site: Site, aim: Wanted, repeated: Repeated, key: Key) -> None:
    """Record that every request was refused, naming a marker that was left, and that nothing was touched by asking."""
    wrong = faults(repeated.answers, aim.jobs(site))
    evidence = site.recorder.keep(
        "repeated-requests.json",
        [f"{len(each.left)} left, exit code {each.code}: {each.said}" for each in repeated.answers],
    )
    site.recorder.proof(
        "refused-while-a-marker-is-left",
        store="platform",
        passed=not wrong,
        expected=f"refused {len(aim.jobs(site))} times, each time naming one of the markers left",
        observed=f"refused {sum(each.code != 0 for each in repeated.answers)} times, naming {', '.join(each.named or 'none' for each in repeated.answers)}",
        differences=wrong,
        evidence=[evidence],
        data=False,
    )
    refusals.prove_untouched(site, repeated.before, key)
