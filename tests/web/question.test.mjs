import assert from "node:assert/strict";
import { test } from "node:test";
import { isEmpty, read, written } from "../../src/withdrawal_risk/reports/web/question.js";
import { requested } from "../../src/withdrawal_risk/reports/web/request.js";

const node = (name, more) => ({
  name, hidden: false, policy: null, levels: [-1.3, -0.5, 0, 0.5, 1.3], usual: [0.8, 0.8, 0.8], ...more,
});
const model = {
  ahead: 3,
  months: ["2025-09", "2025-10", "2025-11"],
  nodes: [node("tension"), node("gaps"), node("troops", { policy: { reference: 2000, perLevel: 500 } })],
  edges: [{ parent: 0, child: 1, lag: 1, hidden: false }],
  indicators: [{ name: "deaths", nought: null, cuts: [], family: { valid: (x) => Number.isInteger(x) && x >= 0 } }],
  scenarios: [{ name: "s1", spans: [{ node: 1, first: 0, last: 1, size: 1, shifted: false, ramp: 1 }], paths: [], pushes: [], edges: [] }],
};
const LINK =
  "scenario:s1;tension:very_high@2025-10..2025-11~2;troops:1500@2025-09..2025-11;" +
  "gaps:shift-0.5@2025-11..2025-11;tension->gaps:x0.5@2025-09..2025-11;see.deaths:3@2025-10;see.gaps:low@2025-09";

test("a link is a question, and a question its link", () => {
  const { question, forgotten } = read(model, LINK);
  assert.equal(forgotten, false);
  assert.equal(question.scenario, "s1");
  assert.deepEqual(question.settings[0], { name: "tension", how: "4", value: 0, first: 1, last: 2, ramp: 2 });
  assert.deepEqual(question.edges, [{ name: "tension->gaps", value: 0.5, first: 0, last: 2, ramp: 1 }]);
  assert.deepEqual(question.observed[1], { name: "gaps", value: 1, month: 0 });
  assert.equal(written(model, question), LINK);
});

test("rubbish in a link is left out", () => {
  for (const rubbish of ["<img src=x>", "tension:nowhere@2025-09..2025-10", "tension:high@2025-12..2026-01", "nobody:high@2025-09..2025-10",
    "tension:high@2025-11..2025-09", "gaps->tension:x1@2025-09..2025-09", "see.troops:low@2025-09", "scenario:no", "see.gaps:2@2025-09", "tension:shifthigh@2025-09..2025-09", "constructor:1@2025-09..2025-09"]) {
    const { question, forgotten } = read(model, rubbish);
    assert.ok(forgotten && isEmpty(question), rubbish);
  }
  assert.equal(read(model, "").forgotten, false);
});

test("a policy is set in its unit, a factor by the name of a level", () => {
  const { request } = requested(model, read(model, "troops:1500@2025-09..2025-09;troops:shift-250@2025-10..2025-10;tension:high@2025-09..2025-09").question);
  assert.deepEqual(request.spans.map(({ size, shifted }) => [size, shifted]), [[-1, false], [-0.5, true], [0.5, false]]);
});

test("what the library refuses is refused", () => {
  const fault = (link) => requested(model, read(model, link).question).fault?.kind;
  assert.equal(fault("tension:7@2025-09..2025-10"), "refused_number");
  assert.equal(fault("tension->gaps:x11@2025-09..2025-10"), "refused_number");
  assert.equal(fault("tension:1@2025-09..2025-10;tension:2@2025-10..2025-11"), "refused_shared");
  assert.equal(fault("scenario:s1;gaps:high@2025-10..2025-10"), "refused_shared");
  assert.equal(fault("gaps:1@2025-09..2025-10;see.gaps:low@2025-09"), "refused_both");
  assert.equal(fault("see.deaths:1.5@2025-09"), "refused_value");
  assert.equal(fault("see.deaths:1@2025-09;see.deaths:2@2025-09"), "refused_twice");
  assert.equal(fault(LINK.replace("scenario:s1;", "").replace("gaps:shift-0.5@2025-11..2025-11;", "")), undefined);
});

test("a high that lowers, and a ramp that ends unfinished, are said", () => {
  const { notes } = requested(model, read(model, "tension:high@2025-09..2025-10~9").question);
  assert.deepEqual(notes.map(({ kind }) => kind), ["unfinished", "below_baseline"]);
  assert.ok(Math.abs(notes[1].usual - 0.8) < 1e-12);
});
