// @ts-check
/** Numbers that Python has packed: columns of 12 bits, truths of one. */

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The value of every digit of base 64, by its character code. */
const VALUE = new Uint8Array(128);
for (let i = 0; i < DIGITS.length; i++) VALUE[DIGITS.charCodeAt(i)] = i;

/** @param {string} text in base 64 */
function bytesOf(text) {
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}

/**
 * The columns of a model, one number a draw.
 * @param {{heads: [number, number][], codes: string}} packed
 * @param {number} draws
 * @returns {Float64Array[]}
 */
export function unpackColumns(packed, draws) {
  const { codes } = packed;
  let at = 0;
  return packed.heads.map(([low, step]) => {
    const column = new Float64Array(draws).fill(low);
    if (step === 0) return column;
    for (let d = 0; d < draws; d++, at += 2) {
      const code = (VALUE[codes.charCodeAt(at)] << 6) | VALUE[codes.charCodeAt(at + 1)];
      column[d] = low + step * code;
    }
    return column;
  });
}

/**
 * Truths by draw as words with a bit for each future.
 * @param {string | boolean} packed
 * @param {number} draws
 * @param {number} futures
 * @returns {Uint32Array}
 */
export function unpackTruth(packed, draws, futures) {
  const masks = new Uint32Array(draws);
  if (typeof packed === "boolean") return masks.fill(packed ? 2 ** futures - 1 : 0);
  const bytes = bytesOf(packed);
  for (let i = 0; i < draws * futures; i++) {
    if ((bytes[i >> 3] >> (i & 7)) & 1) masks[Math.floor(i / futures)] |= 1 << (i % futures);
  }
  return masks;
}

/**
 * Numbers by draw and future; those that are alike are packed as one or as one a draw.
 * @param {number | {kind: string, alike: boolean, values: string}} packed
 * @param {number} draws
 * @param {number} futures
 * @returns {Float64Array}
 */
export function unpackNumbers(packed, draws, futures) {
  const numbers = new Float64Array(draws * futures);
  if (typeof packed === "number") return numbers.fill(packed);
  const view = new DataView(bytesOf(packed.values).buffer);
  const read = {
    u1: (/** @type {number} */ i) => view.getUint8(i),
    u2: (/** @type {number} */ i) => view.getUint16(2 * i, true),
    f4: (/** @type {number} */ i) => view.getFloat32(4 * i, true),
  }[packed.kind];
  if (read === undefined) throw new Error(`unknown kind of number ${packed.kind}`);
  return numbers.map((_, i) => read(packed.alike ? Math.floor(i / futures) : i));
}
