// @ts-check
/**
 * The law of true probabilities among draws, from what finitely many futures of each draw show; the
 * numbers of `simulation/laws.py`, which says why.
 */

/** A whole number of stretches of `PRUNED` steps. */
const STEPS = 500;
const PRUNED = 25;
const GONE = 1e-9;
const NOTHING = 1e-100;
const POINTS = 64;
const POINTS_A_SIDE = 48;
const BELOW = 0.02;
const ZERO = 1e-9;
const TWICE = 20;

/**
 * @typedef {object} Law a discrete law on a line
 * @property {number[]} support ascending
 * @property {number[]} mass summing to 1
 */

/**
 * Quantiles of a law, interpolated between its points, each point's own mass counted half.
 * @param {Law} law
 * @param {number[]} probabilities
 */
export function quantiles({ support, mass }, probabilities) {
  let sum = 0;
  const below = mass.map((one) => (sum += one) - one / 2);
  return probabilities.map((p) => {
    if (p <= below[0]) return support[0];
    if (p >= below[below.length - 1]) return support[support.length - 1];
    let i = 1;
    while (below[i] <= p) i++;
    const share = (p - below[i - 1]) / (below[i] - below[i - 1]);
    return support[i - 1] + share * (support[i] - support[i - 1]);
  });
}

/**
 * Mass on the points of a grid, by expectation and maximisation.
 * @param {Float64Array[]} logLikelihood by row, over points
 * @param {Float64Array} weight of the rows, summing to 1
 * @returns {Float64Array}
 */
function fitted(logLikelihood, weight) {
  const points = logLikelihood[0].length;
  const whole = new Float64Array(points).fill(1 / points);
  let left = Int32Array.from({ length: points }, (_, i) => i);
  let likelihood = logLikelihood.map(scaled);
  let mass = whole.slice();
  for (let step = 0; step < STEPS; step += PRUNED) {
    const received = new Float64Array(left.length);
    for (let i = 0; i < PRUNED; i++) update(likelihood, weight, mass, received);
    // Mass that has all but gone does not come back, and most points lose theirs soon.
    const kept = new Int32Array(left.length);
    let count = 0;
    for (let i = 0; i < left.length; i++) {
      whole[left[i]] = mass[i];
      if (mass[i] > GONE) kept[count++] = i;
    }
    const places = kept.subarray(0, count);
    left = places.map((i) => left[i]);
    likelihood = likelihood.map((row) => chosen(row, places));
    mass = chosen(mass, places);
  }
  return normalised(whole);
}

/**
 * Likelihoods as parts of the largest of their row; unscaled, those of many futures underflow.
 * @param {Float64Array} row of logarithms
 */
function scaled(row) {
  const top = row.reduce((a, b) => Math.max(a, b), -Infinity);
  return row.map((value) => Math.exp(value - top));
}

/**
 * One step: rows share their weight among the points in proportion to mass times likelihood.
 * @param {Float64Array[]} likelihood
 * @param {Float64Array} weight
 * @param {Float64Array} mass overwritten
 * @param {Float64Array} received room for as many numbers
 */
function update(likelihood, weight, mass, received) {
  received.fill(0);
  for (let r = 0; r < likelihood.length; r++) {
    const row = likelihood[r];
    addScaled(received, row, weight[r] / product(row, mass));
  }
  for (let i = 0; i < mass.length; i++) {
    const next = mass[i] * received[i];
    // Numbers too small for their digits would take a hundred times as long.
    mass[i] = next < NOTHING ? 0 : next;
  }
}

/**
 * @param {Float64Array} row
 * @param {Int32Array} places
 */
function chosen(row, places) {
  const result = new Float64Array(places.length);
  for (let i = 0; i < places.length; i++) result[i] = row[places[i]];
  return result;
}

/**
 * The inner product; four sums at once, because each addition waits for the one before.
 * @param {Float64Array} a
 * @param {Float64Array} b
 */
function product(a, b) {
  const n = a.length;
  let [one, two, three, four] = [0, 0, 0, 0];
  let i = 0;
  for (; i + 3 < n; i += 4) {
    one += a[i] * b[i];
    two += a[i + 1] * b[i + 1];
    three += a[i + 2] * b[i + 2];
    four += a[i + 3] * b[i + 3];
  }
  for (; i < n; i++) one += a[i] * b[i];
  return one + two + three + four;
}

/**
 * @param {Float64Array} to
 * @param {Float64Array} from
 * @param {number} factor
 */
function addScaled(to, from, factor) {
  const n = from.length;
  for (let i = 0; i < n; i++) to[i] += factor * from[i];
}

/** @param {Float64Array} whole */
function normalised(whole) {
  let total = 0;
  for (let i = 0; i < whole.length; i++) {
    if (whole[i] < GONE) whole[i] = 0;
    total += whole[i];
  }
  return whole.map((one) => one / total);
}

/**
 * The different rows of some columns, with the weight of each.
 * @param {ArrayLike<number>[]} columns
 * @param {(row: number) => number} weight
 * @returns {{rows: number[][], weight: Float64Array}}
 */
