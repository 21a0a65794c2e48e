"""The equations of each paper, written out by hand and solved by SciPy: an oracle that shares no code with ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp

Array = NDArray[np.float64]
Inputs = list[tuple[int, float, float, float]]  # compartment, start, mg, minutes (0: at once)
Rates = Callable[[Array], Array]


def solve(rates: Rates, size: int, inputs: Inputs, times: Sequence[float]) -> Array:
    """Amounts at the times; what is given at a time counts at that time.

    Restarted at every change of input and at every time, since SciPy's interpolation is coarser than its steps.
    """
    stops = sorted(
        {0.0, *times, *(start for _, start, _, _ in inputs), *(s + over for _, s, _, over in inputs)}
    )
    state, seen = np.zeros(size), {}
    for start, end in zip(stops, [*stops[1:], None], strict=True):
        for where, when, amount, over in inputs:
            if when == start and over == 0:
                state = state + amount * np.eye(size)[where]
        seen[start] = state
        if end is None or start >= max(times):
            break
        steady = np.zeros(size)
        for where, when, amount, over in inputs:
            if over > 0 and when <= start < when + over:
                steady[where] += amount / over

        def change(_t: float, x: Array, steady: Array = steady) -> Array:
            return rates(x) + steady

        found = solve_ivp(change, (start, end), state, method="DOP853", rtol=1e-13, atol=1e-15)
        assert found.success
        state = found.y[:, -1]
    return np.array([seen[time] for time in times])


def perez(
    route: str, dose: float, devices: int = 1, infusion: float = 0.0
) -> tuple[Rates, int, Inputs, Callable[[Array], Array]]:
    """Section 5.1, in hours inside and minutes outside."""
    kan, kasw, kapo, fgut, frn, later = 2.93, 1.45, 0.97, 0.64, 0.54, 0.62
    vc, q1, vp1, q2, vp2, qh, vh, kel, kmet = 192.0, 84.3, 143.0, 37.6, 417.0, 151.0, 101.0, 1.11, 2.77
    vcn, cln, vpn, q3 = 70.0, 38.0, 115.0, 26.1

    def rates(x: Array) -> Array:
        dep, gut, po, c, p1, p2, liv, n, m = x
        return (
            np.array(
                [
                    -kan * dep,
                    -kasw * gut,
                    -kapo * po,
                    kan * dep
                    + q1 * (p1 / vp1 - c / vc)
                    + q2 * (p2 / vp2 - c / vc)
                    + qh * (liv / vh - c / vc),
                    q1 * (c / vc - p1 / vp1),
                    q2 * (c / vc - p2 / vp2),
                    kasw * gut + kapo * po + qh * (c / vc - liv / vh) - (kel + kmet) * liv,
                    kmet * liv - cln / vcn * n - q3 * (n / vcn - m / vpn),
                    q3 * (n / vcn - m / vpn),
                ]
            )
            / 60
        )

    inputs: Inputs = []
    for device in range(devices):
        part, taken = dose / devices, frn * (later if device else 1)
        if route == "intranasal":
            inputs += [
                (0, 5.0 * device, taken * part, 0.0),
                (1, 5.0 * device, (1 - taken) * fgut * part, 0.53 * 60),
            ]
    if route == "oral":
        inputs = [(2, 0.0, fgut * dose, 0.32 * 60)]
    if route == "iv":
        inputs = [(3, 0.0, dose, infusion)]
    return rates, 9, inputs, lambda x: np.stack([x[:, 3] / vc * 1000, x[:, 7] / vcn * 1000], axis=1)


def fanta(
    dose: float, infusion: float, weight: float = 70.0
) -> tuple[Rates, int, Inputs, Callable[[Array], Array]]:
    """Section 5.2."""
    size, clearance = weight / 70, (weight / 70) ** 0.75
    v1, cl, vp1, q1, vp2, q2 = 133 * size, 95.2 * clearance, 187.0, 23.2, 98.8, 157.0
    vn, cln, vpn, qn = 98.638 * size, 57.72 * clearance, 160.04, 42.778

    def rates(x: Array) -> Array:
        c, p1, p2, n, m = x
        return (
            np.array(
                [
                    -cl * c / v1 - q1 * (c / v1 - p1 / vp1) - q2 * (c / v1 - p2 / vp2),
                    q1 * (c / v1 - p1 / vp1),
                    q2 * (c / v1 - p2 / vp2),
                    cl * c / v1 - cln * n / vn - qn * (n / vn - m / vpn),
                    qn * (n / vn - m / vpn),
                ]
            )
            / 60
        )

    return (
        rates,
        5,
        [(0, 0.0, dose, infusion)],
        lambda x: np.stack([x[:, 0] / v1, x[:, 3] / vn], axis=1) * 1000,
    )


def simons(
    route: str, dose: float, infusion: float = 0.0
) -> tuple[Rates, int, Inputs, Callable[[Array], Array]]:
    """Section 5.3, in minutes."""
    v1, v2, v3, cl1, cl2, cl3 = 11.6, 39.0, 174.0, 1.48, 2.43, 1.21
    vn2, cn1, cn2, vh1, vh2, ch1, ch2 = 221.0, 1.0, 2.63, 4.4, 87.5, 0.933, 1.70

    def rates(x: Array) -> Array:
        film, swal, gut, c, p2, p3, t1, t2, n, np2, u1, u2, h, hp = x
        return np.array(
            [
                -0.04 * film,
                -0.049 * swal,
                0.049 * swal - gut / 10.7,
                0.04 * film - cl1 * c / v1 - cl2 * (c / v1 - p2 / v2) - cl3 * (c / v1 - p3 / v3),
                cl2 * (c / v1 - p2 / v2),
                cl3 * (c / v1 - p3 / v3),
                0.8 * (cl1 * c / v1 + gut / 10.7) - 2 / 20.1 * t1,
                2 / 20.1 * (t1 - t2),
                2 / 20.1 * t2 - cn1 * n / v1 - cn2 * (n / v1 - np2 / vn2),
                cn2 * (n / v1 - np2 / vn2),
                0.7 * cn1 * n / v1 - 2 / 1.12 * u1,
                2 / 1.12 * (u1 - u2),
                2 / 1.12 * u2 - ch1 * h / vh1 - ch2 * (h / vh1 - hp / vh2),
                ch2 * (h / vh1 - hp / vh2),
            ]
        )

    inputs: Inputs = [(3, 0.0, dose, infusion)]
    if route == "sublingual":
        inputs = [(0, 0.0, 0.263 * dose, 13.1), (1, 0.0, 1.16 * dose, 29.9)]

    def seen(x: Array) -> Array:
        return (
            np.stack([x[:, 3] / v1, x[:, 8] / v1 * 223.70 / 237.73, x[:, 12] / vh1 * 239.70 / 237.73], axis=1)
            * 1000
        )

    return rates, 14, inputs, seen


def racemic(
    model: str, route: str, dose: float, infusion: float = 0.0, weight: float = 70.0
) -> tuple[Rates, int, Inputs, Callable[[Array], Array]]:
    """Section 5.4: depot, central, two peripheral ones (the second unused by Clements)."""
    if model == "clements-1981":
        v, k10, k12, k21, k13, k31 = 1.7522, 0.0109, 0.0186, 0.0137, 0.0, 0.0
    else:
        v, k10, k12, k21, k13, k31 = 0.063, 0.4381, 0.5921, 0.2470, 0.5900, 0.0146

    def rates(x: Array) -> Array:
        dep, c, p, q = x
        ka = 4.5 / 60
        return np.array(
            [
                -ka * dep,
                ka * dep - (k10 + k12 + k13) * c + k21 * p + k31 * q,
                k12 * c - k21 * p,
                k13 * c - k31 * q,
            ]
        )

    inputs: Inputs = [(0, 0.0, 0.93 * dose, 0.0)] if route == "im" else [(1, 0.0, dose, infusion)]
    return rates, 4, inputs, lambda x: x[:, 1:2] / (v * weight) * 1000
