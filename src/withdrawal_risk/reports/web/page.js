// @ts-check
/** The live part of the page: prepares the futures, shows the controls, answers, keeps the address. */

import { Answers } from "./answers.js";
import { controls, edgeLabel } from "./controls.js";
import { make, refill } from "./dom.js";
import { ESS_LIMIT, KHAT_LIMIT } from "./observation.js";
import { modelOf } from "./model.js";
import { isEmpty, nothing, read, written } from "./question.js";
import { requested } from "./request.js";
import { answerTable } from "./table.js";
import { levelNumber, say, withSign } from "./text.js";
import { simulator } from "./workers.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./answers.js").Answer} Answer
 */

export class LivePage {
  /**
   * @param {HTMLElement} root
   * @param {any} data as `live_export` makes it, with labels
   * @param {string} script of the page
   */
  constructor(root, { labels, ...data }, script) {
    this.root = root;
    this.data = data;
    this.script = script;
    /** @type {Model} */
    this.model = modelOf(data);
    /** @type {Record<string, import("./text.js").Labels>} by language */
    this.allLabels = labels;
    this.question = nothing();
    this.forgotten = false;
    /** @type {import("./workers.js").Simulator | null} */
    this.simulator = null;
    /** @type {Answers | null} */
    this.answers = null;
    /** The answer that is shown, and how many were asked for. @type {Answer | null} */
    this.answer = null;
    this.asked = 0;
    /** Whether a question is being answered, and whether another one has come since. */
    this.busy = false;
    this.waiting = false;
    this.panel = make("div", { class: "live-controls" });
    this.table = make("div", { class: "scroll", "aria-live": "polite", tabindex: "0", role: "region" });
    this.notes = make("div", { class: "live-notes", role: "status" });
    this.basis = make("p", { class: "muted small" });
    this.remarks = make("div", { class: "muted small" });
    root.append(this.basis, this.panel, this.notes, this.table, this.remarks);
  }

  get lang() {
    const { lang } = document.documentElement;
    return lang in this.allLabels ? lang : Object.keys(this.allLabels)[0];
  }

  get labels() {
    return this.allLabels[this.lang];
  }

  /** Show the part, follow language and address, and begin to prepare. */
  start() {
    document.addEventListener("languagechange", () => {
      if (!isEmpty(this.question)) writeAddress(this.model, this.question, this.lang);
      this.show();
    });
    addEventListener("hashchange", () => this.follow());
    this.follow();
    this.root.hidden = false;
    this.show();
    this.prepare();
  }

  /** Have the noise of the futures drawn and the baseline simulated; then questions are answered. */
  async prepare() {
    const { baseline, ...simulating } = await simulator(this.data, this.script);
    this.simulator = simulating;
    if (baseline !== null) this.answers = new Answers(this.model, baseline.outcomes);
    this.ask();
  }

  /** Take the question of the address. */
  follow() {
    const text = askedInAddress();
    if (text === null || text === written(this.model, this.question)) return;
    const { question, forgotten } = read(this.model, text);
    Object.assign(this.question, question);
    this.forgotten = forgotten;
    followLanguage();
    if (this.answers !== null) this.show();
    this.ask();
  }

  /** Show everything in the language of the page. */
  show() {
    const { labels, model, question } = this;
    this.root.lang = this.lang;
    this.root.dir = labels.dir;
    refill(this.basis, labels.live.basis);
    this.table.setAttribute("aria-label", labels.live.answer);
    const changed = (/** @type {boolean} */ again) => this.changed(again);
    refill(this.panel, ...controls({ model, labels, question, changed }));
    refill(this.remarks, ...labels.notLive.map((/** @type {string} */ text) => make("p", {}, text)));
    this.showAnswer();
  }

  /**
   * A control has changed the question.
   * @param {boolean} again whether the controls are no longer the same
   */
  changed(again) {
    this.forgotten = false;
    writeAddress(this.model, this.question, this.lang);
    if (again) this.show();
    this.ask();
  }

  /** Answer soon; of questions that come before then, the last is answered. */
  async ask() {
    this.waiting = true;
    // What the table shows until then is the answer before.
    this.table.setAttribute("aria-busy", "true");
    if (this.answers === null || this.busy) return;
    this.busy = true;
    try {
      while (this.waiting) {
        await new Promise((resolve) => setTimeout(resolve, 0));
        this.waiting = false;
        await this.answerNow(this.answers);
      }
    } finally {
      this.busy = false;
    }
  }

  /** @param {Answers} answers */
  async answerNow(answers) {
    const { fault, request, seen } = requested(this.model, this.question);
    this.asked++;
    if (fault !== null || this.simulator === null) this.answer = null;
    else if (isEmpty(this.question)) this.answer = answers.usual;
    else {
      const simulated = await this.simulator.simulate(request, seen);
      const alike = simulated !== null && simulated.log === null;
      const laws = alike ? await this.simulator.laws(simulated.outcomes) : null;
      this.answer = answers.answer(request, seen, simulated, laws);
    }
    if (this.waiting) return;
    this.showAnswer();
    this.resolveLater(this.asked);
  }

