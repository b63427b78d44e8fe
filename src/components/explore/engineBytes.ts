/** The size of the engine's WebAssembly: shown before it is loaded, and what a whole file has. */
export const engineBytes = 34_242_586;
