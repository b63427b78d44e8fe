/** Sets a field of a form to a value: a box is ticked by `on`, a slider's value is also said in words. */
export function setField(form: HTMLFormElement, name: string, value: string, shown?: string): void {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = value === "on";
  else if (field instanceof RadioNodeList) field.value = value;
  else if ((field instanceof HTMLInputElement || field instanceof HTMLSelectElement) && field.value !== value)
    field.value = value;
  if (shown === undefined) return;
  if (field instanceof HTMLInputElement) field.setAttribute("aria-valuetext", shown);
  const output = form.querySelector(`output[data-shows="${name}"]`);
  if (output) output.textContent = shown;
}

/** Returns the value of a field, `on` for a ticked box and an empty text for one that is not, or is not there. */
export function fieldOf(form: HTMLFormElement, name: string): string {
  const field = form.elements.namedItem(name);
  if (field instanceof HTMLInputElement && field.type === "checkbox") return field.checked ? "on" : "";
  if (field instanceof HTMLInputElement || field instanceof HTMLSelectElement || field instanceof RadioNodeList)
    return field.value;
  return "";
}

/** Writes what a page shows into its address, without a new entry in the reader's history. */
export function keepInAddress(query: string): void {
  history.replaceState(null, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
}

/** Puts a text into the first element that a selector finds. */
export function setText(selector: string, text: string): void {
  const element = document.querySelector(selector);
  if (element && element.textContent !== text) element.textContent = text;
}
