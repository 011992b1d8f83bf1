import { spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { contracts } from "@countersign/core/event/EventClass"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { verify } from "@countersign/core/trail/Verifier"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"

const root = path.join(import.meta.dirname, "../../..")
const readme = fs.readFileSync(path.join(root, "README.md"), "utf8")
const snippets = ["withNode.ts", "withEffect.ts"]

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
    const existing = fs
      .readdirSync(path.join(root, "apps/cli/src/commands"))
      .map((file) => file.replace(/\.ts$/, "").toLowerCase())
    assert.isNotEmpty(listed)
    assert.includeMembers(existing, listed)
  })

  it.live.each(snippets)("%s runs, and leaves a trail that verifies", (name) =>
    Effect.gen(function* () {
      const directory = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-readme-"))
      yield* Effect.addFinalizer(() =>
        Effect.sync(() => fs.rmSync(directory, { recursive: true, force: true })),
      )
      const { status, stderr, stdout } = spawnSync(
        process.execPath,
        ["--conditions=@countersign/source", path.join(import.meta.dirname, name)],
        { cwd: directory, encoding: "utf8" },
      )
      assert.strictEqual(status, 0, stderr)
      assert.match(stdout, /^durable: entry 1 of countersign\.local\/trail$/m)
      assert.match(stdout, /made a development key/)
      const report = yield* verify(path.join(directory, "trail"))
      assert.deepInclude(report, { verdict: "verified", size: 3 })
    }).pipe(Effect.scoped, Effect.provide(NodeDisk.layer)),
  )
})
