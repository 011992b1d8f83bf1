import { defineConfig } from "vite"

// The page takes the other packages from their sources, as the tests do.
export default defineConfig({
  root: "src/page",
  base: "./",
  logLevel: "warn",
  resolve: { conditions: ["@countersign/source", "module", "browser", "production"] },
  build: {
    outDir: "../../dist/page",
    emptyOutDir: true,
    target: "es2023",
    // A font or picture inside of a style sheet would need `data:` in the page's policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1000,
  },
  worker: { format: "es" },
  plugins: [
    {
      // Its name carries a hash already, and the server knows files by their names.
      name: "countersign:font-without-query",
      enforce: "pre",
      transform: (code, id) =>
        id.endsWith("/codicon.css") ? code.replace(/(\.ttf)\?[0-9a-f]+/, "$1") : undefined,
    },
  ],
})
