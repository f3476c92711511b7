// @ts-check
/** The controls of a question: scenarios, settings, scaled effects, and what is learnt. */

import { labelled, make, select } from "./dom.js";
import { edgeName, isLearnable, nothing } from "./question.js";
import { say } from "./text.js";

/**
 * @typedef {import("./model.js").Model} Model
 * @typedef {import("./question.js").Question} Question
 * @typedef {import("./text.js").Labels} Labels
 *
 * @typedef {object} Panel
 * @property {Model} model
 * @property {Labels} labels
 * @property {Question} question
 * @property {(again: boolean) => void} changed called once a control has changed the question;
 *   `again` where the controls are no longer the same
 */

/**
 * The controls for a question.
 * @param {Panel} panel
 * @returns {HTMLElement[]}
 */
export function controls(panel) {
  const { labels, question, changed } = panel;
  const words = labels.live;
  const reset = () => {
    Object.assign(question, nothing());
    changed(true);
  };
  return [
    ...scenarioButtons(panel),
    group(words.settings, question.settings.map((_, i) => settingRow(panel, i)), [
      words.add_setting,
      "live-add-setting",
      () => addSetting(panel),
    ]),
    ...(namedEdges(panel).length === 0
      ? []
      : [
          group(words.edges, question.edges.map((_, i) => edgeRow(panel, i)), [
            words.add_edge,
            "live-add-edge",
            () => addEdge(panel),
          ]),
        ]),
    group(words.observed, question.observed.map((_, i) => learntRow(panel, i)), [
      words.add_observed,
      "live-add-observed",
      () => addLearnt(panel),
    ]),
    make("p", {}, make("button", { type: "button", id: "live-reset", onclick: reset }, words.reset)),
  ];
}

/**
 * @param {string} legend
 * @param {HTMLElement[]} rows
 * @param {[string, string, () => void]} add text, id and what it does
 */
function group(legend, rows, [text, id, onclick]) {
  const button = make("button", { type: "button", id, onclick }, text);
  return make("fieldset", { class: "live-group" }, make("legend", {}, legend), ...rows, button);
}

/** @param {Panel} panel */
function scenarioButtons({ model, labels, question, changed }) {
  if (model.scenarios.length === 0) return [];
  const button = (/** @type {string} */ name, /** @type {string} */ text) =>
    make(
      "button",
      {
        type: "button",
        id: `live-scenario-${name}`,
        "aria-pressed": String(question.scenario === name),
        onclick: () => {
          question.scenario = name;
          changed(true);
        },
      },
      text,
    );
  const buttons = model.scenarios.map(({ name }) => button(name, labels.scenarios[name]));
  return [
    make(
      "fieldset",
      { class: "live-group live-presets" },
      make("legend", {}, labels.live.scenarios),
      button("", labels.live.no_scenario),
      ...buttons,
    ),
  ];
}

/**
 * A row of controls that may be removed.
 * @param {Panel} panel
 * @param {any[]} list of which it shows an item
 * @param {number} i
 * @param {string} id
 * @param {HTMLElement[]} fields
 */
function row({ labels, changed }, list, i, id, fields) {
  const onclick = () => {
    list.splice(i, 1);
    changed(true);
  };
  const name = fields[0]?.querySelector("select")?.selectedOptions[0]?.text ?? "";
  const aria = `${labels.live.remove}: ${name}`;
  const remove = make("button", { type: "button", id, "aria-label": aria, onclick }, labels.live.remove);
  return make("div", { class: "live-row" }, ...fields, remove);
}

/**
 * A select of months.
 * @param {Panel} panel
 * @param {string} id
 * @param {string} text
 * @param {any} item
 * @param {string} key
 */
function monthField({ labels, changed }, id, text, item, key) {
  const months = labels.months.map((/** @type {string} */ month, /** @type {number} */ t) => [
    String(t),
    month,
  ]);
  const onchange = (/** @type {any} */ event) => {
    item[key] = Number(event.target.value);
    changed(false);
  };
  return labelled(text, select({ id, onchange }, months, String(item[key])));
}

/**
 * A field for a number.
 * @param {Panel} panel
 * @param {string} id
 * @param {string} text
 * @param {any} item
 * @param {string} key
 * @param {Record<string, any>} limits
 */
