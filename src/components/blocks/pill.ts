import type {CheckStatus, GuardrailStatus, Status, Verdict} from "../../lib/experiment/words.ts";
import type {Html} from "./html.ts";
import {html} from "./html.ts";

/** What a colour says: fine, take care, harm, or nothing yet. */
export type Tone = "good" | "care" | "harm" | "plain";

export const verdictTones: Record<Verdict, Tone> = {
  ship: "good",
  "keep-running": "plain",
  incomplete: "plain",
  "do-not-ship": "care",
  "roll-back": "harm",
  blocked: "harm"
};
export const checkTones: Record<CheckStatus, Tone> = {ok: "good", warning: "care", blocked: "harm"};
export const guardrailTones: Record<GuardrailStatus, Tone> = {
  passed: "good",
  worsened: "care",
  severe: "harm",
  "not-yet-known": "plain"
};
export const statusTones: Record<Status, Tone> = {running: "good", paused: "care", stopped: "plain", draft: "plain"};

/** Returns a state as a word on its colour. */
export function pill(word: string, tone: Tone): Html {
  return html`<span class="pill ${tone}">${word.replaceAll("-", " ")}</span>`;
}
