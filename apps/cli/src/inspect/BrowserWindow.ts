/** A browser's window on an address that nobody else may see. */
import { spawn } from "node:child_process"
import { mkdtemp, rm, writeFile } from "node:fs/promises"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as Effect from "effect/Effect"

const openers: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...Array<string>]>>> = {
  darwin: ["open"],
  win32: ["cmd", "/c", "start", ""],
}

const pageTo = (url: string): string =>
  `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${url}"><title>Countersign</title>`

/** `false`: this machine has nothing that opens a browser. */
const started = (command: string, args: ReadonlyArray<string>): Promise<boolean> =>
  new Promise((resolve) => {
    const child = spawn(command, args, { stdio: "ignore", detached: true })
    child.once("error", () => resolve(false))
    child.once("spawn", () => {
      child.unref()
      resolve(true)
    })
  })

/**
 * Opens it by way of a file that its user alone reads: what a program is started with, all users of
 * the machine see, and the address holds the token. The file goes with the scope.
 */
export const openWindow = Effect.fnUntraced(function* (url: string) {
  const directory = yield* Effect.acquireRelease(
    Effect.promise(() => mkdtemp(path.join(tmpdir(), "countersign-inspect-"))),
    (made) => Effect.promise(() => rm(made, { recursive: true, force: true })),
  )
  const file = path.join(directory, "open.html")
  yield* Effect.promise(() => writeFile(file, pageTo(url), { mode: 0o600 }))
  const [command, ...args] = openers[process.platform] ?? ["xdg-open"]
  return yield* Effect.promise(() => started(command, [...args, file]))
})