function numberField({ changed }, id, text, item, key, limits) {
  const oninput = (/** @type {any} */ event) => {
    // Half a number, such as a lone minus, is no number yet.
    const value = event.target.valueAsNumber;
    if (!Number.isFinite(value)) return;
    item[key] = limits.step === 1 ? Math.round(value) : value;
    changed(false);
  };
  return labelled(text, make("input", { type: "number", id, value: item[key], oninput, ...limits }));
}

/**
 * @param {Panel} panel
 * @param {string} id
 * @param {any} item
 */
function spanFields(panel, id, item) {
  const { live } = panel.labels;
  return [
    monthField(panel, `${id}-first`, live.from, item, "first"),
    monthField(panel, `${id}-last`, live.to, item, "last"),
    numberField(panel, `${id}-ramp`, live.ramp, item, "ramp", { min: 1, max: 600, step: 1 }),
  ];
}

/**
 * Factors and policies in groups.
 * @param {Panel} panel
 * @param {(node: import("./model.js").Node) => boolean} wanted
 */
function nodeEntries({ model, labels }, wanted) {
  return ["drivers", "factors", "policies"].flatMap((kind) => {
    const options = model.nodes
      .filter((node) => !node.hidden && wanted(node) && labels.nodes[node.name].group === kind)
      .map(({ name }) => /** @type {[string, string]} */ ([name, labels.nodes[name].label]));
    return options.length === 0 ? [] : [{ label: labels.live[kind], options }];
  });
}

/** @param {Panel} panel */
function addSetting({ model, labels, question, changed }) {
  const drivers = model.nodes.filter((node) => labels.nodes[node.name]?.group === "drivers");
  const { name } = drivers[0] ?? model.nodes.filter((node) => !node.hidden)[0];
  const span = { first: 0, last: model.ahead - 1, ramp: 1 };
  question.settings.push({ name, how: "3", value: 0, ...span });
  changed(true);
  document.getElementById(`live-setting-${question.settings.length - 1}-name`)?.focus();
}

/**
 * @param {Panel} panel
 * @param {number} i
 */
function settingRow(panel, i) {
  const { model, labels, question, changed } = panel;
  const item = question.settings[i];
  const { live } = labels;
  const id = `live-setting-${i}`;
  const node = labels.nodes[item.name];
  const choose = (/** @type {any} */ event) => {
    item.name = event.target.value;
    // A number means something else of another factor or policy.
    if (item.how === "number" || item.how === "shift") item.how = "3";
    changed(true);
  };
  const change = (/** @type {any} */ event) => {
    item.how = event.target.value;
    item.value = item.how === "number" ? usualValue(model, item) : 0;
    changed(true);
  };
  const levels = node.levels.map((/** @type {string} */ name, /** @type {number} */ place) => [
    String(place),
    name,
  ]);
  const numbers = { label: live.by_number, options: [["number", live.number], ["shift", live.shift]] };
  const how = [{ label: live.to_level, options: levels }, numbers];
  const fields = [
    labelled(live.subject, select({ id: `${id}-name`, onchange: choose }, nodeEntries(panel, () => true), item.name)),
    labelled(live.how, select({ id: `${id}-how`, onchange: change }, /** @type {any} */ (how), item.how)),
  ];
  if (item.how === "number" || item.how === "shift") {
    const text = node.unit === null ? live.in_levels : say(live.in_unit, { unit: node.unit });
    fields.push(numberField(panel, `${id}-value`, text, item, "value", { step: "any" }));
  }
  return row(panel, question.settings, i, `${id}-remove`, [...fields, ...spanFields(panel, id, item)]);
}

/**
 * Where a factor or policy is by itself, in its unit.
 * @param {Model} model
 * @param {import("./question.js").Setting} item
 */
function usualValue(model, item) {
  const node = model.nodes.find(({ name }) => name === item.name);
  if (node === undefined) return 0;
  const level = node.usual[item.first] ?? 0;
  if (node.policy === null) return Math.round(10 * level) / 10;
  return Math.round(node.policy.reference + node.policy.perLevel * level);
}

/** @param {Panel} panel */
function namedEdges({ model }) {
  return model.edges.flatMap(({ hidden }, e) => (hidden ? [] : [edgeName(model, e)]));
}

/** @param {Panel} panel */
function addEdge(panel) {
  const { model, question, changed } = panel;
  const span = { first: 0, last: model.ahead - 1, ramp: 1 };
  question.edges.push({ name: namedEdges(panel)[0], value: 0.5, ...span });
  changed(true);
  document.getElementById(`live-edge-${question.edges.length - 1}-name`)?.focus();
}