  /**
   * The ends of the intervals of differences take longest and come one after another.
   * @param {number} number of the question they belong to
   */
  resolveLater(number) {
    const row = this.answer?.rows.find(({ difference }) => difference?.resolve);
    if (row === undefined) return;
    setTimeout(() => {
      if (this.asked !== number) return;
      row.difference?.resolve?.();
      if (!this.answer?.rows.some(({ difference }) => difference?.resolve)) this.showAnswer();
      this.resolveLater(number);
    }, 0);
  }

  showAnswer() {
    const { labels, lang, model, answer, answers } = this;
    if (answers === null) {
      refill(this.notes, make("p", {}, labels.live.preparing));
      return;
    }
    refill(this.notes, ...this.remarksOn().map((text) => make("p", {}, text)));
    // The table is read out once it is complete.
    const open = answer?.rows.some(({ difference }) => difference?.resolve) === true;
    this.table.setAttribute("aria-busy", String(open));
    if (answer === null || answer.refused !== null) refill(this.table);
    else {
      const { usual } = answers;
      refill(this.table, answerTable(labels, lang, model.probability, answer.rows, usual.rows));
    }
  }

  /** What is to be said of the question and its answer. */
  remarksOn() {
    const { labels, model, question, answer, forgotten } = this;
    const { fault, notes } = requested(model, question);
    const texts = forgotten ? [labels.live.forgotten] : [];
    if (fault !== null) return [...texts, this.faultText(fault)];
    if (answer === null) return texts;
    if (answer.refused === "far") return [...texts, say(labels.live.refused_far, { far: 50 })];
    const { ess, khat } = answer;
    const weights = {
      ess: Math.round(ess ?? 0).toLocaleString("en-US"),
      khat: this.khatText(khat ?? 0),
      limit: KHAT_LIMIT,
      least: ESS_LIMIT,
    };
    if (answer.refused === "weights") return [...texts, say(labels.live.refused_weights, weights)];
    if (ess !== null) texts.push(say(labels.live.effective, weights));
    else texts.push(isEmpty(question) ? labels.live.is_baseline : labels.live.is_answer);
    return [...texts, ...notes.map((note) => this.noteText(note))];
  }

  /** @param {number} khat */
  khatText(khat) {
    const size = Number.isFinite(khat) ? Math.abs(khat).toFixed(2) : "∞";
    return withSign(this.labels, khat < 0 && Number(size) !== 0 ? `−${size}` : size);
  }

  /** @param {string} name of a node, an indicator or an edge */
  labelOf(name) {
    const { labels } = this;
    if (name.includes("->")) return edgeLabel(labels, name);
    return (labels.nodes[name] ?? labels.indicators[name]).label;
  }

  /** @param {import("./request.js").Fault} fault */
  faultText({ kind, name, low = 0, high = 0 }) {
    const [from, to] = [low, high].map((end) => end.toLocaleString("en-US").replace("-", "−"));
    return say(this.labels.live[kind], { label: this.labelOf(name), low: from, high: to });
  }

  /** @param {import("./request.js").Note} note */
  noteText({ kind, name, place = 0, usual = 0 }) {
    const { labels, model } = this;
    const label = this.labelOf(name);
    const node = model.nodes.find((one) => one.name === name);
    if (kind === "unfinished" || node === undefined) return say(labels.live.unfinished, { label });
    return say(labels[kind], {
      label,
      level: labels.nodes[name].levels[place],
      number: levelNumber(labels, node, node.levels[place]),
      baseline: levelNumber(labels, node, usual),
    });
  }
}

/** The question in the address; null where there is none. */
function askedInAddress() {
  const { hash } = location;
  if (!hash.startsWith("#ask=")) return null;
  const text = hash.slice(5).split("&")[0];
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Switch to the language of the address, if the page has a switch for it. */
function followLanguage() {
  const found = /&lang=([a-z]{2})$/.exec(location.hash);
  const choice = found === null ? null : document.getElementById(`switch-${found[1]}`);
  if (choice instanceof HTMLInputElement && !choice.checked) choice.click();
}

/**
 * Let the address be a link to the question.
 * @param {Model} model
 * @param {import("./question.js").Question} question
 * @param {string} lang
 */
function writeAddress(model, question, lang) {
  const hash = isEmpty(question) ? `#${lang}-ask` : `#ask=${written(model, question)}&lang=${lang}`;
  try {
    history.replaceState(null, "", hash);
  } catch {
    // A page inside a frame may not change its address.
  }
}
