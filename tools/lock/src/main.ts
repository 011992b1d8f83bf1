import * as fs from "node:fs"
import { completeLock, hostsIn, type Lock } from "./completeLock.ts"

const path = new URL("../../../package-lock.json", import.meta.url)
// npm wrote the file: its shape is npm's promise.
const { added, lock } = completeLock(JSON.parse(fs.readFileSync(path, "utf8")) as Lock)
fs.writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`)
console.log(`package-lock.json: ${added.length} platform packages added`)
const hosts = hostsIn(lock)
if (hosts.length > 0) {
  console.error(`package-lock.json: ${hosts.length} entries name a host, such as ${hosts[0]}`)
  process.exitCode = 1
}
