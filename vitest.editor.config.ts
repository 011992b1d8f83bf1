import { defineConfig } from "vitest/config"
import endToEnd from "./vitest.e2e.config.ts"

// A real editor with the packaged extension in it, which is too large to be a dependency.
export default defineConfig({
  ...endToEnd,
  test: { ...endToEnd.test, include: ["apps/vscode/src/e2e/*.e2e.ts"] },
})
