import {closesGate} from "../../experiment/alertsOf.ts";
import {line} from "./formatTable.ts";
import type {Checked} from "./checked.ts";

/**
 * Returns the gate's answer as JUnit XML: a test suite for each experiment, a test case for each alert; what closes the
 * gate is a failure, anything else stands in the case's output. An experiment without alerts has one case that passes.
 *
 * @see https://github.com/testmoapp/junitxml
 */
export function formatJunit({experiments, alerts}: Checked): string {
  const tests = experiments.reduce((n, each) => n + Math.max(1, each.alerts.length), 0);
  const failures = alerts.filter(closesGate).length;
  const suites = experiments.map(({entry, alerts: own}) => {
    const cases = own.map((alert) => {
      const {kind, key, level, message, whatToDo} = alert;
      const text = `${level}: ${message} ${whatToDo}`;
      const inside = closesGate(alert)
        ? `<failure message="${xml(message)}" type="${level}">${xml(text)}</failure>`
        : `<system-out>${xml(text)}</system-out>`;
      return `    <testcase classname="${xml(entry.id)}" name="${xml(`${kind} ${key}`)}" time="0">${inside}</testcase>`;
    });
    const all = cases.length > 0 ? cases : [`    <testcase classname="${xml(entry.id)}" name="no alerts" time="0"/>`];
    return [
      `  <testsuite name="${xml(entry.id)}" tests="${all.length}" failures="${own.filter(closesGate).length}" errors="0" skipped="0" time="0">`,
      ...all,
      "  </testsuite>"
    ].join("\n");
  });
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="readout check" tests="${tests}" failures="${failures}" errors="0" time="0">`,
    ...suites,
    "</testsuites>\n"
  ].join("\n");
}

/** Returns text that is safe in XML: one line, markup escaped, no character that XML 1.0 forbids. */
function xml(text: string): string {
  return line(text)
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]|[\ufffe\uffff]/g, "")
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
