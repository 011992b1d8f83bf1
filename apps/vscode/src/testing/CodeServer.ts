/** A real editor, served to a browser, with the packaged extension in it and nothing else. */
import { type ChildProcess, spawn } from "node:child_process"
import { once } from "node:events"
import { existsSync } from "node:fs"
import { mkdir, writeFile } from "node:fs/promises"
import { homedir } from "node:os"
import * as path from "node:path"
import { createInterface } from "node:readline"
import { fileURLToPath } from "node:url"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { Scope } from "effect/Scope"

/** Names the folder that the editor was installed in. */
const variable = "CODE_SERVER"
const usualPlace = path.join(homedir(), ".cache/countersign/code-server")

const recipe = (place: string): string =>
  [
    `no code-server is in ${place}; this installs it there, without a compiler, 700 MB:`,
    `  npm install --prefix ${place} node@24`,
    `  npm install --prefix ${place} --ignore-scripts code-server@4.139.1`,
    `  npm install --prefix ${place}/node_modules/code-server/lib/vscode --omit=dev --ignore-scripts`,
    `${variable} names another folder.`,
  ].join("\n")

interface Installed {
  readonly node: string
  readonly main: string
}

const installed = (): Installed => {
  const place = path.resolve(process.env[variable] ?? usualPlace)
  const modules = path.join(place, "node_modules")
  const node = path.join(modules, "node/bin/node")
  const main = path.join(modules, "code-server/out/node/entry.js")
  const server = path.join(modules, "code-server/lib/vscode/node_modules")
  if ([node, main, server].every((file) => existsSync(file))) return { node, main }
  throw new Error(recipe(place))
}

const vsix = fileURLToPath(new URL("../../dist/countersign-inspector-0.1.0.vsix", import.meta.url))

const packaged = (): string => {
  if (existsSync(vsix)) return vsix
  throw new Error("the extension isn't packaged: npm run vsix")
}

/** Nothing of what the user keeps for an editor of their own is read or written. */
const started = (home: string, given: ReadonlyArray<string>): ChildProcess => {
  const { main, node } = installed()
  const own = [
    "--user-data-dir",
    path.join(home, "data"),
    "--extensions-dir",
    path.join(home, "ext"),
  ]
  return spawn(node, [main, ...own, ...given], {
    env: { ...process.env, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home },
    stdio: ["ignore", "pipe", "pipe"],
  })
}

/** One picture on every machine, and nothing over it that isn't asked for. */
const settings = {
  "workbench.colorTheme": "Default Dark Modern",
  "workbench.startupEditor": "none",
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "workbench.layoutControl.enabled": false,
  "chat.disableAIFeatures": true,
  "extensions.ignoreRecommendations": true,
}

const withSettings = async (home: string): Promise<void> => {
  const user = path.join(home, "data/User")
  await mkdir(user, { recursive: true })
  await writeFile(path.join(user, "settings.json"), JSON.stringify(settings))
}

const linesMax = 200

/** What it says, for whoever wants to know why it did not do it. */
const listenedTo = ({ stderr, stdout }: ChildProcess) => {
  const lines: Array<string> = []
  const readers = [stdout, stderr].flatMap((stream) =>
    stream === null ? [] : [createInterface({ input: stream })],
  )
  for (const reader of readers) {
    reader.on("line", (line) => {
      lines.push(line)
      if (lines.length > linesMax) lines.shift()
    })
  }
  return { lines, readers }
}

const withExtension = async (home: string): Promise<void> => {
  const child = started(home, ["--install-extension", packaged()])
  const { lines } = listenedTo(child)
  const [code] = await once(child, "exit")
  if (code !== 0) throw new Error(`the extension was not installed:\n${lines.join("\n")}`)
}

const listening = async (child: ChildProcess): Promise<string> => {
  const { lines, readers } = listenedTo(child)
  const { promise, reject, resolve } = Promise.withResolvers<string>()
  for (const reader of readers) {
    reader.on("line", (line) => {
      const [, url] = /server listening on (http:\S+?)\/?$/.exec(line) ?? []
      if (url !== undefined) resolve(url)
    })
  }
  child.once("exit", () => reject(new Error(`the editor ended:\n${lines.join("\n")}`)))
  return promise
}

const ended = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, "exit")
  child.kill("SIGTERM")
  await gone
}

const made: Effect.Effect<string, never, Scope> = Effect.gen(function* () {
  const home = yield* temporaryDirectory
  yield* Effect.promise(() => withSettings(home))
  yield* Effect.promise(() => withExtension(home))
  const child = yield* Effect.acquireRelease(
    Effect.sync(() =>
      started(home, [
        "--auth=none",
        "--bind-addr=127.0.0.1:0",
        "--disable-telemetry",
        "--disable-update-check",
        "--disable-getting-started-override",
      ]),
    ),
    (one) => Effect.promise(() => ended(one)),
  )
  return yield* Effect.promise(() => listening(child))
})

/** Ends with its scope, and leaves nothing. */
export class CodeServer extends Context.Service<CodeServer, { readonly url: string }>()(
  "countersign-inspector/testing/CodeServer",
) {
  static readonly layer = Layer.effect(
    CodeServer,
    Effect.map(made, (url) => ({ url })),
  )
}
