import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { eventLines, run } from "../testing/CommandLine.ts"

let cwd = ""
beforeAll(async () => {
  cwd = mkdtempSync(path.join(tmpdir(), "countersign-prove-"))
  await run(["record", "--trail", "trail"], { cwd, input: eventLines(1000) })
  await run(["record", "--trail", "other"], { cwd, input: eventLines(1) })
  writeFileSync(path.join(cwd, "proof"), (await run(["prove", "trail", "500"], { cwd })).stdout)
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const check = (...args: ReadonlyArray<string>) => run(["check", ...args], { cwd })

describe("prove and check", () => {
  it("prove an event by its id and by its number, to somebody without the trail", async () => {
    const found = await run(["query", "trail", "data.line=499", "--json"], { cwd })
    const { event } = JSON.parse(found.stdout) as { event: { id: string } }
    const proof = await run(["prove", "trail", event.id], { cwd })
    assert.strictEqual(proof.stdout, readFileSync(path.join(cwd, "proof"), "utf8"))

    const checked = await check("proof", "--key", "trail.vkey", "--json")
    assert.strictEqual(checked.code, 0, checked.stderr)
    assert.deepInclude(JSON.parse(checked.stdout), {
      isProven: true,
      origin: "countersign.local/trail",
      size: 1002,
      sequence: 500,
      event,
    })
    const piped = await run(["check", "-", "--key", "trail.vkey"], { cwd, input: proof.stdout })
    assert.strictEqual(piped.code, 0)
    assert.include(piped.stdout, "✓ proven  entry 500 of the 1,002")
  })

  it("exits 1 for a proof with another event, another number or another signature in it", async () => {
    const proof = readFileSync(path.join(cwd, "proof"), "utf8")
    const extra = /^extra (.*)$/m.exec(proof)?.[1] ?? ""
    const forged = Buffer.from(extra, "base64").toString("utf8").replace(`"line":499`, `"line":498`)
    const changed = [
      proof.replace(extra, Buffer.from(forged).toString("base64")),
      proof.replace("index 500", "index 501"),
      proof.replace("\n1002\n", "\n1003\n"),
      proof.replace("tlog-proof@v1", "tlog-proof@v2"),
    ]
    for (const input of changed) {
      assert.notStrictEqual(input, proof)
      const { code } = await run(["check", "-", "--key", "trail.vkey"], { cwd, input })
      assert.strictEqual(code, 1, input)
    }
  })

  it("exit 2 without the event, 3 with another's key, 4 without the file, 64 without a key", async () => {
    const bare = readFileSync(path.join(cwd, "proof"), "utf8").replace(/^extra .*\n/m, "")
    const codes = [
      await run(["check", "-", "--key", "trail.vkey"], { cwd, input: bare }),
      await check("proof", "--key", "other.vkey"),
      await check("absent", "--key", "trail.vkey"),
      await check("proof"),
    ].map(({ code }) => code)
    assert.deepStrictEqual(codes, [2, 3, 4, 64])
  })

  it("exits 1 for an event that is not there", async () => {
    const { code, stderr, stdout } = await run(["prove", "trail", "1002"], { cwd })
    assert.deepStrictEqual([code, stdout], [1, ""])
    assert.match(stderr, /^countersign: AUD-3216: .*no event 1002 among the 1002 published.*\n$/)
  })
})

describe("key", () => {
  it("prints the verifier key, also where only the signing key is left", async () => {
    const text = readFileSync(path.join(cwd, "trail.vkey"), "utf8")
    assert.strictEqual((await run(["key", "trail"], { cwd })).stdout, text)
    rmSync(path.join(cwd, "trail.vkey"))
    const { stdout } = await run(["key", "trail/", "--json"], { cwd })
    writeFileSync(path.join(cwd, "trail.vkey"), text)
    assert.deepInclude(JSON.parse(stdout), {
      key: text.trim(),
      origin: "countersign.local/trail",
      file: path.join(cwd, "trail.key"),
    })
  })

  it("exits 3 where there is none", async () => {
    const { code, stderr } = await run(["key", "nowhere"], { cwd })
    assert.strictEqual(code, 3)
    assert.include(stderr, "no key found")
  })
})
