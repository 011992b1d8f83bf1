import * as fs from "node:fs"
import * as path from "node:path"
import { moduleFiles, parseRequest } from "./moduleFiles.ts"

const root = path.join(import.meta.dirname, "../../..")

const refuse = (why: string): void => {
  console.error(why)
  process.exitCode = 1
}

const create = (files: Readonly<Record<string, string>>): void => {
  const taken = Object.keys(files).filter((file) => fs.existsSync(path.join(root, file)))
  if (taken.length > 0) return refuse(`already there: ${taken.join(", ")}`)
  for (const [file, text] of Object.entries(files)) {
    fs.mkdirSync(path.join(root, path.dirname(file)), { recursive: true })
    fs.writeFileSync(path.join(root, file), text, { flag: "wx" })
    console.log(file)
  }
}

const request = parseRequest(process.argv.slice(2))
if (typeof request === "string") refuse(request)
else {
  const manifest = path.join(root, "packages", request.owner, "package.json")
  if (fs.existsSync(manifest)) {
    // npm has read the same manifest to start this script: it has a name.
    const { name } = JSON.parse(fs.readFileSync(manifest, "utf8")) as { readonly name: string }
    create(moduleFiles(request, name))
  } else refuse(`there is no package packages/${request.owner}`)
}
