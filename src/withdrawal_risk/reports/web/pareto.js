// @ts-check
/**
 * Pareto shape of the largest importance weights: the estimate of Zhang and Stephens (2009) with the
 * prior of Vehtari et al. (JMLR 25, 2024), as ArviZ computes it.
 */

/** Times their mean below which weights make no tail: that many draws count as one at worst. */
const BOUNDED = 10;

/** Twice the smallest relative difference of numbers, times five. */
const NEGLIGIBLE = 10 * 2 ** -52;

/**
 * Infinite where it cannot be estimated.
 * @param {Float64Array} logWeight
 * @returns {number}
 */
export function paretoK(logWeight) {
  const finite = logWeight.filter((value) => Number.isFinite(value)).sort();
  const n = finite.length;
  if (n < 25) return Infinity;
  const apart = finite[n - 1] - finite[n - Math.max(Math.floor(n / 50), 5)];
  // Many draws that tie for the largest weight bound it: there is no tail to fear.
  if (apart < 1e-12) return -Infinity;
  const shape = shapeOfTail(finite);
  if (!Number.isNaN(shape)) return shape;
  // Weights of a few values, such as shares of a draw's futures, have no fit.
  const total = finite.reduce((sum, value) => sum + Math.exp(value - finite[n - 1]), 0);
  return logWeight.length / total < BOUNDED ? -Infinity : Infinity;
}

/** @param {Float64Array} sorted */
function shapeOfTail(sorted) {
  const n = sorted.length;
  const size = Math.floor(n > 225 ? 3 * Math.sqrt(n) : n / 5);
  const top = sorted[n - 1];
  const cutoff = Math.exp(sorted[n - size - 1] - top);
  return fittedShape(sorted.subarray(n - size).map((log) => Math.exp(log - top) - cutoff));
}

/** @param {Float64Array} tail ascending distances above the cutoff */
function fittedShape(tail) {
  const n = tail.length;
  const count = 30 + Math.floor(Math.sqrt(n));
  const quartile = tail[Math.floor(n / 4 + 0.5 - 1)];
  if (quartile <= tail[0]) return NaN;
  const rates = Array.from(
    { length: count },
    (_, i) => (1 - Math.sqrt(count / (i + 0.5))) / (3 * quartile) + 1 / tail[n - 1],
  );
  const fits = rates.map((rate) => {
    const shape = meanLog(tail, rate);
    return n * (Math.log(-rate / shape) - shape - 1);
  });
  const best = Math.max(...fits);
  const raw = fits.map((fit) => Math.exp(fit - best));
  const total = raw.reduce((a, x) => a + x, 0);
  const weights = raw.map((one) => (one / total >= NEGLIGIBLE ? one / total : 0));
  const kept = weights.reduce((a, x) => a + x, 0);
  const rate = rates.reduce((sum, one, i) => sum + (one * weights[i]) / kept, 0);
  const shape = (n * meanLog(tail, rate) + 5) / (n + 10);
  return Number.isNaN(shape) ? Infinity : shape;
}

/**
 * @param {Float64Array} tail
 * @param {number} rate
 */
function meanLog(tail, rate) {
  let total = 0;
  for (const one of tail) total += Math.log1p(-rate * one);
  return total / tail.length;
}
