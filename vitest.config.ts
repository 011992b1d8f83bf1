import { defineConfig } from "vitest/config"

export default defineConfig({
  resolve: { conditions: ["@countersign/source"] },
  ssr: { resolve: { conditions: ["@countersign/source"] } },
  test: { include: ["{packages,apps,tools}/*/src/**/*.test.ts"] },
})
