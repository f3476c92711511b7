/** Answer questions by the script of the page: `node answer.mjs EXPORT QUESTIONS` prints JSON. */
import { readFileSync } from "node:fs";
import { Answers } from "../../src/withdrawal_risk/reports/web/answers.js";
import { modelOf } from "../../src/withdrawal_risk/reports/web/model.js";
import { Prepared } from "../../src/withdrawal_risk/reports/web/prepared.js";

const [exported, questions] = process.argv.slice(2);
const model = modelOf(JSON.parse(readFileSync(exported, "utf8")));
const prepared = new Prepared(model);
prepared.advance(model.draws);
const answers = new Answers(prepared);
const asked = JSON.parse(readFileSync(questions, "utf8"));
const results = [answers.usual, ...asked.map(({ request, seen }) => answers.ask(request, seen))];
for (const { rows } of results) for (const row of rows) row.difference?.resolve?.();
// JSON has neither infinity nor nan.
const plain = (_, value) => (typeof value === "number" && !Number.isFinite(value) ? String(value) : value);
console.log(JSON.stringify(results, plain));
