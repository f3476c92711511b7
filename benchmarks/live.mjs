/**
 * How long the page takes for an answer: `node benchmarks/live.mjs EXPORT`.
 *
 * EXPORT is the JSON of `live_part(posterior)`, or a page of `wr.explore`. All is done by one core;
 * a page shares it out among workers. Times are medians of 20 in milliseconds; beside the time on
 * the clock stands that of the processor, which other work on the machine leaves almost as it is.
 */
import { readFileSync } from "node:fs";
import { Answers } from "../src/withdrawal_risk/reports/web/answers.js";
import { modelOf } from "../src/withdrawal_risk/reports/web/model.js";
import { Stretch } from "../src/withdrawal_risk/reports/web/stretch.js";

const text = readFileSync(process.argv[2], "utf8");
const embedded = /id="live-data">(.*?)<\/script>/s.exec(text);
const data = JSON.parse(embedded === null ? text : embedded[1]);

const processor = () => Object.values(process.cpuUsage()).reduce((a, x) => a + x, 0) / 1000;
const middle = (times) => times.sort((a, b) => a - b)[times.length >> 1].toFixed(0);

function timed(name, work, repeats = 20) {
  const clock = [];
  const used = [];
  for (let i = 0; i < repeats; i++) {
    const [began, before] = [performance.now(), processor()];
    work();
    clock.push(performance.now() - began);
    used.push(processor() - before);
  }
  console.log(`${name.padEnd(44)} ${middle(clock).padStart(6)} ${middle(used).padStart(6)}`);
}

console.log(`${"".padEnd(44)}  clock   cpu`);
let model = modelOf(data);
timed("reading the export", () => (model = modelOf(data)), 5);
let stretch = new Stretch(data);
timed("noise of all futures", () => {
  stretch = new Stretch(data);
  stretch.prepare();
}, 3);
const answers = new Answers(model, stretch.simulate({ spans: [] }).outcomes);
const ask = (request, seen = []) => answers.answer(request, seen, stretch.simulate(request, seen));
const node = model.nodes.findIndex((one) => !one.hidden && one.policy === null && one.feedback);
const span = { node: Math.max(node, 0), first: 0, last: model.ahead - 1 };
const questions = {
  "a level": { spans: [{ ...span, size: 1.28, shifted: false, ramp: 1 }] },
  "a shift": { spans: [{ ...span, size: 0.5, shifted: true, ramp: 1 }] },
};
for (const scenario of model.scenarios) questions[scenario.name] = scenario;
for (const [name, request] of Object.entries(questions)) {
  timed(name, () => ask(request));
  const later = ask(request).rows.map(({ difference }) => difference.resolve);
  const [began, before] = [performance.now(), processor()];
  for (const resolve of later) resolve?.();
  const [clock, used] = [performance.now() - began, processor() - before].map((time) => time.toFixed(0));
  console.log(`${"  and the ends of its differences".padEnd(44)} ${clock.padStart(6)} ${used.padStart(6)}`);
}
const indicator = model.indicators.findIndex((item) => item.read && !item.family.lasts);
timed("something is learnt", () => ask({ spans: [] }, [{ indicator, value: 1, month: 0 }]));
