// @ts-check
/** Special functions. */

const HALF_LOG_2PI = 0.5 * Math.log(2 * Math.PI);

/**
 * Log of the gamma function of a positive number (NIST Handbook of Mathematical Functions, 5.11.1).
 * @param {number} x
 */
export function logGamma(x) {
  let shift = 0;
  let y = x;
  // The series is exact to the last digits from here on.
  if (y < 10) {
    let product = 1;
    for (; y < 10; y++) product *= y;
    shift = Math.log(product);
  }
  const square = 1 / (y * y);
  const series =
    (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square * (1 / 1188 -
      square * (691 / 360360 - square / 156)))))) / y;
  return (y - 0.5) * Math.log(y) - y + HALF_LOG_2PI + series - shift;
}

/**
 * Continued fraction of the complementary error function, scaled by exp(x * x); for x of 2 or more.
 * @param {number} x
 */
function scaledComplement(x) {
  let fraction = x;
  for (let k = 60; k > 0; k--) fraction = x + k / 2 / fraction;
  return 1 / (Math.sqrt(Math.PI) * fraction);
}

/**
 * Error function near 0 by its series.
 * @param {number} x
 */
function errorSeries(x) {
  let term = x;
  let total = x;
  for (let k = 1; k < 60; k++) {
    term *= (2 * x * x) / (2 * k + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

/**
 * Log of the standard normal distribution function.
 * @param {number} score
 */
export function logNormal(score) {
  const x = Math.abs(score) / Math.SQRT2;
  if (x < 2) {
    const inside = errorSeries(x);
    return Math.log(score < 0 ? 0.5 * (1 - inside) : 0.5 * (1 + inside));
  }
  const scaled = scaledComplement(x);
  if (score > 0) return Math.log1p(-0.5 * Math.exp(-x * x) * scaled);
  return -x * x + Math.log(0.5 * scaled);
}

/**
 * Continued fraction of the incomplete beta function (Lentz's method).
 * @param {number} a
 * @param {number} b
 * @param {number} x
 */
function betaFraction(a, b, x) {
  const TINY = 1e-300;
  let c = 1;
  let d = 1 / Math.max(1 - ((a + b) * x) / (a + 1), TINY);
  let fraction = d;
  for (let m = 1; m <= 20000; m++) {
    for (const odd of [false, true]) {
      const numerator = odd
        ? (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1))
        : (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
      d = 1 + numerator * d;
      c = 1 + numerator / c;
      d = 1 / (Math.abs(d) < TINY ? TINY : d);
      c = Math.abs(c) < TINY ? TINY : c;
      fraction *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return fraction;
}

/**
 * Regularised incomplete beta function.
 * @param {number} a
 * @param {number} b
 * @param {number} x
 */
export function incompleteBeta(a, b, x) {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  const log = logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x);
  const front = Math.exp(log);
  // The fraction converges fast on the near side of the mean.
  if (x < (a + 1) / (a + b + 2)) return (front * betaFraction(a, b, x)) / a;
  return 1 - (front * betaFraction(b, a, 1 - x)) / b;
}

/**
 * Inverse of `incompleteBeta` in x, by halving.
 * @param {number} a
 * @param {number} b
 * @param {number} probability
 */
export function inverseBeta(a, b, probability) {
  let low = 0;
  let high = 1;
  for (let step = 0; step < 60 && high - low > 1e-15; step++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(a, b, middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
