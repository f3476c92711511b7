import assert from "node:assert/strict";
import { test } from "node:test";
import { Clauses } from "../../src/withdrawal_risk/reports/web/clauses.js";
import { lawOfProbabilities, quantiles, resolvesSpread } from "../../src/withdrawal_risk/reports/web/laws.js";
import { paretoK } from "../../src/withdrawal_risk/reports/web/pareto.js";
import { incompleteBeta, inverseBeta, logGamma, logNormal } from "../../src/withdrawal_risk/reports/web/special.js";

const near = (a, b, error = 1e-12) => assert.ok(Math.abs(a - b) <= error * (1 + Math.abs(b)), `${a} ${b}`);

test("special functions have the values of tables", () => {
  near(logGamma(0.5), Math.log(Math.sqrt(Math.PI)));
  near(logGamma(5), Math.log(24));
  near(logGamma(1000.5), 5908.674175848678);
  near(logNormal(0), Math.log(0.5));
  near(logNormal(-1.959963984540054), Math.log(0.025), 1e-11);
  near(logNormal(-10), -53.23128515051247, 1e-11);
  near(logNormal(-38), -726.5572160188201, 1e-11);
  near(incompleteBeta(2, 3, 0.4), 0.5248);
  near(inverseBeta(8000, 8001, 0.05), 0.49346727576753596, 1e-10);
});

test("a law without spread is a point, and quantiles are interpolated", () => {
  assert.deepEqual(lawOfProbabilities([0, 0], [16, 16], null).support, [0]);
  assert.deepEqual(lawOfProbabilities([16, 16], [16, 16], null).support, [1]);
  assert.deepEqual(quantiles({ support: [0, 1], mass: [0.5, 0.5] }, [0.25, 0.5, 0.75, 0.9]), [0, 0.5, 1, 1]);
  assert.equal(resolvesSpread([6, 3, 2]), false);
  assert.equal(resolvesSpread([6, 3, 3]), true);
});

test("weights that tie have no tail to fear", () => {
  assert.equal(paretoK(new Float64Array(100)), -Infinity);
  assert.equal(paretoK(new Float64Array(10)), Infinity);
  const few = (values, counts) => Float64Array.from(values.flatMap((value, i) => Array(counts[i]).fill(Math.log(value))));
  assert.equal(paretoK(few([1, 1.5, 2], [370, 25, 5])), -Infinity);
  assert.equal(paretoK(few([1, 50], [393, 7])), Infinity);
});

const clause = (more) => ({
  first: 0, last: 2, months: 3, bound: 0.7, lower: true, size: 0, past: null, failures: false, least: null, most: null, ...more,
});

test("a mean that meets its bound but for rounding meets it from either side", () => {
  const clauses = new Clauses(1);
  const values = Float64Array.of(0.7, 0.7, 0.7);
  for (const lower of [true, false]) {
    assert.equal(clauses.holds(clause({ statistic: "mean", lower }), 0, values, 0, 1), 1);
  }
});

test("months that have passed are part of a clause", () => {
  const clauses = new Clauses(2);
  const values = Float64Array.of(1, 2, 1, 2);
  const both = { first: 0, last: 1, months: 3 };
  const total = clause({ ...both, statistic: "total", bound: 5, past: Float64Array.of(3, 3) });
  assert.equal(clauses.holds(total, 0, values, 0, 2), 0b11);
  const later = clause({ ...both, statistic: "total", bound: 6, past: Float64Array.of(3, 3) });
  assert.equal(clauses.holds(later, 0, values, 0, 2), 0b10);
  const always = clause({ ...both, statistic: "count", bound: 2, failures: true, most: 0, past: Float64Array.of(0, 0) });
  assert.equal(clauses.holds(always, 0, values, 0, 2), 0b10);
  const highest = clause({ ...both, statistic: "max", bound: 1.5, lower: false, past: Float64Array.of(0, 1) });
  assert.equal(clauses.holds(highest, 0, values, 0, 2), 0b01);
});
