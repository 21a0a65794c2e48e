"""Exposure: 10,000 people, three analytes, 24 hours, a point each minute; ours beside general ODE solvers, one run.

``python -m benchmarks.pharmacology``. Peers that are not installed are skipped and said so; slow ones run on a sample,
scaled to all. Every peer solves the same equations for the same people, at tolerances that give 1e-6 or worse. Beside
each ratio of times stands that of processor time, of all threads together: it changes less with what else runs.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from upwell.knowledge.pharmacology import load_model
from upwell.science.pharmacology import Dose, People, Person, every_curve, simulate
from upwell.science.pharmacology.doses import check_doses
from upwell.science.pharmacology.draws import draw
from upwell.science.pharmacology.parameters import individual
from upwell.science.pharmacology.system import System, build_system

PEOPLE, POINTS, RUNS, SEED = 10_000, 1441, 5, 1
DOSE = Dose("iv", 28, infusion_min=40)
RATE, STOP = 28 / 40, 40.0
GRID = np.arange(float(POINTS))
GOALS = {"diffrax": 20, "libroadrunner": 90, "scipy": 100}


def main() -> int:
    model = load_model("simons-2022")
    print(f"{PEOPLE} people, {len(model.curves)} analytes, {POINTS} points; medians of {RUNS}")
    drawn, people = draw(model, PEOPLE, SEED), People.of([Person.of()], PEOPLE)
    ours = timed(lambda: every_curve(model, [DOSE], people, drawn, 1.0, POINTS))
    out = np.empty((PEOPLE, POINTS, len(model.curves)))
    writing = timed(lambda: np.copyto(np.empty_like(out), 1.0))
    reused = timed(lambda: out.fill(1.0))
    print(f"ours, every curve kept          {ours.wall:9.3f} s   processor {ours.processor:.3f} s")
    print(
        f"writing a new array of that size{writing.wall:9.3f} s   ours takes {ours.times(writing)} (goal 25)"
    )
    print(f"writing into one that is there  {reused.wall:9.3f} s   ours takes {ours.times(reused)}")
    band, megabytes = percentiles()
    print(f"ours, percentiles streamed      {band:9.3f} s   peak memory {megabytes:.0f} MB (goal 200)")
    first, one = single()
    print(
        f"a single curve, all measures    {one.wall * 1000:9.2f} ms  (goal 5; processor {one.processor * 1000:.2f})"
    )
    print(f"the first in a fresh process    {first.wall:9.3f} s   (goal 1)")
    values = individual(model, people, drawn.part(slice(None)))
    system = build_system(model, values, check_doses(model, [DOSE]), model.curves)
    exact = every_curve(model, [DOSE], people.part(slice(0, 3)), drawn_part(drawn, 3), 1.0, POINTS)
    missed = False
    for name, peer in {
        "scipy": scipy_peer,
        "diffrax": diffrax_peer,
        "libroadrunner": roadrunner_peer,
    }.items():
        try:
            taken, sample, curves = peer(system)
        except ImportError:
            print(f"{name:32}  not installed: skipped")
            continue
        error = np.abs(curves[:3] - exact[: len(curves[:3])]).max() / exact.max()
        whole = taken.scaled(PEOPLE / sample)
        missed |= whole.wall / ours.wall < GOALS[name]
        print(
            f"{name:32}{whole.wall:9.2f} s   {whole.times(ours)} ours (goal {GOALS[name]});"
            f" error {error:.0e} of the peak; {sample} people, scaled"
        )
    return int(missed)


@dataclass(frozen=True)
class Taken:
    """Seconds on the clock, and of all processors together."""

    wall: float
    processor: float

    def scaled(self, factor: float) -> Taken:
        return Taken(self.wall * factor, self.processor * factor)

    def times(self, other: Taken) -> str:
        return f"{self.wall / other.wall:.3g} times ({self.processor / max(other.processor, 1e-9):.3g} by processor)"


def timed(work: Callable[[], Any], runs: int = RUNS) -> Taken:
    """The median times of some runs, after one to warm up."""
    work()
    walls, processors = [], []
    for _ in range(runs):
        began, used = time.perf_counter(), time.process_time()
        work()
        walls.append(time.perf_counter() - began)
        processors.append(time.process_time() - used)
    return Taken(statistics.median(walls), statistics.median(processors))


def percentiles() -> tuple[float, float]:
    """Time and peak memory of the streamed percentiles, in a process of their own."""
    code = (
        "import time; from upwell.science.pharmacology import population as p;"
        "g = dict(route='iv', dose_mg=28, infusion_min=40); p('simons-2022', n=100, **g); t = time.perf_counter();"
        f"p('simons-2022', n={PEOPLE}, **g); print(time.perf_counter() - t);"
        "print(next(int(one.split()[1]) / 1024 for one in open('/proc/self/status') if one.startswith('VmHWM')))"
    )
    runs = [_child(code).split() for _ in range(RUNS)]
    return statistics.median(float(run[0]) for run in runs), max(float(run[1]) for run in runs)


def single() -> tuple[Taken, Taken]:
    """The first curve of a fresh process, from its start; and one more in this process."""
    fresh = timed(lambda: _child("from upwell.science.pharmacology import simulate as s; " + _ONE))
    return fresh, timed(lambda: simulate("simons-2022", route="sublingual", dose_mg=50), 50)


_ONE = "s('simons-2022', route='sublingual', dose_mg=50)"


def _child(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def drawn_part(drawn: Any, count: int) -> Any:
    return type(drawn)(drawn.names, drawn.values[:count])


def central(system: System) -> int:
    return system.states.index("central")


def scipy_peer(system: System, sample: int = 20) -> tuple[Taken, int, Any]:
    """``solve_ivp`` with LSODA, the fastest of its methods here, restarted when the infusion ends."""
    from scipy.integrate import solve_ivp

    into = np.eye(len(system.states))[central(system)]

    def one(place: int) -> Any:
        rates = system.rates[place]
        parts, state = [], np.zeros(len(into))
        for low, high, rate in ((0.0, STOP, RATE), (STOP, GRID[-1], 0.0)):
            wanted = GRID[(low <= GRID) & (high >= GRID)]
            given = rate * into
            solved = solve_ivp(
                lambda _t, x, given=given: rates @ x + given,
                (low, high),
                state,
                method="LSODA",
                t_eval=wanted,
                rtol=1e-6,
                atol=1e-8,
            )
            parts.append(solved.y.T if not parts else solved.y.T[1:])
            state = solved.y[:, -1]
        return np.concatenate(parts) @ system.concentrations[place].T

    curves = np.stack([one(place) for place in range(3)])
    return timed(lambda: [one(place) for place in range(sample)]), sample, curves


def diffrax_peer(system: System, sample: int = 250) -> tuple[Taken, int, Any]:
    """Tsit5, vectorised over people and compiled, in double precision; compilation is not counted."""
    import diffrax
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    into = jnp.eye(len(system.states))[central(system)]
    control = diffrax.PIDController(rtol=1e-6, atol=1e-8, jump_ts=jnp.array([STOP]))
    term = diffrax.ODETerm(lambda t, x, rates: rates @ x + jnp.where(t < STOP, RATE, 0.0) * into)
    saved = diffrax.SaveAt(ts=jnp.array(GRID))

    def one(rates: Any, measure: Any) -> Any:
        solved = diffrax.diffeqsolve(
            term, diffrax.Tsit5(), 0.0, GRID[-1], 0.01, jnp.zeros(len(into)), args=rates, saveat=saved,
            stepsize_controller=control, max_steps=200_000,
        )  # fmt: skip
        return solved.ys @ measure.T

    together = jax.jit(jax.vmap(one))
    rates, measure = jnp.array(system.rates[:sample]), jnp.array(system.concentrations[:sample])
    curves = np.asarray(together(rates, measure)[:3])
    return timed(lambda: together(rates, measure).block_until_ready()), sample, curves


def roadrunner_peer(system: System, sample: int = 50) -> tuple[Taken, int, Any]:
    """CVODE on a model compiled once, whose rates are set for each person."""
    import roadrunner

    runner = roadrunner.RoadRunner(_sbml(system))
    runner.integrator.relative_tolerance, runner.integrator.absolute_tolerance = 1e-6, 1e-8
    names = [f"[{name}]" for name in system.states]
    linked = _links(system)

    def one(place: int) -> Any:
        runner.resetToOrigin()
        for name, row, column in linked:
            runner.setValue(name, float(system.rates[place, row, column]))
        runner.setValue("given", RATE)
        first = np.array(runner.simulate(0, STOP, int(STOP) + 1, names))
        runner.setValue("given", 0.0)
        second = np.array(runner.simulate(STOP, GRID[-1], POINTS - int(STOP), names))
        return np.concatenate([first, second[1:]]) @ system.concentrations[place].T

    curves = np.stack([one(place) for place in range(3)])
    return timed(lambda: [one(place) for place in range(sample)]), sample, curves


def _links(system: System) -> list[tuple[str, int, int]]:
    rows, columns = np.nonzero(system.rates[0])
    return [(f"k_{row}_{column}", int(row), int(column)) for row, column in zip(rows, columns, strict=True)]


def _sbml(system: System) -> str:
    """The same linear equations as SBML rate rules."""
    species = "".join(
        f'<species id="{name}" compartment="body" initialConcentration="0" hasOnlySubstanceUnits="false"'
        ' boundaryCondition="true" constant="false"/>'
        for name in system.states
    )
    linked = _links(system)
    parameters = "".join(f'<parameter id="{name}" value="0" constant="false"/>' for name, _, _ in linked)
    rules = []
    for row, name in enumerate(system.states):
        terms = "".join(
            f"<apply><times/><ci>{key}</ci><ci>{system.states[column]}</ci></apply>"
            for key, to, column in linked
            if to == row
        )
        given = "<ci>given</ci>" if row == central(system) else "<cn>0</cn>"
        rules.append(
            f'<rateRule variable="{name}"><math xmlns="http://www.w3.org/1998/Math/MathML"><apply><plus/>{given}{terms}'
            "</apply></math></rateRule>"
        )
    return (
        '<?xml version="1.0"?><sbml xmlns="http://www.sbml.org/sbml/level3/version1/core" level="3" version="1">'
        '<model id="m"><listOfCompartments><compartment id="body" size="1" constant="true"/></listOfCompartments>'
        f'<listOfSpecies>{species}</listOfSpecies><listOfParameters><parameter id="given" value="0" constant="false"/>'
        f"{parameters}</listOfParameters><listOfRules>{''.join(rules)}</listOfRules></model></sbml>"
    )


if __name__ == "__main__":
    sys.exit(main())
