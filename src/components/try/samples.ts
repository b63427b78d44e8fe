/** Files to look at before one has one's own; invented, and the same every time. */
export const samples = {
  summary: {title: "a summary, one row per variant", name: "sample-summary.csv", text: summary},
  units: {title: "one row per unit", name: "sample-units.csv", text: units}
} as const;

function summary(): string {
  return [
    "variant,users,purchases,revenue_mean,revenue_sd",
    "control,24120,2894,7.62,29.25",
    "green,24056,3128,8.31,30.52",
    ""
  ].join("\n");
}

function units(): string {
  const uniform = createUniform(20260105);
  const countries = ["US", "DE", "FR", "JP"];
  const lines = ["user_id,variant,entered,country,purchased,revenue,pre_revenue"];
  for (let i = 0; i < 4000; ++i) {
    const treated = uniform() < 0.5;
    const spender = uniform();
    const bought = uniform() < 0.08 + 0.18 * spender + (treated ? 0.022 : 0);
    const revenue = bought ? (5 + 60 * spender * uniform()).toFixed(2) : "0";
    const before = uniform() < 0.1 + 0.3 * spender ? (5 + 60 * spender * uniform()).toFixed(2) : "0";
    const day = String(5 + Math.floor((14 * i) / 4000)).padStart(2, "0");
    const country = countries[Math.floor(uniform() ** 1.6 * 4)] ?? "US";
    lines.push(
      `u${10_000 + i},${treated ? "green" : "control"},2026-01-${day},${country},${bought ? 1 : 0},${revenue},${before}`
    );
  }
  return `${lines.join("\n")}\n`;
}

/**
 * Returns numbers in [0, 1), the same for the same seed.
 *
 * @see mulberry32, https://github.com/cprosche/mulberry32
 */
function createUniform(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
