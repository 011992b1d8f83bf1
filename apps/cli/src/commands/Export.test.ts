import { createHash } from "node:crypto"
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import * as zlib from "node:zlib"
import { forms } from "@countersign/sinks/file/RecordEncoder"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { eventLines, run } from "../testing/CommandLine.ts"
import { TrailFiles } from "../testing/TrailFiles.ts"

const lines = 1000
let cwd = ""
beforeAll(async () => {
  cwd = mkdtempSync(path.join(tmpdir(), "countersign-export-"))
  await run(["record", "--trail", "trail"], { cwd, input: eventLines(lines) })
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const exported = (...args: ReadonlyArray<string>) => run(["export", "trail", ...args], { cwd })
const inCwd = (file: string): string => path.join(cwd, file)
const sidecarOf = (file: string) =>
  // The shape is what the assertions are about.
  JSON.parse(readFileSync(inCwd(`${file}.json`), "utf8")) as Readonly<Record<string, unknown>>

describe("export", () => {
  it("prints the lines that query prints, and the opening and closing records", async () => {
    const { code, stderr, stdout } = await exported()
    assert.strictEqual(code, 0)
    const queried = await run(["query", "trail", "exists(id)", "--json"], { cwd })
    assert.strictEqual(stdout, queried.stdout)
    assert.strictEqual(stdout.split("\n").length, lines + 3)
    assert.include(stderr, "1,002 exported of 1,002 published events")
  })

  it("writes a compressed file with a sidecar that fits it", async () => {
    const { code } = await exported("--filter", "data.line<100", "-o", "some.ndjson.zst")
    assert.strictEqual(code, 0)
    const bytes = readFileSync(inCwd("some.ndjson.zst"))
    const content = zlib.zstdDecompressSync(bytes)
    const sha256 = (of: Buffer): string => createHash("sha256").update(of).digest("hex")
    assert.deepInclude(sidecarOf("some.ndjson.zst"), {
      file: "some.ndjson.zst",
      format: "ndjson",
      trail: "countersign.local/trail",
      filter: "data.line<100",
      first: 1,
      last: 100,
      count: 100,
      bytes: bytes.length,
      sha256: sha256(bytes),
      compression: "zstd",
      contentBytes: content.length,
      contentSha256: sha256(content),
      checkpoint: readFileSync(inCwd("trail/checkpoint"), "utf8"),
    })
    assert.strictEqual(content.toString().split("\n").length, 101)
  })

  it("encrypts a file with a key, checks it with and without, and opens it again", async () => {
    writeFileSync(inCwd("export.key"), `${"0f".repeat(32)}\n`, { mode: 0o600 })
    const sealKey = ["--seal-key", "export.key"]
    const made = await exported(...sealKey, "-o", "all.ndjson.zst.sealed")
    assert.strictEqual(made.code, 0, made.stderr)
    const sidecar = sidecarOf("all.ndjson.zst.sealed")
    assert.deepInclude(sidecar, { encryption: "aes-256-gcm", compression: "zstd", count: 1002 })
    assert.notProperty(sidecar, "contentSha256")

    const check = (...args: ReadonlyArray<string>) =>
      run(["export", "check", "all.ndjson.zst.sealed", ...args], { cwd })
    const closed = await check()
    assert.strictEqual(closed.code, 0, closed.stdout)
    assert.include(closed.stdout, "it is encrypted, give --seal-key")
    const whole = await check(...sealKey, "--trail", "trail")
    assert.strictEqual(whole.code, 0, whole.stdout)
    assert.include(whole.stdout, "1,002 records with the trail, byte for byte")

    const open = (output: string, key: string) =>
      run(["export", "open", "all.ndjson.zst.sealed", "--seal-key", key, "-o", output], { cwd })
    assert.strictEqual((await open("opened.ndjson.zst", "export.key")).code, 0)
    const content = zlib.zstdDecompressSync(readFileSync(inCwd("opened.ndjson.zst")))
    assert.strictEqual(content.toString(), (await exported()).stdout)

    writeFileSync(inCwd("other.key"), "1e".repeat(32))
    const refused = await open("other.ndjson.zst", "other.key")
    assert.strictEqual(refused.code, 1, refused.stderr)
    assert.include(refused.stderr, "the key is another one")
    const bytes = readFileSync(inCwd("all.ndjson.zst.sealed"))
    writeFileSync(inCwd("all.ndjson.zst.sealed"), bytes.subarray(0, -1))
    assert.strictEqual((await open("short.ndjson.zst", "export.key")).code, 1)
    assert.strictEqual((await check(...sealKey)).code, 1)
    assert.isEmpty(readdirSync(cwd).filter((name) => /^(?:other|short)\.ndjson|\.tmp$/.test(name)))

    const plain = await exported("-o", "plain.ndjson")
    assert.strictEqual(plain.code, 0, plain.stderr)
    const swapped = await run(["export", "check", "plain.ndjson", ...sealKey], { cwd })
    assert.strictEqual(swapped.code, 1)
    assert.include(swapped.stdout, "it is not encrypted, and a key was given for it")

    writeFileSync(inCwd("no.key"), "a password")
    const wrong = await exported("--seal-key", "no.key", "-o", "x.ndjson")
    assert.strictEqual(wrong.code, 64)
    assert.include(wrong.stderr, "64 hexadecimal digits")
  })

  it("writes tables and formats of others, and prints the sidecar when told to", async () => {
    for (const name of ["csv", "parquet", "ocsf"]) {
      const file = `every.${name}`
      const { code, stderr, stdout } = await exported("--format", name, "-o", file, "--json")
      assert.strictEqual(code, 0, stderr)
      assert.deepInclude(JSON.parse(stdout), { format: name, count: lines + 2, read: lines + 2 })
      assert.isAbove(readFileSync(inCwd(file)).length, 0)
    }
    assert.match(readFileSync(inCwd("every.csv"), "utf8"), /^sequence,time,id,type,.*\r\n0,"/)
    assert.strictEqual(readFileSync(inCwd("every.parquet")).toString("latin1", 0, 4), "PAR1")
    const { stdout } = await run(["export", "--help"], { cwd })
    for (const name of forms.keys()) assert.include(stdout, name)
  })

  it("refuses an unknown form, a table for stdout, and a file that is there", async () => {
    writeFileSync(inCwd("mine"), "kept")
    for (const [args, said] of [
      [["--format", "xml"], /AUD-6102: --format: "xml" is none of ndjson, csv, parquet, /],
      [["--format", "parquet"], /AUD-6102: --output: a Parquet table is no text for stdout/],
      [["-o", "mine"], /AUD-6102: --output: mine is there already/],
    ] as const) {
      const { code, stderr, stdout } = await exported(...args)
      assert.deepStrictEqual([code, stdout], [64, ""], stderr)
      assert.match(stderr, said)
    }
    assert.strictEqual(readFileSync(inCwd("mine"), "utf8"), "kept")
  })

  it("leaves nothing behind where the trail can't be read to its end", async () => {
    const copy = new TrailFiles(inCwd("trail")).copyTo(inCwd("damaged"))
    rmSync(inCwd("damaged/tile/entries/002"))
    const { code, stderr } = await run(["export", copy.directory, "-o", "half.csv"], { cwd })
    assert.strictEqual(code, 1)
    assert.match(stderr, /AUD-3201: .*002: is missing/)
    assert.isEmpty(readdirSync(cwd).filter((name) => name.startsWith("half")))
  })

  it("names the record that is no event, rather than leave it out of another's format", async () => {
    const copy = new TrailFiles(inCwd("trail")).copyTo(inCwd("odd"))
    copy.editBundle(0, (entries) => entries.with(3, Buffer.from('{"no":"event"}')))
    const { code, stderr } = await run(["export", "odd", "--format", "ecs", "-o", "odd.ecs"], {
      cwd,
    })
    assert.strictEqual(code, 4)
    assert.include(stderr, "AUD-4601: record 3 of countersign.local/trail is no event")
    assert.isFalse(existsSync(inCwd("odd.ecs")))
  })

  it("checks a file against its sidecar, its checkpoint, the key and the trail", async () => {
    await exported("-o", "all.ndjson.gz")
    const { stdout: key } = await run(["key", "trail"], { cwd })
    const check = (...args: ReadonlyArray<string>) =>
      run(["export", "check", "all.ndjson.gz", ...args], { cwd })
    const good = await check("--trail", "trail", "--key", key.trim())
    assert.strictEqual(good.code, 0, good.stdout + good.stderr)
    assert.include(good.stdout, "✓ agrees  all.ndjson.gz: 1,002 records of countersign.local/trail")
    assert.include(good.stdout, "compared     1,002 records with the trail, byte for byte")
    assert.include(
      good.stdout,
      "1,002 records: they are all that the checkpoint names, which is signed",
    )

    const file = readFileSync(inCwd("all.ndjson.gz"))
    const text = zlib.gunzipSync(file).toString().replace("u-3", "u-4")
    writeFileSync(inCwd("all.ndjson.gz"), zlib.gzipSync(text))
    const bad = await check("--trail", "trail")
    assert.strictEqual(bad.code, 1)
    assert.include(bad.stdout, "✗ differs")
    assert.match(bad.stdout, /record \d+ is another than in the trail/)
    assert.include(bad.stdout, "the first 1002 records are not those that the checkpoint signs")
    assert.strictEqual((await run(["export", "check", "trail/checkpoint"], { cwd })).code, 2)
  })

  it("agrees by a key only with records that the checkpoint or the trail shows", async () => {
    const { stdout: key } = await run(["key", "trail"], { cwd })
    await exported("--filter", "data.line<100", "-o", "part.ndjson")
    await exported("--format", "csv", "-o", "part.csv")
    const text = readFileSync(inCwd("part.ndjson"), "utf8").replace("u-3", "u-4")
    writeFileSync(inCwd("part.ndjson"), text)
    const sha256 = createHash("sha256").update(text).digest("hex")
    // Whoever forges the file forges its sidecar with it, and keeps the signed note.
    const forged = { ...sidecarOf("part.ndjson"), sha256, contentSha256: sha256 }
    writeFileSync(inCwd("part.ndjson.json"), JSON.stringify(forged))
    const check = (...args: ReadonlyArray<string>) => run(["export", "check", ...args], { cwd })
    for (const file of ["part.ndjson", "part.csv"]) {
      const { code, stdout } = await check(file, "--key", key.trim())
      assert.strictEqual(code, 3, stdout)
      assert.match(stdout, /^\? unproven/)
      assert.notInclude(stdout, "agrees")
    }
    const compared = await check("part.ndjson", "--key", key.trim(), "--trail", "trail")
    assert.strictEqual(compared.code, 1, compared.stdout)
    await exported("--filter", "data.line<100", "-o", "true.ndjson")
    const whole = await check("true.ndjson", "--key", key.trim(), "--trail", "trail")
    assert.strictEqual(whole.code, 0, whole.stdout)
  })
})
