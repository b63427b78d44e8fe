import {closesGate} from "../../experiment/alertsOf.ts";
import type {Alert} from "../../experiment/alertsOf.ts";
import type {Webhook} from "../../experiment/definition/definition.ts";
import {plural} from "../../experiment/format.ts";
import {redacted} from "../secrets.ts";
import {line} from "./formatTable.ts";

/** Alerts that one message shows; the rest is counted. */
const shown = 20;

/**
 * Returns the body of a message about new alerts: `slack` {text} in mrkdwn, `teams` an adaptive card in a message,
 * `json` {source, count, alerts}. Text from data cannot mention anybody, link or format; secrets are taken out.
 *
 * @see https://docs.slack.dev/reference/block-kit/formatting
 * @see https://learn.microsoft.com/en-us/connectors/teams/#adaptivecarditemschema
 */
export function payloadOf(form: Webhook["form"], alerts: readonly Alert[]): object {
  const closing = alerts.filter(closesGate).length;
  const head = `${plural(alerts.length, "new alert")}${closing > 0 ? `, ${closing} blocked or severe` : ""}`;
  const rest = alerts.length > shown ? `and ${alerts.length - shown} more` : null;
  const first = alerts.slice(0, shown).map((alert) => ({
    ...alert,
    title: text(alert.title),
    message: text(alert.message),
    whatToDo: text(alert.whatToDo)
  }));
  switch (form) {
    case "slack":
      return {
        text: [
          `*Readout: ${head}*`,
          ...first.map(
            ({level, title, message, whatToDo}) =>
              `\u2022 *${level}* ${mrkdwn(title)}: ${mrkdwn(message)} ${mrkdwn(whatToDo)}`
          ),
          ...(rest === null ? [] : [rest])
        ].join("\n")
      };
    case "teams":
      return {
        type: "message",
        attachments: [
          {
            contentType: "application/vnd.microsoft.card.adaptive",
            contentUrl: null,
            content: {
              $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
              type: "AdaptiveCard",
              version: "1.4",
              body: [
                {type: "TextBlock", text: `Readout: ${head}`, weight: "Bolder", size: "Medium", wrap: true},
                ...first.map(({level, title, message, whatToDo}) => ({
                  // Plain runs: unlike a TextBlock they know no Markdown.
                  type: "RichTextBlock",
                  inlines: [
                    {type: "TextRun", text: `${level} `, weight: "Bolder"},
                    {type: "TextRun", text: `${title}: ${message} ${whatToDo}`}
                  ]
                })),
                ...(rest === null ? [] : [{type: "TextBlock", text: rest, wrap: true}])
              ]
            }
          }
        ]
      };
    case "json":
      return {
        source: "readout",
        count: alerts.length,
        alerts: alerts.map((alert) => ({
          ...alert,
          title: text(alert.title),
          message: text(alert.message),
          whatToDo: text(alert.whatToDo)
        }))
      };
  }
}

function text(from: string): string {
  return redacted(line(from));
}

/** Returns text in which Slack finds no mention, link or formatting: a word joiner parts what would be a pair. */
function mrkdwn(from: string): string {
  return from
    .replace(/&/g, "&amp;")
    .replace(/</g, "&lt;")
    .replace(/>/g, "&gt;")
    .replace(/[*_~`]/g, (mark) => `\u2060${mark}\u2060`)
    .replace(/@/g, "@\u2060")
    .replace(/:\/\//g, ":\u2060//");
}
