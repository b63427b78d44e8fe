import type {Readout} from "../../lib/experiment/readout.ts";

/**
 * Lets the reader choose whose effect by days since exposure is shown. What it takes is loaded with the first choice.
 */
export function tenureChoice(readout: Readout, {invalidation}: {invalidation?: Promise<void>} = {}): void {
  const form = document.querySelector<HTMLFormElement>("form.tenure-choice");
  const place = document.querySelector<HTMLElement>(".tenure-view");
  if (!form || !place) return;
  let shown: Promise<() => Promise<void>> | null = null;
  const update = async () => {
    shown ??= import("./tenureShown.ts").then(({tenureShown}) =>
      tenureShown(readout, {form, place, ...(invalidation ? {invalidation} : {})})
    );
    await (
      await shown
    )();
  };
  form.hidden = false;
  form.addEventListener("input", update);
  void invalidation?.then(() => form.removeEventListener("input", update));
}
