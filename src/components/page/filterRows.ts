const keys = ["q", "status", "verdict", "health", "owner", "sort"] as const;
const filters = ["status", "verdict", "health", "owner"] as const;

/** Filters, searches and sorts the lines of the portfolio as it stands in the page; the state is kept in the URL. */
export function filterRows({invalidation}: {index?: unknown; invalidation?: Promise<void>} = {}): void {
  const form = document.querySelector<HTMLFormElement>("form.filters");
  const groups = Array.from(document.querySelectorAll<HTMLElement>(".portfolio .group"));
  const rows = groups.map((group) => Array.from(group.querySelectorAll<HTMLElement>(".row")));
  const none = document.querySelector<HTMLElement>(".portfolio .none");
  if (!form) return;
  const fields = form.elements;
  const field = (key: string): HTMLInputElement | HTMLSelectElement | null => {
    const element = fields.namedItem(key);
    return element instanceof HTMLInputElement || element instanceof HTMLSelectElement ? element : null;
  };
  const asked = new URLSearchParams(location.search);
  for (const key of keys) {
    const element = field(key);
    const value = asked.get(key);
    if (element && value !== null) element.value = value;
    if (element && element.value !== value && element instanceof HTMLSelectElement && element.selectedIndex < 0)
      element.value = "";
  }

  function update(): void {
    const wanted = new Map(filters.map((key) => [key, field(key)?.value ?? ""]));
    const words = (field("q")?.value ?? "").toLowerCase().split(/\s+/).filter(Boolean);
    const sort = field("sort")?.value ?? "";
    let shown = 0;
    groups.forEach((group, i) => {
      let matches = 0;
      for (const row of rows[i] ?? []) {
        const match =
          filters.every((key) => !wanted.get(key) || row.dataset[key] === wanted.get(key)) &&
          words.every((w) => row.dataset.words?.includes(w));
        row.hidden = !match;
        if (match) ++matches;
      }
      group.hidden = matches === 0;
      const count = group.querySelector(".n");
      if (count) count.textContent = String(matches);
      group.querySelector("ol")?.append(...ordered(rows[i] ?? [], sort));
      shown += matches;
    });
    if (none) none.hidden = shown > 0;
    const state = new URLSearchParams(location.search);
    for (const key of keys) {
      const value = field(key)?.value ?? "";
      if (value) state.set(key, value);
      else state.delete(key);
    }
    const query = String(state);
    history.replaceState(null, "", `${location.pathname}${query ? `?${query}` : ""}${location.hash}`);
  }

  const stop = (event: Event) => event.preventDefault();
  form.addEventListener("input", update);
  form.addEventListener("submit", stop);
  if ([...asked.keys()].length > 0) update();
  invalidation?.then(() => {
    form.removeEventListener("input", update);
    form.removeEventListener("submit", stop);
  });
}

function ordered(rows: readonly HTMLElement[], sort: string): HTMLElement[] {
  const number = (row: HTMLElement, key: string) => (row.dataset[key] ? Number(row.dataset[key]) : -Infinity);
  const compare: Record<string, (a: HTMLElement, b: HTMLElement) => number> = {
    effect: (a, b) => number(b, "effect") - number(a, "effect"),
    units: (a, b) => number(b, "units") - number(a, "units"),
    title: (a, b) => (a.dataset.title ?? "").localeCompare(b.dataset.title ?? "")
  };
  return compare[sort] ? [...rows].sort(compare[sort]) : [...rows];
}
