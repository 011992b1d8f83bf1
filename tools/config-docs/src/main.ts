import * as fs from "node:fs"
import * as path from "node:path"
import { configurationDocument, renderConfiguration } from "./configurationDocument.ts"
import { renderTelemetry, telemetryDocument } from "./telemetryDocument.ts"

const root = path.join(import.meta.dirname, "../../..")
const documents = [
  [configurationDocument, renderConfiguration()],
  [telemetryDocument, renderTelemetry()],
] as const
for (const [file, text] of documents) {
  fs.writeFileSync(path.join(root, file), text)
  console.log(`${file}: written`)
}
