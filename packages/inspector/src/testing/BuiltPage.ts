/**
 * The page as the sources are now, built once for all tests that want the same.
 *
 * @since 0.1.0
 */
import { execFile } from "node:child_process"
import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { promisify } from "node:util"

const root = path.dirname(path.dirname(import.meta.dirname))
const packages = path.dirname(root)
/** What the bundle is made of, as far as it lies in this repository. */
const sources = ["inspector/src/page", "monitor/src", "core/src", "copybook/src"]
const vite = fileURLToPath(new URL("../../bin/vite.js", import.meta.resolve("vite")))
const builds = path.join(root, "dist/tests")
/** Units: milliseconds. */
const keptMillis = 900_000

const isSource = (name: string): boolean =>
  /\.(?:tsx?|css|html)$/.test(name) && !name.endsWith(".test.ts")

/** Changes when a source does. */
const stateOfSources = (): string => {
  const digest = createHash("sha256")
  for (const folder of sources) {
    const names = fs.readdirSync(path.join(packages, folder), { recursive: true, encoding: "utf8" })
    for (const name of names.filter(isSource).sort()) {
      const status = fs.statSync(path.join(packages, folder, name), { throwIfNoEntry: false })
      digest.update(`${folder}/${name} ${status?.size} ${status?.mtimeMs}\n`)
    }
  }
  digest.update(fs.readFileSync(path.join(root, "vite.config.ts")))
  return digest.digest("hex").slice(0, 16)
}

const warningsOf = (directory: string): string => `${directory}.warnings`

const forgetOld = (current: string): void => {
  for (const name of fs.readdirSync(builds)) {
    const one = path.join(builds, name)
    const status = fs.statSync(one, { throwIfNoEntry: false })
    if (name.startsWith(current) || status === undefined) continue
    if (Date.now() - status.mtimeMs > keptMillis) fs.rmSync(one, { recursive: true, force: true })
  }
}

const made = async (): Promise<string> => {
  const state = stateOfSources()
  const directory = path.join(builds, state)
  if (fs.existsSync(directory)) return directory
  fs.mkdirSync(builds, { recursive: true })
  const unfinished = path.join(builds, `${state}.${process.pid}`)
  // A process of its own: the runner's NODE_ENV would make it React's build for development.
  const { stderr } = await promisify(execFile)(
    process.execPath,
    [vite, "build", "--emptyOutDir", "--outDir", unfinished],
    { cwd: root, env: { ...process.env, NODE_ENV: "production" } },
  )
  fs.writeFileSync(warningsOf(directory), stderr)
  try {
    fs.renameSync(unfinished, directory)
  } catch {
    // Another process has built the same meanwhile.
    fs.rmSync(unfinished, { recursive: true, force: true })
  }
  forgetOld(state)
  return directory
}

let building: Promise<string> | undefined

/**
 * The folder with `index.html` and what it loads.
 *
 * @category running
 * @since 0.1.0
 */
export const builtPage = (): Promise<string> => (building ??= made())

/**
 * What the builder complained of.
 *
 * @category running
 * @since 0.1.0
 */
export const warningsOfPage = async (): Promise<string> =>
  fs.readFileSync(warningsOf(await builtPage()), "utf8")
