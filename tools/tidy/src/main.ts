import * as fs from "node:fs"
import * as path from "node:path"
import { errorsDocument, renderErrors } from "./errorCodes.ts"
import { readWorkspace } from "./Workspace.ts"

const root = path.join(import.meta.dirname, "../../..")
fs.mkdirSync(path.join(root, path.dirname(errorsDocument)), { recursive: true })
fs.writeFileSync(path.join(root, errorsDocument), renderErrors(readWorkspace(root)))
console.log(`${errorsDocument}: written`)
