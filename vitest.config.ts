import { defineConfig } from "vitest/config"

// Packages are tested from their sources, so nothing has to be built first.
const source = "@countersign/source"

export default defineConfig({
  ssr: { resolve: { conditions: [source, "module", "node", "development|production"] } },
  test: {
    globalSetup: "tools/kernels/src/globalSetup.ts",
    include: ["{packages,apps,tools}/*/src/**/*.test.ts"],
    // Child processes, since the tests of signals and of the current directory need a process of
    // their own. They hand the condition on to what they start.
    pool: "forks",
    execArgv: [`--conditions=${source}`],
    // The default leaves one core idle: half the machine where there are two.
    maxWorkers: "100%",
    // A busy machine is not a failure: this only ends what hangs.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
})
