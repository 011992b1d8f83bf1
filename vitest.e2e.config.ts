import { defineConfig } from "vitest/config"

const source = "@countersign/source"

// Real engines, real databases, a real browser: one file at a time, since they measure as well.
export default defineConfig({
  ssr: { resolve: { conditions: [source, "module", "node", "development|production"] } },
  test: {
    include: ["packages/inspector/src/e2e/*.e2e.ts"],
    pool: "forks",
    execArgv: [`--conditions=${source}`],
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
})
