/** Print random numbers: `node noise.mjs REQUESTS`, each a key, draws, futures and gamma shapes. */
import { readFileSync } from "node:fs";
import { Noise, normalQuantile, studentQuantile } from "../../src/withdrawal_risk/reports/web/noise.js";

const made = JSON.parse(readFileSync(process.argv[2], "utf8")).map(({ key, begin, draws, futures, shape }) => {
  const noise = new Noise(key);
  const table = (of) => Array.from({ length: draws }, (_, d) => Array.from({ length: futures }, (_, f) => of(begin + d, f)));
  return {
    normal: table((d, f) => normalQuantile(noise.uniform(d, f, 0))),
    student: table((d, f) => studentQuantile(noise.uniform(d, f, 1))),
    gamma: table((d, f) => noise.gamma(d, f, 2, shape)),
  };
});
console.log(JSON.stringify(made));
