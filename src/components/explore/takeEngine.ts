/** What the page gives the worker before anything else. */
export type GivenEngine = {engine: WebAssembly.Module};

const host = globalThis as unknown as {
  addEventListener: (type: "message", listener: (event: MessageEvent<unknown>) => void) => void;
  fetch: () => Promise<Response>;
};

let take: (engine: WebAssembly.Module) => void = () => {};
const given = new Promise<WebAssembly.Module>((known) => (take = known));

// DuckDB would load its engine by itself, and wait for ever for one that does not come or is cut short. So the page
// loads and compiles it, and this worker asks nobody for anything.
host.addEventListener("message", (event) => {
  const {data} = event;
  if (typeof data !== "object" || data === null || !("engine" in data)) return;
  event.stopImmediatePropagation();
  if (data.engine instanceof WebAssembly.Module) take(data.engine);
});
host.fetch = () => Promise.resolve(new Response());
WebAssembly.instantiateStreaming = async (_, imports) => {
  const module = await given;
  return {module, instance: await WebAssembly.instantiate(module, imports)};
};