/**
 * The name of an edge for people.
 * @param {Labels} labels
 * @param {string} name
 */
export function edgeLabel(labels, name) {
  return name.split("->").map((one) => labels.nodes[one].label).join(labels.arrow);
}

/**
 * @param {Panel} panel
 * @param {number} i
 */
function edgeRow(panel, i) {
  const { labels, question, changed } = panel;
  const item = question.edges[i];
  const id = `live-edge-${i}`;
  const entries = namedEdges(panel).map(
    (name) => /** @type {[string, string]} */ ([name, edgeLabel(labels, name)]),
  );
  const onchange = (/** @type {any} */ event) => {
    item.name = event.target.value;
    changed(false);
  };
  return row(panel, question.edges, i, `${id}-remove`, [
    labelled(labels.live.effect, select({ id: `${id}-name`, onchange }, entries, item.name)),
    numberField(panel, `${id}-value`, labels.live.scale, item, "value", { min: 0, max: 10, step: "any" }),
    ...spanFields(panel, id, item),
  ]);
}

/**
 * Indicators and factors of which something may be learnt.
 * @param {Panel} panel
 */
function learntEntries(panel) {
  const { model, labels } = panel;
  const options = model.indicators
    .filter((item) => !item.family.lasts || item.state !== null)
    .map(({ name }) => /** @type {[string, string]} */ ([name, labels.indicators[name].label]));
  const factors = nodeEntries(panel, isLearnable);
  return [...(options.length === 0 ? [] : [{ label: labels.live.indicators, options }]), ...factors];
}

/**
 * A value to begin with.
 * @param {Panel} panel
 * @param {string} name
 */
function firstValue({ model, labels }, name) {
  const place = model.indicators.findIndex((item) => item.name === name);
  if (place < 0) return 2;
  const { choices } = labels.indicators[name];
  if (choices.length > 0) return choices[0][0];
  const item = model.indicators[place];
  const middle = Math.floor(model.draws / 2);
  const reference = item.reference.slice().sort()[middle];
  const slope = item.slope.slice().sort()[middle];
  const level = model.nodes[item.node].usual[0];
  const value = item.family.link(reference + slope * level);
  return item.family.valid(0.5, 0) ? Number(value.toPrecision(2)) : Math.round(value);
}

/** @param {Panel} panel */
function addLearnt(panel) {
  const { question, changed } = panel;
  const [first] = learntEntries(panel);
  const [name] = first.options[0];
  question.observed.push({ name, value: firstValue(panel, name), month: 0 });
  changed(true);
  document.getElementById(`live-learnt-${question.observed.length - 1}-name`)?.focus();
}

/**
 * @param {Panel} panel
 * @param {number} i
 */
function learntRow(panel, i) {
  const { labels, question, changed } = panel;
  const item = question.observed[i];
  const id = `live-learnt-${i}`;
  const onchange = (/** @type {any} */ event) => {
    item.name = event.target.value;
    item.value = firstValue(panel, item.name);
    changed(true);
  };
  return row(panel, question.observed, i, `${id}-remove`, [
    labelled(labels.live.learnt, select({ id: `${id}-name`, onchange }, learntEntries(panel), item.name)),
    valueField(panel, id, item),
    monthField(panel, `${id}-month`, labels.live.month, item, "month"),
  ]);
}

/**
 * What an indicator shows, or at which level a factor lies.
 * @param {Panel} panel
 * @param {string} id
 * @param {import("./question.js").Learnt} item
 */
function valueField(panel, id, item) {
  const { model, labels, changed } = panel;
  const shown = labels.indicators[item.name];
  const indicator = model.indicators.find(({ name }) => name === item.name);
  const choices =
    shown === undefined
      ? labels.nodes[item.name].levels.map((/** @type {string} */ name, /** @type {number} */ p) => [p, name])
      : shown.choices;
  if (choices.length > 0) {
    const onchange = (/** @type {any} */ event) => {
      item.value = Number(event.target.value);
      changed(false);
    };
    const entries = choices.map((/** @type {[number, string]} */ [value, name]) => [String(value), name]);
    return labelled(labels.live.shows, select({ id: `${id}-value`, onchange }, entries, String(item.value)));
  }
  const whole = indicator !== undefined && !indicator.family.valid(0.5, 0);
  const text = say(labels.live.shows_unit, { unit: shown.unit });
  return numberField(panel, `${id}-value`, text, item, "value", { step: whole ? 1 : "any" });
}
