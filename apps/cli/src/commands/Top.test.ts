import { spawn } from "node:child_process"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { Audit } from "@countersign/core/Audit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { MonitorServer } from "@countersign/monitor/server/MonitorServer"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Redacted from "effect/Redacted"
import { run } from "../testing/CommandLine.ts"

const main = fileURLToPath(new URL("../main.ts", import.meta.url))

/** An engine with a monitor, in this process; the command line is another. */
const watched = <A, E>(
  use: (directory: string, token: string, url: string) => Effect.Effect<A, E>,
) =>
  Effect.gen(function* () {
    const fixture = AuditFixture.make(path.join(yield* temporaryDirectory, "trail"))
    const running = Effect.gen(function* () {
      const audit = yield* Audit
      const context = yield* Layer.build(
        MonitorServer.layer({ frameMillis: 100 }).pipe(Layer.provide(NodeDisk.layer)),
      )
      const { token, url } = yield* Effect.provide(MonitorServer, context)
      for (let index = 0; index < 25; index += 1) yield* audit.record(AuditFixture.event)
      yield* audit.publish
      return yield* use(fixture.directory, Redacted.value(token), url)
    })
    return yield* fixture.withAudit(Effect.scoped(running))
  }).pipe(Effect.scoped)

const top = (directory: string, flags: ReadonlyArray<string>) =>
  Effect.promise(() => run(["top", directory, ...flags], { cwd: path.dirname(directory) }))

/** The lines of a screen after what a program has written to it, as far as `top` writes. */
const screenAfter = (written: string): ReadonlyArray<string> =>
  (written.split("\u001b[H").at(-1) ?? "")
    .split("\u001b[J")[0]
    // oxlint-disable-next-line no-control-regex -- the sequences of a terminal begin so
    ?.replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/gu, "")
    .split("\r\n") ?? []

interface Terminal {
  readonly written: () => string
  readonly press: (keys: string) => void
  readonly until: (isThere: (written: string) => boolean) => Promise<void>
  readonly ended: Promise<unknown>
}

/** In a terminal of its own, 80 by 24, as `script` makes one. */
const inTerminal = (directory: string, env: Readonly<Record<string, string>>): Terminal => {
  const command = `stty cols 80 rows 24; exec '${process.execPath}' --conditions=@countersign/source '${main}' top '${directory}'`
  // A person's terminal: on a build server, Node shows no colours, whatever the terminal can.
  const { CI: _ci, FORCE_COLOR: _force, ...inherited } = process.env
  const child = spawn("script", ["-qefc", command, "/dev/null"], {
    env: { ...inherited, TERM: "xterm-256color", ...env },
  })
  let written = ""
  child.stdout.on("data", (chunk: Buffer) => (written += chunk.toString("utf8")))
  return {
    written: () => written,
    press: (keys) => void child.stdin.write(keys),
    until: async (isThere) => {
      for (let tries = 0; !isThere(written); tries += 1) {
        assert.isBelow(tries, 1500, written)
        await new Promise((resolve) => setTimeout(resolve, 10))
      }
    },
    ended: once(child, "close"),
  }
}

describe("top", () => {
  it.live("prints one snapshot where there is no terminal", () =>
    watched((directory) =>
      Effect.gen(function* () {
        const { code, stderr, stdout } = yield* top(directory, [])
        assert.strictEqual(code, 0, stderr)
        assert.match(stdout, /^durable +26 /m)
        assert.match(stdout, /^ACTORS +STATE/m)
        assert.notInclude(stdout, "\u001b")
      }),
    ),
  )

  it.live("prints one document for programs, by the directory and by address and token", () =>
    watched((directory, token, url) =>
      Effect.gen(function* () {
        const byDirectory = yield* top(directory, ["--json"])
        const env = { COUNTERSIGN_MONITOR_TOKEN: token }
        const byUrl = yield* Effect.promise(() =>
          run(["top", url, "--json"], { cwd: path.dirname(directory), env }),
        )
        for (const { code, stderr, stdout } of [byDirectory, byUrl]) {
          assert.strictEqual(code, 0, stderr)
          const document = JSON.parse(stdout)
          assert.strictEqual(document.snapshot.engine.publishedSize, 26)
        }
      }),
    ),
  )

  it.live("draws in a terminal, takes keys, and leaves the screen as it was", () =>
    watched((directory) =>
      Effect.promise(async () => {
        const terminal = inTerminal(directory, { NO_COLOR: "1" })
        await terminal.until((written) => written.includes("durable"))
        const lines = screenAfter(terminal.written())
        assert.isAtMost(lines.length, 24)
        assert.isTrue(lines.every((line) => line.length <= 80))
        assert.match(lines.at(-1) ?? "", /^q quit/)
        terminal.press("s")
        await terminal.until((written) => written.includes("sort: depth"))
        terminal.press("/nothing-has-this-name\r")
        await terminal.until((written) => written.includes("/ filter: nothing-has-this-name"))
        terminal.press("p")
        await terminal.until((written) => written.includes("paused"))
        // No colour was asked for, and there is none.
        assert.notMatch(terminal.written(), /\u001b\[[0-9;]*m/u) // oxlint-disable-line no-control-regex -- colours begin so
        terminal.press("q")
        const [code] = (await terminal.ended) as [number]
        assert.strictEqual(code, 0)
        assert.isTrue(terminal.written().trimEnd().endsWith("\u001b[?25h\u001b[?1049l"))
      }),
    ),
  )

  it.live("has colours where nobody asked for none", () =>
    watched((directory) =>
      Effect.promise(async () => {
        const terminal = inTerminal(directory, { NO_COLOR: "" })
        await terminal.until((written) => written.includes("\u001b[1m"))
        terminal.press("\u0003")
        const [code] = (await terminal.ended) as [number]
        assert.strictEqual(code, 0)
      }),
    ),
  )

  it.live("says what to do where no engine has a monitor, and where it is gone", () =>
    Effect.gen(function* () {
      const directory = path.join(yield* temporaryDirectory, "trail")
      const none = yield* top(directory, [])
      assert.strictEqual(none.code, 64)
      assert.include(none.stderr, "MonitorServer.layer")
      const left = { url: "ws://127.0.0.1:1/monitor", token: "t", pid: 1 }
      writeFileSync(`${directory}.monitor`, JSON.stringify(left))
      const gone = yield* top(directory, [])
      assert.strictEqual(gone.code, 4)
      assert.include(gone.stderr, "AUD-6603")
      for (const url of ["ws://192.0.2.7:4100/monitor", "wss://audit.example/monitor"]) {
        writeFileSync(`${directory}.monitor`, JSON.stringify({ ...left, url }))
        const elsewhere = yield* top(directory, [])
        assert.strictEqual(elsewhere.code, 64)
        assert.include(elsewhere.stderr, "leads elsewhere than to this machine")
      }
      const clear = yield* Effect.promise(() =>
        run(["top", "ws://192.0.2.7:4100/monitor"], { cwd: path.dirname(directory) }),
      )
      assert.strictEqual(clear.code, 64)
      assert.include(clear.stderr, "wss://")
    }).pipe(Effect.scoped),
  )
})
