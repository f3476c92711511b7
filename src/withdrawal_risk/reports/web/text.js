// @ts-check
/** Numbers and labels in words, as `language/numbers.py` writes them. */

/** @typedef {any} Labels the words of a language, as `live/labels.py` makes them */

/**
 * Fill in the fields of a template of Python; `{x!r}` quotes.
 * @param {string} template
 * @param {Record<string, string | number>} [values]
 */
export function say(template, values = {}) {
  return template.replace(/\{(\w+)(!r)?\}/g, (_, name, quoted) =>
    quoted ? `'${values[name]}'` : String(values[name]),
  );
}

/**
 * Keep the sign of a number on its left.
 * @param {Labels} labels
 * @param {string} number
 */
export function withSign(labels, number) {
  return /^[+−×-]/.test(number) ? say(labels.isolate, { text: number }) : number;
}

/**
 * A probability that never rounds to certainty.
 * @param {Labels} labels
 * @param {number} probability
 */
export function percent(labels, probability) {
  const of = (/** @type {string} */ number) => say(labels.percent, { number });
  if (100 * probability < 1) return say(labels.below, { number: of("1") });
  if (100 * probability > 99) return say(labels.above, { number: of("99") });
  return of(toFixed(100 * probability, 0));
}

/**
 * Halves are rounded to even, as in Python.
 * @param {number} value
 * @param {number} decimals
 */
function toFixed(value, decimals) {
  const scaled = value * 10 ** decimals;
  const tie = Math.abs(scaled % 1) === 0.5 && Math.floor(Math.abs(scaled)) % 2 === 0;
  return (tie ? Math.trunc(scaled) / 10 ** decimals : value).toFixed(decimals);
}

/**
 * @param {Labels} labels
 * @param {number} low
 * @param {number} high
 */
export function interval(labels, low, high) {
  const ends = [percent(labels, low), percent(labels, high)];
  return ends[0] === ends[1] ? ends[0] : say(labels.fromTo, { low: ends[0], high: ends[1] });
}

/**
 * A number with its sign; what rounds to 0 has none.
 * @param {Labels} labels
 * @param {number} value
 * @param {number} decimals
 */
export function signed(labels, value, decimals) {
  const size = toFixed(Math.abs(value), decimals);
  const sign = Number(size) === 0 ? "" : value < 0 ? "−" : "+";
  return withSign(labels, sign + size);
}

/**
 * A difference of probabilities in percentage points.
 * @param {Labels} labels
 * @param {string} lang
 * @param {number} difference
 */
export function points(labels, lang, difference) {
  const size = 100 * difference;
  const number = signed(labels, size, Math.abs(size) < 9.95 ? 1 : 0);
  const plain = number.replace(/[⁦⁩+−-]/g, "");
  const kind = /^\d+$/.test(plain) ? new Intl.PluralRules(lang).select(Number(plain)) : "other";
  const form = labels.point[kind]?.includes("{number}") ? labels.point[kind] : labels.point.other;
  return say(form, { number });
}

/**
 * An interval of differences, or that it is not resolved.
 * @param {Labels} labels
 * @param {number} low
 * @param {number} high
 */
export function differenceInterval(labels, low, high) {
  if (!Number.isFinite(low) || !Number.isFinite(high)) return labels.notResolved;
  const decimals = Math.max(Math.abs(low), Math.abs(high)) >= 0.0995 ? 0 : 1;
  const [from, to] = [low, high].map((end) => signed(labels, 100 * end, decimals));
  return say(labels.fromTo, { low: from, high: to });
}

/**
 * The word of ICD 203; where a border lies within twice the Monte Carlo error, both.
 * @param {Labels} labels
 * @param {number} probability
 * @param {number} error
 */
export function word(labels, probability, error) {
  /** @type {[number, string][]} */
  const bins = labels.icd203;
  const place = (/** @type {number} */ end) => bins.findIndex(([upper]) => end < upper);
  const first = place(Math.max(probability - 2 * error, 0));
  const last = place(Math.min(probability + 2 * error, 1));
  return bins.slice(first, last + 1).map(([, name]) => name).join(labels.or);
}

/**
 * A level, or the value of a policy in its unit.
 * @param {Labels} labels
 * @param {{policy: {reference: number, perLevel: number} | null}} node
 * @param {number} level
 */
export function levelNumber(labels, { policy }, level) {
  const value = policy === null ? level : policy.reference + policy.perLevel * level;
  const decimals = policy === null ? 1 : 0;
  const options = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  const text = value.toLocaleString("en-US", options).replace("-", "−");
  return withSign(labels, text);
}
