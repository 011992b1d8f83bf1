/**
 * A module with all that it imports, as one that a browser loads.
 *
 * @since 0.1.0
 */
import { build } from "rolldown"

/**
 * @category models
 * @since 0.1.0
 */
export interface BrowserBundle {
  readonly code: string
  /** What it would still import: what no browser has, such as `node:fs`. */
  readonly imports: ReadonlyArray<string>
}

/**
 * @param entry the module's path
 * @category running
 * @since 0.1.0
 */
export const bundled = async (entry: string): Promise<BrowserBundle> => {
  const { output } = await build({
    input: entry,
    platform: "browser",
    resolve: { conditionNames: ["@countersign/source", "browser", "import", "default"] },
    output: { format: "esm", minify: true, codeSplitting: false },
    logLevel: "silent",
    write: false,
  })
  const [chunk] = output
  return { code: chunk.code, imports: [...chunk.imports, ...chunk.dynamicImports] }
}
