import {defineConfig} from "vitest/config";

export default defineConfig({
  test: {
    root: new URL("..", import.meta.url).pathname,
    include: ["test/**/*.test.ts"],
    env: {TZ: "UTC"},
    testTimeout: 60_000,
    hookTimeout: 300_000,
    expect: {poll: {timeout: 15_000}},
    maxWorkers: 2,
    // A machine that others use may let a browser lose a race; a fault loses it twice.
    retry: process.env.CI ? 1 : 0
  }
});
