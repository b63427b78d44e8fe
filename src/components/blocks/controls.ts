import type {Content, Html} from "./html.ts";
import {html} from "./html.ts";

/** Returns a slider with its name and the value beside it, which the page keeps up to date. */
export function slider(
  key: string,
  label: Content,
  {min, max, step}: {readonly min: number; readonly max: number; readonly step: number},
  {value, shown}: {value: number; shown: string}
): Html {
  return html`<label class="slider"
    ><span>${label}</span><output data-shows="${key}">${shown}</output
    ><input
      type="range"
      name="${key}"
      min="${min}"
      max="${max}"
      step="${step}"
      value="${value}"
      aria-valuetext="${shown}"
  /></label>`;
}

/** Returns a box to tick, with what it does. */
export function toggle(key: string, label: Content, text: Content, {checked = false}: {checked?: boolean} = {}): Html {
  return html`<label class="toggle"
    ><input type="checkbox" name="${key}" ${checked ? html`checked` : null} /><span
      ><b>${label}</b>${text ? html` <small>${text}</small>` : null}</span
    ></label
  >`;
}

/** Returns a list to choose one from. */
export function choice(
  key: string,
  label: Content,
  options: readonly {value: string; text: Content}[],
  {value}: {value?: string} = {}
): Html {
  return html`<label class="choice"
    ><span>${label}</span
    ><select name="${key}">
      ${options.map((o) => html`<option value="${o.value}" ${o.value === value ? html`selected` : null}>${o.text}</option>`)}
    </select></label
  >`;
}
