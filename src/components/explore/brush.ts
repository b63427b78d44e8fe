import type {TimeScale} from "./timeChart.ts";

/** What a brush over a chart of time moves. */
export type BrushOptions = {
  /** Whether it marks one day, or a span of days. */
  mode: () => "day" | "span";
  scale: () => TimeScale | null;
  /** The day or span that is marked now. */
  marked: () => readonly [string, string];
  /** Called while the pointer or a key moves the mark, and once more with `done` when it rests. */
  onMove: (days: readonly [string, string], done: boolean) => void;
};

/**
 * Lets a reader mark days on a chart of time: by dragging, and from the keyboard (arrows move the day or the span's end,
 * with Shift its start, Home and End go to the ends). What lies outside of the mark is shaded.
 */
export function brush(
  place: HTMLElement,
  {mode, scale, marked, onMove}: BrushOptions,
  {first, last}: {first: () => string; last: () => string}
): {show: () => void; dispose: () => void} {
  const shade = [document.createElement("div"), document.createElement("div")] as const;
  for (const each of shade) each.className = "shade";
  const edge = document.createElement("div");
  edge.className = "edge";
  const fromEdge = document.createElement("div");
  fromEdge.className = "edge from";
  let start: string | null = null;

  const at = (event: PointerEvent) => scale()?.toDay(event.clientX - place.getBoundingClientRect().left) ?? null;

  function move(day: string, done: boolean): void {
    if (mode() === "day") onMove([first(), day], done);
    else {
      const from = start ?? day;
      onMove(from <= day ? [from, day] : [day, from], done);
    }
  }

  function down(event: PointerEvent): void {
    const day = at(event);
    if (day === null || event.button !== 0) return;
    start = day;
    place.setPointerCapture(event.pointerId);
    move(day, false);
  }

  function drag(event: PointerEvent): void {
    const day = at(event);
    if (start !== null && day !== null) move(day, false);
  }

  function up(event: PointerEvent): void {
    const day = at(event);
    if (start !== null && day !== null) move(day, true);
    start = null;
  }

  function key(event: KeyboardEvent): void {
    const [from, to] = marked();
    const step = {ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1, PageDown: -7, PageUp: 7}[event.key];
    const moved = (day: string) => clamp(shift(day, step ?? 0), first(), last());
    let next: readonly [string, string] | null = null;
    if (event.key === "Home") next = mode() === "day" ? [from, first()] : [first(), to];
    else if (event.key === "End") next = [from, last()];
    else if (step !== undefined && event.shiftKey && mode() === "span") next = [moved(from), to];
    else if (step !== undefined) next = [from, moved(to)];
    if (next === null) return;
    event.preventDefault();
    onMove(next[0] <= next[1] ? next : [next[1], next[1]], true);
  }

  function show(): void {
    const own = scale();
    const [from, to] = marked();
    const width = place.clientWidth;
    const left = own?.toPixel(first()) ?? 0;
    const right = own?.toPixel(last()) ?? width;
    const [low, high] = [own?.toPixel(from) ?? left, own?.toPixel(to) ?? right];
    Object.assign(shade[0].style, {left: `${left}px`, width: `${Math.max(0, low - left)}px`});
    Object.assign(shade[1].style, {left: `${high}px`, width: `${Math.max(0, right - high)}px`});
    Object.assign(edge.style, {left: `${high}px`});
    Object.assign(fromEdge.style, {left: `${low}px`});
    const span = mode() === "span";
    fromEdge.hidden = !span;
    place.append(...shade, fromEdge, edge);
    const days = Math.max(1, Math.round((Date.parse(last()) - Date.parse(first())) / 86_400_000));
    const value = Math.round((Date.parse(to) - Date.parse(first())) / 86_400_000);
    place.setAttribute("aria-valuemin", "0");
    place.setAttribute("aria-valuemax", String(days));
    place.setAttribute("aria-valuenow", String(value));
    place.setAttribute("aria-valuetext", span ? `entered ${from} to ${to}` : `as of ${to}`);
    place.setAttribute("aria-label", span ? "Entry dates; with Shift the first of them" : "As of");
  }

  place.setAttribute("role", "slider");
  place.tabIndex = 0;
  // Tips of the chart keep a press to themselves; it is taken on its way down to them.
  place.addEventListener("pointerdown", down, {capture: true});
  place.addEventListener("pointermove", drag);
  place.addEventListener("pointerup", up);
  place.addEventListener("pointercancel", up);
  place.addEventListener("keydown", key);
  return {
    show,
    dispose() {
      place.removeEventListener("pointerdown", down, {capture: true});
      place.removeEventListener("pointermove", drag);
      place.removeEventListener("pointerup", up);
      place.removeEventListener("pointercancel", up);
      place.removeEventListener("keydown", key);
    }
  };
}

function shift(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}

function clamp(day: string, low: string, high: string): string {
  return day < low ? low : day > high ? high : day;
}
