// @ts-check
/**
 * Random numbers that Python and this page make alike; `reports/live/noise.py` says what they are.
 */

/** @typedef {readonly [number, number]} Key two words of 32 bits */

const PARITY = 0x1bd11bda;
const ATTEMPTS = 64;
const WORD = 2 ** -32;

const words = new Int32Array(2);

/**
 * Threefry-2x32 with 20 rounds, written out because millions of words are drawn.
 * @param {Key} key
 * @param {number} first word of the counter
 * @param {number} second word of the counter
 * @returns {Int32Array} two words, overwritten by the next call
 */
export function threefry(key, first, second) {
  const k0 = key[0] | 0;
  const k1 = key[1] | 0;
  const k2 = PARITY ^ k0 ^ k1;
  let a = (first + k0) | 0;
  let b = (second + k1) | 0;
  a = (a + b) | 0;
  b = ((b << 13) | (b >>> 19)) ^ a;
  a = (a + b) | 0;
  b = ((b << 15) | (b >>> 17)) ^ a;
  a = (a + b) | 0;
  b = ((b << 26) | (b >>> 6)) ^ a;
  a = (a + b) | 0;
  b = ((b << 6) | (b >>> 26)) ^ a;
  a = (a + k1) | 0;
  b = (b + k2 + 1) | 0;
  a = (a + b) | 0;
  b = ((b << 17) | (b >>> 15)) ^ a;
  a = (a + b) | 0;
  b = ((b << 29) | (b >>> 3)) ^ a;
  a = (a + b) | 0;
  b = ((b << 16) | (b >>> 16)) ^ a;
  a = (a + b) | 0;
  b = ((b << 24) | (b >>> 8)) ^ a;
  a = (a + k2) | 0;
  b = (b + k0 + 2) | 0;
  a = (a + b) | 0;
  b = ((b << 13) | (b >>> 19)) ^ a;
  a = (a + b) | 0;
  b = ((b << 15) | (b >>> 17)) ^ a;
  a = (a + b) | 0;
  b = ((b << 26) | (b >>> 6)) ^ a;
  a = (a + b) | 0;
  b = ((b << 6) | (b >>> 26)) ^ a;
  a = (a + k0) | 0;
  b = (b + k1 + 3) | 0;
  a = (a + b) | 0;
  b = ((b << 17) | (b >>> 15)) ^ a;
  a = (a + b) | 0;
  b = ((b << 29) | (b >>> 3)) ^ a;
  a = (a + b) | 0;
  b = ((b << 16) | (b >>> 16)) ^ a;
  a = (a + b) | 0;
  b = ((b << 24) | (b >>> 8)) ^ a;
  a = (a + k1) | 0;
  b = (b + k2 + 4) | 0;
  a = (a + b) | 0;
  b = ((b << 13) | (b >>> 19)) ^ a;
  a = (a + b) | 0;
  b = ((b << 15) | (b >>> 17)) ^ a;
  a = (a + b) | 0;
  b = ((b << 26) | (b >>> 6)) ^ a;
  a = (a + b) | 0;
  b = ((b << 6) | (b >>> 26)) ^ a;
  a = (a + k2) | 0;
  b = (b + k0 + 5) | 0;
  words[0] = a;
  words[1] = b;
  return words;
}

/**
 * The key of a month, counted from the first future one.
 * @param {Key} key
 * @param {number} month
 * @returns {Key}
 */
export function monthKey(key, month) {
  const [first, second] = threefry(key, month, 0);
  return [first, second];
}

/** @param {number} x */
function centre(x) {
  return (
    (((((((2.509080928730122672e3 * x + 3.3430575583588128105e4) * x + 6.7265770927008700853e4) * x +
      4.5921953931549871457e4) * x + 1.3731693765509461125e4) * x + 1.9715909503065514427e3) * x +
      1.3314166789178437745e2) * x + 3.387132872796366608) /
    (((((((5.226495278852854561e3 * x + 2.8729085735721942674e4) * x + 3.9307895800092710610e4) * x +
      2.1213794301586595867e4) * x + 5.3941960214247511077e3) * x + 6.8718700749205790830e2) * x +
      4.2313330701600911252e1) * x + 1)
  );
}

