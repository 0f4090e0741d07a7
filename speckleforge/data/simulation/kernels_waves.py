# ruff: noqa: PLR0917  (compiled functions take positional arguments alone)
"""Compiled loops over pixels: scattering vectors, Ewald slices, superposition, droplets. Takes arrays; fills arrays.

No random numbers here, and no compiled function of another file is called: the cache looks at one file alone.
Everything is float32 without fused or reordered sums, so the same inputs give the same bytes on machines of one kind.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from speckleforge.data.simulation.compiled import compiled

Float = NDArray[np.float32]

ZERO, HALF, ONE, TWO, THREE, TEN = (np.float32(value) for value in (0, 0.5, 1, 2, 3, 10))
U1, U2, U3 = np.uint64(1), np.uint64(2), np.uint64(3)
BLOCK = 256
TURN = np.float32(1 / (2 * np.pi))
SMALL = np.float32(1e-6)
SIN = tuple(np.float32(np.pi ** (2 * n + 1) * (-1) ** n / float(np.prod(np.arange(1.0, 2 * n + 2)))) for n in range(6))
COS = tuple(np.float32(np.pi ** (2 * n) * (-1) ** n / float(np.prod(np.arange(1.0, 2 * n + 1)))) for n in range(7))


@compiled
def sin_cos(phase: Any) -> Any:
    """Sine and cosine of a float32 phase in radians to 1e-6; arithmetic alone, so that loops over it are vectorised."""
    t = phase * TURN
    t = t - np.floor(t + HALF)
    s = t * t
    # The Taylor series at half the angle, then the double-angle rule.
    sine = t * (SIN[0] + s * (SIN[1] + s * (SIN[2] + s * (SIN[3] + s * (SIN[4] + s * SIN[5])))))
    cosine = COS[0] + s * (COS[1] + s * (COS[2] + s * (COS[3] + s * (COS[4] + s * (COS[5] + s * COS[6])))))
    return TWO * sine * cosine, cosine * cosine - sine * sine


@compiled
def look(shape: Any, pixel_mm: Any, distance_mm: Any, wave_number: Any, centre_mm: Any, q: Any, weight: Any) -> None:
    """Scattering vectors and weights of a flat detector across the beam.

    Fills `q` float32 [3, rows * columns] (x along columns, y along rows, z along the beam; 1/nm) and `weight` float32
    [rows * columns]: solid angle of the pixel in sr times the polarisation factor of a beam polarised along x.
    """
    rows, columns = shape
    for row in range(rows):
        y = (row - (rows - 1) / 2) * pixel_mm - centre_mm[0]
        for column in range(columns):
            x = (column - (columns - 1) / 2) * pixel_mm - centre_mm[1]
            across = x * x + y * y
            far = np.sqrt(across + distance_mm * distance_mm)
            pixel = row * columns + column
            q[0, pixel] = wave_number * x / far
            q[1, pixel] = wave_number * y / far
            q[2, pixel] = -wave_number * across / (far * (far + distance_mm))
            area = pixel_mm * pixel_mm * distance_mm / (far * far * far)
            weight[pixel] = area * (1 - x * x / (far * far))


@compiled
def cells(turn: Any, q: Any, start: int, count: int, shape: Any, base: Any, parts: Any) -> None:
    """Where `count` pixels from `start` on lie in the volume.

    Fills `base` int32 (first corner of the cell), `parts` float32 [4, n] (fractions along the three axes, and a sign).
    Only half of the volume is kept: a point in the other half is mirrored, and its sign is -1 (Friedel's law).
    """
    side, depth = shape
    half, row, plane = np.float32(side // 2), np.int32(2 * depth), np.int32(2 * depth * side)
    t00, t01, t02, t10, t11, t12 = turn[0, 0], turn[0, 1], turn[0, 2], turn[1, 0], turn[1, 1], turn[1, 2]
    t20, t21, t22 = turn[2, 0], turn[2, 1], turn[2, 2]
    for pixel in range(count):
        x, y, z = q[0, start + pixel], q[1, start + pixel], q[2, start + pixel]
        w = t20 * x + t21 * y + t22 * z
        sign = ONE if w >= 0 else -ONE
        u = (t00 * x + t01 * y + t02 * z) * sign + half
        v = (t10 * x + t11 * y + t12 * z) * sign + half
        w = w * sign
        i, j, k = np.int32(u), np.int32(v), np.int32(w)
        base[pixel] = i * plane + j * row + k + k
        parts[0, pixel], parts[1, pixel] = u - np.float32(i), v - np.float32(j)
        parts[2, pixel], parts[3, pixel] = w - np.float32(k), sign


@compiled
def wave(volume: Any, shape: Any, turn: Any, q: Any, out: Any) -> None:
    """Amplitude of a turned particle in each pixel, trilinear: fills `out` float32 [2, pixels] (real, imaginary).

    `volume` is float32 [side * side * depth * 2], `shape` its (side, depth); `turn` float32 [3, 3] takes q to grid
    steps along the body's axes. Blocks of pixels: the first loop over a block is vectorised, the second one gathers.
    """
    base, parts = np.empty(BLOCK, np.int32), np.empty((4, BLOCK), np.float32)
    row, plane, one, two, three = np.uint64(2 * shape[1]), np.uint64(2 * shape[1] * shape[0]), U1, U2, U3
    for start in range(0, q.shape[1], BLOCK):
        count = min(BLOCK, q.shape[1] - start)
        cells(turn, q, start, count, shape, base, parts)
        for pixel in range(count):
            a, b, c = parts[0, pixel], parts[1, pixel], parts[2, pixel]
            w0, w1, w2, w3 = (ONE - a) * (ONE - b), (ONE - a) * b, a * (ONE - b), a * b
            s0 = np.uint64(base[pixel])
            s1, s2 = s0 + row, s0 + plane
            s3 = s2 + row
            re0 = w0 * volume[s0] + w1 * volume[s1] + w2 * volume[s2] + w3 * volume[s3]
            im0 = w0 * volume[s0 + one] + w1 * volume[s1 + one] + w2 * volume[s2 + one] + w3 * volume[s3 + one]
            re1 = w0 * volume[s0 + two] + w1 * volume[s1 + two] + w2 * volume[s2 + two] + w3 * volume[s3 + two]
            im1 = w0 * volume[s0 + three] + w1 * volume[s1 + three] + w2 * volume[s2 + three] + w3 * volume[s3 + three]
            out[0, start + pixel] = (ONE - c) * re0 + c * re1
            out[1, start + pixel] = parts[3, pixel] * ((ONE - c) * im0 + c * im1)


@compiled
def squared(one: Any, strength: Any, out: Any) -> None:
    """Add `strength` times the squared amplitude of a wave to `out` float32 [pixels]."""
    for pixel in range(out.size):
        out[pixel] += strength * (one[0, pixel] * one[0, pixel] + one[1, pixel] * one[1, pixel])


@compiled
def detect(signal: Any, weight: Any, strength: Any, stray: Any, level: Any, opening: Any, out: Any) -> Any:
    """Expected photons: `out` = opening * (strength * weight * signal + level * stray) >= 0; returns the sum."""
    total = 0.0
    for pixel in range(out.size):
        light = max(signal[pixel], ZERO) * weight[pixel] * strength + level * stray[pixel]
        out[pixel] = opening[pixel] * light
        total += float(out[pixel])
    return total


@compiled
def sinc(x: Any) -> Any:
    """sin(x) / x."""
    safe = x if abs(x) > SMALL else SMALL
    return sin_cos(safe)[0] / safe


@compiled
def interfere(one: Any, other: Any, apart: Any, strength: Any, optics: Any, q: Any, out: Any) -> None:
    """Add the cross term of two waves, as a pixel of finite size sees it, to `out` float32 [pixels].

    A pixel integrates the fringes of a pair over its area: the term is multiplied by sinc(gx / 2) sinc(gy / 2), where g
    is the change of the pair's phase from one pixel to the next. Without it, fringes finer than a pixel alias into
    noise that no detector sees. `apart` float32 [3] is the vector between the places in nm; `optics` is the wave number
    and pixel / distance, both float32.
    """
    k, pitch = optics
    for pixel in range(q.shape[1]):
        qx, qy, qz = q[0, pixel], q[1, pixel], q[2, pixel]
        nx, ny, nz = qx / k, qy / k, qz / k + ONE
        along = nx * apart[0] + ny * apart[1] + nz * apart[2]
        rate = HALF * k * pitch * nz
        seen = sinc(rate * (apart[0] - along * nx)) * sinc(rate * (apart[1] - along * ny))
        sine, cosine = sin_cos(qx * apart[0] + qy * apart[1] + qz * apart[2])
        real = one[0, pixel] * other[0, pixel] + one[1, pixel] * other[1, pixel]
        imag = one[1, pixel] * other[0, pixel] - one[0, pixel] * other[1, pixel]
        out[pixel] += TWO * strength * seen * (real * cosine + imag * sine)


@compiled
def droplet(axes: Any, q: Any, out: Any) -> None:
    """Squared form factor (1 at q = 0) of a uniform ellipsoid: fills `out` float32 [pixels].

    `axes` float32 [3, 3]: rows are semi-axes in nm. Source: 3 (sin x - x cos x) / x^3 with x = |axes q| (Guinier 1939).
    """
    for pixel in range(q.shape[1]):
        x, y, z = q[0, pixel], q[1, pixel], q[2, pixel]
        a = axes[0, 0] * x + axes[0, 1] * y + axes[0, 2] * z
        b = axes[1, 0] * x + axes[1, 1] * y + axes[1, 2] * z
        c = axes[2, 0] * x + axes[2, 1] * y + axes[2, 2] * z
        square = a * a + b * b + c * c
        far = np.sqrt(max(square, np.float32(0.04)))
        sine, cosine = sin_cos(far)
        factor = THREE * (sine - far * cosine) / (far * far * far)
        factor = factor if square > np.float32(0.04) else ONE - square / TEN
        out[pixel] = factor * factor


@compiled
def spread(points: Any, weights: Any, width: Any, reach: int, density: Any) -> None:
    """Add Gaussians of `width` grid steps at `points` (float64 [n, 3], grid steps) to `density` float32 [m, m, m]."""
    size = 2 * reach + 1
    line = np.empty((3, size), np.float32)
    for point in range(points.shape[0]):
        first = np.empty(3, np.int64)
        for axis in range(3):
            first[axis] = int(np.rint(points[point, axis])) - reach
            for step in range(size):
                away = (first[axis] + step - points[point, axis]) / width
                line[axis, step] = np.exp(-0.5 * away * away)
        for x in range(size):
            left = np.float32(weights[point]) * line[0, x]
            for y in range(size):
                both = left * line[1, y]
                target = density[first[0] + x, first[1] + y]
                for z in range(size):
                    target[first[2] + z] += both * line[2, z]
