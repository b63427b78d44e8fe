import {defineConfig} from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.test.ts"],
    env: {TZ: "UTC"},
    testTimeout: 60_000,
    hookTimeout: 300_000,
    expect: {poll: {timeout: 15_000}},
    maxWorkers: 2
  }
});
