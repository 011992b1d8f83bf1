/** The extension's code as few files, with all that it uses but the editor's own module. */
import { fileURLToPath } from "node:url"
import { build } from "vite"

const here = fileURLToPath(new URL("../..", import.meta.url))
const entry = (specifier: string): string => fileURLToPath(import.meta.resolve(specifier))

/** A monitor can be beside an engine, so it asks for one; a third of the bundle would be that. */
const noEngine = fileURLToPath(new URL("NoEngine.ts", import.meta.url))

/** Given by the editor; and PKCS#11, with which tokens sign, while the extension only reads. */
const external = ["vscode", "koffi"]

/**
 * CommonJS, which every editor of this family loads. Files lie beside each other, since the
 * verifier looks for its thread beside itself.
 */
export const bundleExtension = async (directory: string): Promise<void> => {
  await build({
    configFile: false,
    root: here,
    logLevel: "warn",
    mode: "production",
    plugins: [
      {
        name: "countersign:no-engine",
        enforce: "pre",
        resolveId: (specifier) => (specifier === "@countersign/core/Audit" ? noEngine : undefined),
      },
    ],
    ssr: {
      noExternal: true,
      external,
      resolve: { conditions: ["@countersign/source", "module", "node", "production"] },
    },
    build: {
      ssr: true,
      target: "node22",
      minify: true,
      outDir: directory,
      emptyOutDir: true,
      rolldownOptions: {
        external,
        input: {
          Extension: fileURLToPath(new URL("../Extension.ts", import.meta.url)),
          VerifierWorker: entry("@countersign/core/trail/VerifierWorker"),
        },
        output: {
          format: "cjs",
          entryFileNames: "[name].cjs",
          chunkFileNames: "[name]-[hash].cjs",
        },
      },
    },
  })
}
