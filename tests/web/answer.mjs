/** Answer questions by the script of the page: `node answer.mjs EXPORT QUESTIONS` prints JSON. */
import { deepEqual } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { Answers } from "../../src/withdrawal_risk/reports/web/answers.js";
import { modelOf } from "../../src/withdrawal_risk/reports/web/model.js";
import { Stretch, joined } from "../../src/withdrawal_risk/reports/web/stretch.js";
import { simulator } from "../../src/withdrawal_risk/reports/web/workers.js";

const [exported, questions] = process.argv.slice(2);
const data = JSON.parse(readFileSync(exported, "utf8"));
// Shared out unevenly, as to workers.
const ends = [0, Math.floor(data.draws / 3), data.draws - 1, data.draws];
const stretches = ends.slice(1).map((end, k) => new Stretch(data, ends[k], end));
for (const stretch of stretches) stretch.prepare();
const simulated = (request, seen) => joined(stretches.map((stretch) => stretch.simulate(request, seen)));
const baseline = simulated({ spans: [] }, []);
// Node has no workers such as a page has, so this does it all itself.
const alone = await simulator(data, "");
deepEqual(alone.baseline, baseline);
const answers = new Answers(modelOf(data), baseline.outcomes);
const asked = JSON.parse(readFileSync(questions, "utf8"));
const answered = ({ request, seen = [] }) => answers.answer(request, seen, simulated(request, seen));
for (const { request } of asked.filter(({ seen = [] }) => seen.length === 0).slice(0, 1)) {
  // Laws that were fitted elsewhere are those that are fitted here.
  const there = simulated(request, []);
  const ends = ({ rows }) => rows.map(({ lower, upper }) => [lower, upper]);
  const given = answers.answer(request, [], there, await alone.laws(there.outcomes));
  deepEqual(ends(given), ends(answers.answer(request, [], there)));
}
const results = [answers.usual, ...asked.map(answered)];
for (const { rows } of results) for (const row of rows) row.difference?.resolve?.();
// JSON has neither infinity nor nan.
const plain = (_, value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
console.log(JSON.stringify(results, plain));
