import assert from "node:assert/strict";
import { test } from "node:test";
import { Noise, monthKey, normalQuantile, studentQuantile, threefry } from "../../src/withdrawal_risk/reports/web/noise.js";

const hex = (words) => [...words].map((word) => (word >>> 0).toString(16).padStart(8, "0"));

test("threefry gives the words that its authors publish", () => {
  const published = [
    [[0, 0], [0, 0], ["6b200159", "99ba4efe"]],
    [[0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], ["1cb996fc", "bb002be7"]],
    [[0x13198a2e, 0x03707344], [0x243f6a88, 0x85a308d3], ["c4923a9c", "483df7a0"]],
  ];
  for (const [key, [first, second], words] of published) {
    assert.deepEqual(hex(threefry(key, first, second)), words);
  }
});

test("quantiles are those of tables", () => {
  for (const [p, z] of [[0.5, 0], [0.975, 1.959963984540054], [1e-6, -4.753424308822899]]) {
    assert.ok(Math.abs(normalQuantile(p) - z) < 1e-12);
  }
  assert.ok(Math.abs(studentQuantile(0.975) - 2.7764451051977987) < 1e-12);
  assert.ok(Math.abs(studentQuantile(0.01) + 3.7469473879791965) < 1e-12);
});

test("a row holds the numbers of its futures", () => {
  const noise = new Noise(monthKey([1, 2], 3));
  const row = new Float64Array(7);
  noise.uniforms(5, 2, 5, row, 1);
  for (let future = 0; future < 5; future++) assert.equal(row[1 + future], noise.uniform(5, future, 2));
  assert.equal(row[0] + row[6], 0);
});

test("gamma numbers have their mean and variance", () => {
  const noise = new Noise([7, 9]);
  for (const shape of [0.4, 3.5]) {
    const many = Array.from({ length: 20_000 }, (_, draw) => noise.gamma(draw, 0, 0, shape));
    const mean = many.reduce((a, x) => a + x) / many.length;
    const variance = many.reduce((a, x) => a + (x - mean) ** 2, 0) / many.length;
    // Six standard errors: a false alarm in 500 million.
    assert.ok(Math.abs(mean - shape) < 6 * Math.sqrt(shape / many.length));
    const error = Math.sqrt((2 * shape ** 2 + 6 * shape) / many.length);
    assert.ok(Math.abs(variance - shape) < 6 * error);
  }
});
