import * as fs from "node:fs"
import * as path from "node:path"
import { configurationDocument, renderConfiguration } from "./configurationDocument.ts"

const root = path.join(import.meta.dirname, "../../..")
fs.writeFileSync(path.join(root, configurationDocument), renderConfiguration())
console.log(`${configurationDocument}: written`)