/** @param {number} x */
function tail(x) {
  return (
    (((((((7.7454501427834140764e-4 * x + 2.27238449892691845833e-2) * x +
      2.4178072517745061177e-1) * x + 1.27045825245236838258) * x + 3.64784832476320460504) * x +
      5.7694972214606914055) * x + 4.6303378461565452959) * x + 1.42343711074968357734) /
    (((((((1.05075007164441684324e-9 * x + 5.475938084995344946e-4) * x +
      1.51986665636164571966e-2) * x + 1.4810397642748007459e-1) * x + 6.8976733498510000455e-1) * x +
      1.6763848301838038494) * x + 2.05319162663775882187) * x + 1)
  );
}

/**
 * Standard normal quantile of a probability between 2 ** -33 and 1 - 2 ** -33 (AS 241).
 * @param {number} probability
 */
export function normalQuantile(probability) {
  const q = probability - 0.5;
  if (Math.abs(q) <= 0.425) return q * centre(0.180625 - q * q);
  const size = tail(Math.sqrt(-Math.log(q < 0 ? probability : 1 - probability)) - 1.6);
  return q < 0 ? -size : size;
}

/**
 * Student-t quantile of four degrees of freedom.
 * @param {number} probability
 */
export function studentQuantile(probability) {
  const low = Math.min(probability, 1 - probability);
  const root = Math.sqrt(4 * low * (1 - low));
  const size = 2 * Math.sqrt(Math.max(Math.cos(Math.acos(root) / 3) / root - 1, 0));
  return probability < 0.5 ? -size : size;
}

/** A stream of random numbers of one name and month. */
export class Noise {
  /** @param {Key} key as from `monthKey` */
  constructor(key) {
    this.key = key;
  }

  /**
   * A uniform number strictly between 0 and 1.
   * @param {number} draw
   * @param {number} future
   * @param {number} position
   */
  uniform(draw, future, position) {
    const pair = threefry(this.key, draw, (position << 16) | (future >> 1));
    return ((pair[future & 1] >>> 0) + 0.5) * WORD;
  }

  /**
   * Uniform numbers of all futures of a draw; one counter serves two of them.
   * @param {number} draw
   * @param {number} position
   * @param {number} futures
   * @param {Float64Array} out
   * @param {number} at
   */
  uniforms(draw, position, futures, out, at) {
    for (let future = 0; future < futures; future += 2) {
      const pair = threefry(this.key, draw, (position << 16) | (future >> 1));
      out[at + future] = ((pair[0] >>> 0) + 0.5) * WORD;
      if (future + 1 < futures) out[at + future + 1] = ((pair[1] >>> 0) + 0.5) * WORD;
    }
  }

  /**
   * A gamma number of scale 1, by rejection (Marsaglia and Tsang).
   * @param {number} draw
   * @param {number} future
   * @param {number} position the first of 129 that it may take
   * @param {number} shape
   */
  gamma(draw, future, position, shape) {
    const d = (shape < 1 ? shape + 1 : shape) - 1 / 3;
    const width = Math.sqrt(9 * d);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const score = normalQuantile(this.uniform(draw, future, position + 1 + 2 * attempt));
      const root = 1 + score / width;
      if (root <= 0) continue;
      const v = root * root * root;
      const uniform = this.uniform(draw, future, position + 2 + 2 * attempt);
      if (Math.log(uniform) >= 0.5 * score * score + d * (1 - v + Math.log(v))) continue;
      return shape < 1 ? d * v * this.uniform(draw, future, position) ** (1 / shape) : d * v;
    }
    return NaN;
  }
}
