import assert from "node:assert/strict";
import { test } from "node:test";
import { differenceInterval, interval, percent, points, say, word } from "../../src/withdrawal_risk/reports/web/text.js";

const labels = {
  percent: "{number} %", below: "<{number}", above: ">{number}", fromTo: "{low} to {high}", isolate: "{text}", or: " or ",
  point: { one: "{number} point", other: "{number} points" }, notResolved: "not resolved",
  icd203: [[0.05, "almost no chance"], [0.2, "very unlikely"], [0.45, "unlikely"], [1.01, "more"]],
};

test("no probability is rounded to certainty", () => {
  assert.deepEqual([0, 0.004, 0.125, 0.999, 1].map((p) => percent(labels, p)), ["<1 %", "<1 %", "12 %", ">99 %", ">99 %"]);
  assert.equal(interval(labels, 0, 0.005), "<1 %");
  assert.equal(interval(labels, 0.1, 0.2), "10 % to 20 %");
});

test("differences have signs, and points their number", () => {
  assert.equal(points(labels, "en", 0.01), "+1.0 points");
  assert.equal(points(labels, "en", -0.12), "−12 points");
  assert.equal(differenceInterval(labels, -0.021, 0.004), "−2.1 to +0.4");
  assert.equal(differenceInterval(labels, NaN, 0.004), "not resolved");
});

test("at a border both words are said", () => {
  assert.equal(word(labels, 0.1, 0), "very unlikely");
  assert.equal(word(labels, 0.195, 0.01), "very unlikely or unlikely");
});

test("fields are filled in as Python fills them in", () => {
  assert.equal(say("{label} is {level!r}", { label: "A", level: "high" }), "A is 'high'");
});