function different(columns, weight) {
  /** @type {Map<string, {row: number[], weight: number}>} */
  const found = new Map();
  for (let d = 0; d < columns[0].length; d++) {
    const row = columns.map((column) => column[d]);
    const key = row.join();
    const known = found.get(key);
    if (known === undefined) found.set(key, { row, weight: weight(d) });
    else known.weight += weight(d);
  }
  const kept = [...found.values()].filter((item) => item.weight > 0);
  const total = kept.reduce((sum, item) => sum + item.weight, 0);
  return {
    rows: kept.map((item) => item.row),
    weight: Float64Array.from(kept, (item) => item.weight / total),
  };
}

/**
 * @param {number} from
 * @param {number} to
 * @param {number} count
 */
function evenly(from, to, count) {
  return Array.from({ length: count }, (_, i) => from + ((to - from) * i) / (count - 1));
}

/** Half up would differ from Python, which rounds halves to even. @param {number} x */
function rounded(x) {
  const below = Math.floor(x);
  if (x - below !== 0.5) return Math.round(x);
  return below % 2 === 0 ? below : below + 1;
}

/**
 * The law of the probability of an event among draws.
 * @param {ArrayLike<number>} events by draw
 * @param {ArrayLike<number>} trials futures that count, by draw
 * @param {ArrayLike<number> | null} weight of the draws
 * @returns {Law}
 */
export function lawOfProbabilities(events, trials, weight) {
  const used = Array.from(events, (_, d) => d).filter(
    (d) => trials[d] > 0 && (weight === null || weight[d] > 0),
  );
  const number = used.map((d) => Math.max(rounded(trials[d]), 1));
  const happened = used.map((d, i) => {
    const quarters = rounded((4 * events[d] * number[i]) / trials[d]) / 4;
    return Math.min(Math.max(quarters, 0), number[i]);
  });
  const alike = 1 / Math.max(used.length, 1);
  const { rows, weight: share } = different([happened, number], (i) =>
    weight === null ? alike : weight[used[i]],
  );
  const some = rows.some(([k]) => k > 0);
  if (!some || !rows.some(([k, n]) => k < n)) return { support: [some ? 1 : 0], mass: [1] };
  const most = Math.max(...rows.map(([, n]) => n));
  const end = Math.asin(Math.sqrt(Math.min(BELOW / most, 0.5)));
  const inner = evenly(end, Math.PI / 2 - end, POINTS).map((angle) => Math.sin(angle) ** 2);
  const grid = [ZERO, ...inner, 1 - ZERO];
  const logs = grid.map(Math.log);
  const others = grid.map((p) => Math.log1p(-p));
  const likelihood = rows.map(([k, n]) =>
    Float64Array.from(grid, (_, i) => k * logs[i] + (n - k) * others[i]),
  );
  return { support: [0, ...inner, 1], mass: [...fitted(likelihood, share)] };
}

/**
 * The shares on which a gain or a loss may lie.
 * @param {number[]} count
 * @param {number} futures
 */
function sideOf(count, futures) {
  const largest = Math.max(...count);
  if (largest === 0) return [0];
  const most = Math.min((1.2 * largest + 2) / futures, 1);
  const roots = evenly(Math.sqrt(Math.min(BELOW / futures, most)), Math.sqrt(most), POINTS_A_SIDE);
  return [0, ...roots.map((root) => root ** 2)];
}

/**
 * The law of the difference of an event's probability between two worlds, among draws.
 * @param {ArrayLike<number>} gained futures in which it comes about in the other world alone
 * @param {ArrayLike<number>} lost and in this world alone
 * @param {number} futures of each draw
 * @returns {Law}
 */
export function lawOfDifferences(gained, lost, futures) {
  const { rows, weight } = different([gained, lost], () => 1 / gained.length);
  const ups = sideOf(rows.map(([up]) => up), futures);
  const downs = sideOf(rows.map(([, down]) => down), futures);
  /** @type {[number, number][]} */
  const points = [];
  for (const up of ups) for (const down of downs) if (up + down < 1) points.push([up, down]);
  points.sort(([a, b], [c, d]) => a - b - (c - d));
  const gain = points.map(([up]) => Math.log(Math.max(up, ZERO)));
  const loss = points.map(([, down]) => Math.log(Math.max(down, ZERO)));
  const rest = points.map(([up, down]) => Math.log1p(-up - down));
  const likelihood = rows.map(([up, down]) =>
    Float64Array.from(gain, (_, i) => up * gain[i] + down * loss[i] + (futures - up - down) * rest[i]),
  );
  return {
    support: points.map(([up, down]) => up - down),
    mass: [...fitted(likelihood, weight)],
  };
}

/**
 * Whether events are frequent enough for their spread between draws to be estimated.
 * @param {ArrayLike<number>} events by draw
 */
export function resolvesSpread(events) {
  let pairs = 0;
  for (let d = 0; d < events.length; d++) pairs += (events[d] * (events[d] - 1)) / 2;
  return pairs >= TWICE;
}
