import type {ChartSize} from "../charts/theme.ts";

/** What a live figure shows now. */
export type Shown = {
  draw: (size: ChartSize) => Element;
  /** The chart in a sentence, also its text for those who do not see it. */
  reading: string;
  /** Rows of the table behind it. */
  rows: () => readonly (readonly string[])[];
};

/** Figures of a page that are drawn anew whenever the page has something new, and when their width changes. */
export interface Figures {
  show(key: string, shown: Shown): void;
}

/** Returns the live figures of the page. Only what is near the window is drawn, at most once a frame. */
export function liveFigures({invalidation}: {invalidation?: Promise<void>} = {}): Figures {
  const figures = new Map(
    Array.from(document.querySelectorAll<HTMLElement>("figure[data-live]"), (figure) => [
      figure.dataset.live ?? "",
      figure
    ])
  );
  const latest = new Map<HTMLElement, Shown>();
  const near = new Set<HTMLElement>();
  const due = new Set<HTMLElement>();
  let frame = 0;

  function draw(figure: HTMLElement) {
    const shown = latest.get(figure);
    const place = figure.querySelector<HTMLElement>(".plot");
    const width = Math.floor(place?.clientWidth ?? 0);
    if (!shown || !place || width === 0) return;
    const element = shown.draw({width, height: Number(figure.dataset.height)});
    element.setAttribute("aria-hidden", "true");
    place.replaceChildren(element);
    place.setAttribute("aria-label", shown.reading);
    const reading = figure.querySelector(".reading");
    if (reading) reading.textContent = shown.reading;
    if (figure.querySelector<HTMLDetailsElement>("details")?.open) fill(figure, shown);
  }

  function drawDue() {
    frame = 0;
    for (const figure of due) if (near.has(figure)) draw(figure);
    due.clear();
  }

  function ask(figure: HTMLElement) {
    due.add(figure);
    if (frame === 0) frame = requestAnimationFrame(drawDue);
  }

  const sight = new IntersectionObserver(
    (entries) => {
      for (const {isIntersecting, target} of entries) {
        if (!(target instanceof HTMLElement)) continue;
        if (isIntersecting) near.add(target);
        else near.delete(target);
        if (isIntersecting) ask(target);
      }
    },
    {rootMargin: "60% 0px"}
  );
  const size = new ResizeObserver((entries) => {
    for (const {target} of entries) if (target instanceof HTMLElement) ask(target);
  });
  const all = () => figures.forEach(draw);
  for (const figure of figures.values()) {
    sight.observe(figure);
    size.observe(figure);
    figure.querySelector("details")?.addEventListener("toggle", () => {
      const shown = latest.get(figure);
      if (shown) fill(figure, shown);
    });
  }
  addEventListener("beforeprint", all);
  invalidation?.then(() => {
    cancelAnimationFrame(frame);
    sight.disconnect();
    size.disconnect();
    removeEventListener("beforeprint", all);
  });

  return {
    show(key, shown) {
      const figure = figures.get(key);
      if (!figure) throw new RangeError(`unknown figure: ${key}`);
      latest.set(figure, shown);
      ask(figure);
    }
  };
}

function fill(figure: HTMLElement, {rows}: Shown) {
  const heads = Array.from(figure.querySelectorAll("thead th"));
  figure.querySelector("tbody")?.replaceChildren(
    ...rows().map((cells) => {
      const row = document.createElement("tr");
      row.append(
        ...cells.map((text, i) => {
          const cell = document.createElement(i === 0 ? "th" : "td");
          if (i === 0) cell.setAttribute("scope", "row");
          cell.className = heads[i]?.className ?? "";
          cell.textContent = text;
          return cell;
        })
      );
      return row;
    })
  );
}
