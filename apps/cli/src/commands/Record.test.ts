import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { eventLines, run, start } from "../testing/CommandLine.ts"

let cwd = ""
beforeAll(() => {
  cwd = mkdtempSync(path.join(tmpdir(), "countersign-record-"))
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const good = `{"type":"patient.record.read","actor":{"id":"u-1"},"outcome":"success"}`

describe("record", () => {
  it("takes 200,000 lines from stdin, and what it made verifies", async () => {
    const recorded = await run(["record", "-", "--trail", "many", "--json"], {
      cwd,
      input: eventLines(200_000),
    })
    assert.strictEqual(recorded.code, 0, recorded.stderr)
    assert.include(JSON.parse(recorded.stdout), {
      trail: "many",
      origin: "countersign.local/many",
      recorded: 200_000,
      refused: 0,
      lost: 0,
      size: 200_002,
    })
    const verified = await run(["verify", "many", "--json"], { cwd })
    assert.strictEqual(verified.code, 0, verified.stderr)
    assert.include(JSON.parse(verified.stdout), { verdict: "verified", entries: 200_002 })
  })

  it("takes a file, says at once that it made a key, and goes on with a trail that is there", async () => {
    writeFileSync(path.join(cwd, "in.jsonl"), `${good}\n\n${good}`)
    const first = await run(["record", "in.jsonl", "--trail", "again"], { cwd })
    assert.strictEqual(first.code, 0)
    assert.include(first.stdout, "✓ recorded  2 events into countersign.local/again")
    assert.include(first.stderr, "made a development key")
    const second = await run(["record", "in.jsonl", "--trail", "again", "--json"], { cwd })
    assert.strictEqual(second.stderr, "")
    assert.include(JSON.parse(second.stdout), { recorded: 2, size: 8 })
  })

  it("leaves out what is no event, counts it, and names the first line, its place and the cause", async () => {
    const input = [good, `{"type":"a.b","actor":{"id":"u"},"outcome":"maybe"}`, "nope", good, "[]"]
    const options = { cwd, input: input.join("\n") }
    const { code, stdout } = await run(["record", "--trail", "some", "--json"], options)
    assert.strictEqual(code, 1)
    const summary: unknown = JSON.parse(stdout)
    assert.deepInclude(summary, { recorded: 2, refused: 3 })
    const { firstRefused } = summary as { firstRefused: { line: number; message: string } }
    assert.strictEqual(firstRefused.line, 2)
    assert.match(firstRefused.message, /^AUD-1001: outcome: .*attempt/)

    const said = await run(["record", "--trail", "some"], options)
    assert.include(said.stdout, "refused  3 lines; the first is stdin:2: AUD-1001: outcome: ")
  })

  it("refuses a line over 1 MiB by its number, and records the one behind it", async () => {
    const input = [`${good}\n`, "x".repeat(3 * 1024 * 1024), `\n${good}\n`]
    const { code, stdout } = await run(["record", "--trail", "long", "--json"], { cwd, input })
    assert.strictEqual(code, 1)
    assert.deepInclude(JSON.parse(stdout), {
      recorded: 2,
      refused: 1,
      firstRefused: { line: 2, message: "is longer than 1 MiB; put one event on a line" },
    })
  })

  it("records telemetry and critical events in bulk without dropping one", async () => {
    const line = (index: number) => {
      const name = index % 2 === 0 ? "telemetry" : "critical"
      return `{"type":"job.step","class":"${name}","actor":{"id":"u"},"outcome":"success"}`
    }
    const input = Array.from({ length: 40_000 }, (_, index) => `${line(index)}\n`)
    const { code, stdout } = await run(["record", "--trail", "bulk", "--json"], { cwd, input })
    assert.strictEqual(code, 0)
    assert.include(JSON.parse(stdout), { recorded: 40_000, refused: 0, lost: 0 })
    const stats = await run(["stats", "bulk", "--json"], { cwd })
    assert.include(JSON.parse(stats.stdout), { events: 40_000, dropped: 0, lost: 0 })
  })

  it("takes a configuration, and refuses one that contradicts itself before it writes", async () => {
    writeFileSync(
      path.join(cwd, "audit.yaml"),
      "profile: memory-constrained\norigin: example.org/a\n",
    )
    const args = ["record", "--trail", "configured", "--config", "audit.yaml", "--json"]
    const { stdout } = await run(args, { cwd, input: good })
    assert.include(JSON.parse(stdout), { recorded: 1, origin: "example.org/a" })

    writeFileSync(path.join(cwd, "wrong.yaml"), "profil: balanced\n")
    const wrong = ["record", "--trail", "wrong", "--config", "wrong.yaml"]
    const { code, stderr } = await run(wrong, { cwd, input: good })
    assert.strictEqual(code, 64)
    assert.include(stderr, "wrong.yaml")
    assert.isFalse(existsSync(path.join(cwd, "wrong")))
  })

  it("records telemetry in bulk into the smallest engine too", async () => {
    const line = `{"type":"job.step","class":"telemetry","actor":{"id":"u"},"outcome":"success"}\n`
    const { code, stdout } = await run(["record", "--trail", "small", "--json"], {
      cwd,
      input: line.repeat(5000),
      env: { COUNTERSIGN_PROFILE: "memory-constrained" },
    })
    assert.strictEqual(code, 0, stdout)
    // That profile samples telemetry, which is no loss: the summary and the trail say so.
    const summary = JSON.parse(stdout) as { recorded: number; sampledOut: number; refused: number }
    assert.deepStrictEqual([summary.recorded + summary.sampledOut, summary.refused], [5000, 0])
    assert.isAbove(summary.sampledOut, 0)
  })

  it("exits 4 and leaves nothing behind where the input is not there", async () => {
    const { code, stderr, stdout } = await run(["record", "absent", "--trail", "none"], { cwd })
    assert.deepStrictEqual([code, stdout], [4, ""])
    assert.match(stderr, /^countersign: AUD-3101: read of absent failed: ENOENT: no such file.*\n$/)
    const directory = await run(["record", ".", "--trail", "none"], { cwd })
    assert.strictEqual(directory.code, 4)
    assert.include(directory.stderr, "EISDIR: it is a directory")
    assert.isFalse(existsSync(path.join(cwd, "none")))
    assert.isFalse(existsSync(path.join(cwd, "none.key")))
  })

  it("exits 4 where another process writes the trail, naming it", async () => {
    const writer = start(["record", "--trail", "held"], { cwd })
    for (;;) {
      const { stdout } = await run(["doctor", "held", "--json"], { cwd })
      if (stdout.includes(`process ${writer.pid}`)) break
    }
    const { code, stderr } = await run(["record", "--trail", "held"], { cwd, input: good })
    assert.strictEqual(code, 4)
    assert.include(stderr, `process ${writer.pid}`)
    const ended = new Promise((resolve) => writer.once("close", resolve))
    writer.stdin.end(good)
    assert.strictEqual(await ended, 0)
  })

  it("closes in order on SIGTERM: what it had taken is signed", async () => {
    const writer = start(["record", "--trail", "stopped"], { cwd })
    const ended = new Promise((resolve) => writer.once("close", resolve))
    writer.stdin.write(`${good}\n`.repeat(100))
    // The key's warning is the first word; by then the engine runs and reads.
    await new Promise((resolve) => writer.stderr.once("data", resolve))
    for (;;) {
      const { stdout } = await run(["tail", "stopped", "--json", "-n", "1"], { cwd })
      if (stdout.includes("patient.record.read")) break
    }
    writer.kill("SIGTERM")
    assert.isAbove(Number(await ended), 128)
    const { stdout } = await run(["tail", "stopped", "--json", "-n", "1"], { cwd })
    assert.include(stdout, `"type":"audit.closed"`)
    assert.strictEqual((await run(["verify", "stopped"], { cwd })).code, 0)
  })
})
