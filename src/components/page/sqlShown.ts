import type {Readout} from "../../lib/experiment/readout.ts";

/** Writes the SQL that reads the logs into its place when that is opened: it is long, and few ask for it. */
export function sqlShown({input}: Readout): void {
  for (const place of document.querySelectorAll<HTMLDetailsElement>("details[data-sql]")) {
    const open = async () => {
      if (!place.open) return;
      place.removeEventListener("toggle", open);
      const {sqlCode} = await import("../blocks/code.ts");
      place.querySelector("p")?.remove();
      place.insertAdjacentHTML("beforeend", String(sqlCode(input.sql ?? "")));
    };
    place.addEventListener("toggle", open);
    void open();
  }
}
