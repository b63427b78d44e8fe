// In this order: DuckDB's script answers to messages as soon as it is there.
import "./takeEngine.ts";
import "@duckdb/duckdb-wasm/dist/duckdb-browser-eh.worker.js";
