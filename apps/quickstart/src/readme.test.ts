import { spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as path from "node:path"
import { createInterface } from "node:readline"
import { contracts } from "@countersign/core/event/EventClass"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { verify } from "@countersign/core/trail/Verifier"
import { freePort } from "@countersign/sinks/testing/FreePort"
import { postgresServer } from "@countersign/sinks/testing/PostgresServer"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { Client } from "pg"

const root = path.join(import.meta.dirname, "../../..")
const readme = fs.readFileSync(path.join(root, "README.md"), "utf8")
const standing = ["withNode.ts", "withEffect.ts"]
const snippets = [
  ...standing,
  "withPostgres.ts",
  "withMonitor.ts",
  "withInspector.ts",
  "withCopybook.ts",
]

const textAt = async (url: string): Promise<string> => await (await fetch(url)).text()

const cellsOf = (line: string): ReadonlyArray<string> =>
  line.split("|").map((cell) => cell.trim().replaceAll("`", ""))

describe("README.md", () => {
  it("shows the programs that are tested here, word for word", () => {
    const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map(([, block]) => block)
    assert.deepStrictEqual(
      blocks,
      snippets.map((name) => fs.readFileSync(path.join(import.meta.dirname, name), "utf8")),
    )
  })

  it("has the table of classes that the engine follows", () => {
    const section = readme.split("## The four classes")[1]?.split("## ")[0] ?? ""
    const rows = section.split("\n").filter((line) => line.startsWith("| `"))
    assert.deepStrictEqual(
      rows.map((line) => {
        const [, name, resolves, , sampled, share] = cellsOf(line)
        return [name, resolves, sampled === "may be", share]
      }),
      contracts.map(({ isSampled, name, resolves, share }) => [
        name,
        resolves,
        isSampled,
        `${share * 100} %`,
      ]),
    )
  })

  it("lists commands that there are", () => {
    const section = readme.split("## The command line")[1]?.split("## ")[0] ?? ""
    const listed = [...section.matchAll(/^\| `(\w+)/gm)].map(([, name = ""]) => name)
    const commands = path.join(root, "apps/cli/src/commands")
    const existing = fs.readdirSync(commands).flatMap((file) => {
      const source = fs.readFileSync(path.join(commands, file), "utf8")
      return [...source.matchAll(/Command\.make\(\s*"(\w+)"/gu)].map(([, name]) => name)
    })
    assert.isNotEmpty(listed)
    assert.includeMembers(existing, listed)
  })

  const run = (name: string, directory: string, env: NodeJS.ProcessEnv = {}) =>
    spawnSync(
      process.execPath,
      ["--conditions=@countersign/source", path.join(import.meta.dirname, name)],
      { cwd: directory, encoding: "utf8", env: { ...process.env, ...env } },
    )

  it.live.each(standing)("%s runs, and leaves a trail that verifies", (name) =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const { status, stderr, stdout } = run(name, directory)
      assert.strictEqual(status, 0, stderr)
      assert.match(stdout, /^durable: entry 1 of countersign\.local\/trail$/m)
      assert.match(stdout, /made a development key/)
      const report = yield* verify(path.join(directory, "trail"))
      assert.deepInclude(report, { verdict: "verified", size: 3 })
    }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer)),
  )

  it.live("withMonitor.ts says where its figures are, and they are there", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const port = yield* Effect.promise(freePort)
      const child = spawn(
        process.execPath,
        ["--conditions=@countersign/source", path.join(import.meta.dirname, "withMonitor.ts")],
        { cwd: directory, env: { ...process.env, METRICS_PORT: String(port) } },
      )
      yield* Effect.addFinalizer(() => Effect.sync(() => child.kill("SIGKILL")))
      const address = `http://127.0.0.1:${port}/metrics`
      yield* Effect.promise(async () => {
        // Before it comes the warning of a new key.
        for await (const line of createInterface(child.stdout)) if (line.includes(address)) return
        assert.fail("it ended without a word of its figures")
      })
      const figures = yield* Effect.promise(() => textAt(address))
      assert.match(figures, /^countersign_engine_open 1$/m)
    }).pipe(Effect.scoped),
  )

  it("withCopybook.ts encodes a record, decodes it, and says what is wrong with another", () => {
    const { status, stderr, stdout } = run("withCopybook.ts", import.meta.dirname)
    assert.strictEqual(status, 0, stderr)
    const [bytes, value, fault] = stdout.split("\n")
    assert.strictEqual(bytes, "d4c9d3d3c5d940400012345d")
    assert.include(value, "-123.45")
    assert.match(fault ?? "", /^CPY-4003: BALANCE: .*X'001234FA'/)
  })

  it.live("withPostgres.ts says that its event is delivered, and it is", () =>
    Effect.gen(function* () {
      const { url } = yield* postgresServer()
      const directory = yield* temporaryDirectory
      const { status, stderr, stdout } = run("withPostgres.ts", directory, { DATABASE_URL: url })
      assert.strictEqual(status, 0, stderr)
      assert.match(stdout, /^delivered: entry 1 of countersign\.local\/trail$/m)
      const client = new Client({ connectionString: url })
      yield* Effect.promise(() => client.connect())
      const { rows } = yield* Effect.promise(() =>
        client.query("select actor_id, targets from countersign.audit_record where sequence = 1"),
      )
      yield* Effect.promise(() => client.end())
      assert.deepStrictEqual(rows, [{ actor_id: "u-17", targets: ["Patient/p-204"] }])
    }).pipe(Effect.scoped),
  )
})
