/** `npm run vsix`: the extension as one file that an editor installs, made without a network. */
import { cp, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { createVSIX } from "@vscode/vsce"
import { packPage } from "../panel/PackedPage.ts"
import { bundleExtension } from "./bundle.ts"
import { configurationSchema, packagedManifest } from "./manifest.ts"

const app = fileURLToPath(new URL("../..", import.meta.url))
const repository = path.resolve(app, "../..")
const page = path.join(repository, "packages/inspector/dist/page")
const dist = path.join(app, "dist")
const stage = path.join(dist, "package")
/** Units: bytes. */
const sizeMax = 1024 * 1024

const staged = (name: string): string => path.join(stage, name)

const pageFiles = async (): Promise<ReadonlyMap<string, Uint8Array>> => {
  const names = (await readdir(page, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(page, path.join(entry.parentPath, entry.name)))
    .toSorted()
  const read = async (name: string) => [name, await readFile(path.join(page, name))] as const
  return new Map(await Promise.all(names.map(read)))
}

const makeStage = async (manifest: Readonly<Record<string, unknown>>): Promise<void> => {
  await rm(stage, { recursive: true, force: true })
  await mkdir(staged("schemas"), { recursive: true })
  await bundleExtension(staged("dist/extension"))
  await Promise.all([
    writeFile(staged("page.br"), packPage(await pageFiles())),
    cp(path.join(app, "media"), staged("media"), { recursive: true }),
    cp(path.join(repository, "LICENSE"), staged("LICENSE")),
    cp(path.join(app, "README.md"), staged("README.md")),
    // All of the stage is packaged.
    writeFile(staged(".vscodeignore"), "\n"),
    writeFile(staged("package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`),
    writeFile(
      staged("schemas/countersign.schema.json"),
      `${JSON.stringify(configurationSchema())}\n`,
    ),
  ])
}

const manifest = packagedManifest(await readFile(path.join(app, "package.json"), "utf8"))
await makeStage(manifest)
const file = path.join(dist, `${String(manifest["name"])}-${String(manifest["version"])}.vsix`)
await createVSIX({
  cwd: stage,
  packagePath: file,
  dependencies: false,
  allowMissingRepository: true,
})
const { size } = await stat(file)
console.log(`${path.relative(repository, file)}: ${Math.ceil(size / 1024)} KiB`)
if (size > sizeMax) throw new Error(`it has ${size} bytes, and ${sizeMax} are the most`)
