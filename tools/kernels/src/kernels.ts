/** The copybook package's WebAssembly, compiled from its AssemblyScript. */
import { execFileSync } from "node:child_process"
import * as fs from "node:fs"
import { createRequire } from "node:module"
import * as path from "node:path"
import { fileURLToPath } from "node:url"

const copybook = fileURLToPath(new URL("../../../packages/copybook", import.meta.url))
const sources = path.join(copybook, "assembly")
const output = path.join(copybook, "dist/kernels.wasm")

/** Newer sources, or another compiler, make the file stale. */
const isStale = (): boolean => {
  if (!fs.existsSync(output)) return true
  const made = fs.statSync(output).mtimeMs
  return fs
    .readdirSync(sources)
    .some((name) => fs.statSync(path.join(sources, name)).mtimeMs > made)
}

const compilerOf = (): string => {
  const require = createRequire(path.join(copybook, "package.json"))
  return path.join(path.dirname(require.resolve("assemblyscript/package.json")), "bin/asc.js")
}

/**
 * Compiles what is missing or older than its sources.
 *
 * @returns whether there was anything to do
 */
export const buildKernels = (): boolean => {
  if (!isStale()) return false
  fs.mkdirSync(path.dirname(output), { recursive: true })
  // Several runs may build at once: each writes a file of its own, and the last name wins.
  const fresh = `${output}.${process.pid}`
  try {
    execFileSync(
      process.execPath,
      [
        compilerOf(),
        "assembly/index.ts",
        "--outFile",
        path.relative(copybook, fresh),
        "-O3",
        "--noAssert",
        "--runtime",
        "stub",
        "--enable",
        "simd",
        "--use",
        "abort=",
        // It would warn of every number that becomes an address.
        "--disableWarning",
      ],
      { cwd: copybook, stdio: "inherit" },
    )
    fs.renameSync(fresh, output)
  } finally {
    fs.rmSync(fresh, { force: true })
  }
  return true
}
