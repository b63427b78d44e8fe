import type {Readout} from "../../lib/experiment/readout.ts";
import {liveFigures} from "./liveFigures.ts";

/** Lets readers try other designs. What it takes is loaded when the first of the places is opened. */
export function whatIfs(readout: Readout, {invalidation}: {invalidation?: Promise<void>} = {}): void {
  const places = Array.from(document.querySelectorAll<HTMLDetailsElement>("details.what-if"));
  if (places.length === 0) return;
  const figures = liveFigures({invalidation});
  for (const place of places) {
    const open = async () => {
      if (!place.open) return;
      place.removeEventListener("toggle", open);
      const {whatIf} = await import("./whatIf.ts");
      whatIf(place, {readout, figures});
    };
    place.addEventListener("toggle", open);
    void open();
  }
}
