import {html} from "../blocks/html.ts";
import {find, place} from "../explore/place.ts";

/** One stop: the element that it speaks of, and what it says. */
export type Stop = {selector: string; text: string};

const key = "readout.try.tour";

/**
 * Shows a tour of a few stops on the first visit; it can be skipped at every stop, and does not come back. Where the
 * browser keeps nothing, it is shown each time.
 */
export function tour(stops: readonly Stop[], {before}: {before: Element}): {show: () => void; dispose: () => void} {
  const card = document.createElement("aside");
  card.className = "tour";
  card.setAttribute("aria-label", "A short tour");
  let at = 0;

  function show(): void {
    const stop = stops[at];
    mark(stop?.selector ?? null);
    if (!stop) {
      card.remove();
      remember();
      return;
    }
    place(
      card,
      html`<p><span class="role">${at + 1} of ${stops.length}</span> ${stop.text}</p>
        <p class="actions">
          <button type="button" name="next">${at === stops.length - 1 ? "Done" : "Next"}</button>
          ${at === stops.length - 1 ? null : html`<button type="button" name="skip">Skip the tour</button>`}
        </p>`
    );
    if (!card.isConnected) before.before(card);
  }

  function click(event: MouseEvent): void {
    const name = event.target instanceof HTMLButtonElement ? event.target.name : "";
    if (name === "skip") at = stops.length;
    else if (name === "next") ++at;
    else return;
    show();
    if (card.isConnected) find(card, "button").focus();
  }

  function end(event: KeyboardEvent): void {
    if (event.key !== "Escape" || !card.isConnected) return;
    at = stops.length;
    show();
  }

  card.addEventListener("click", click);
  addEventListener("keydown", end);
  if (!seen()) show();
  return {
    show() {
      at = 0;
      show();
    },
    dispose() {
      card.remove();
      mark(null);
      removeEventListener("keydown", end);
    }
  };
}

function mark(selector: string | null): void {
  for (const element of document.querySelectorAll(".toured")) element.classList.remove("toured");
  if (selector !== null) document.querySelector(selector)?.classList.add("toured");
}

function seen(): boolean {
  try {
    return localStorage.getItem(key) !== null;
  } catch {
    return false;
  }
}

function remember(): void {
  try {
    localStorage.setItem(key, "done");
  } catch {
    // A browser that keeps nothing shows the tour again.
  }
}
