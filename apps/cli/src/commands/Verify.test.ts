import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { eventLines, run, start } from "../testing/CommandLine.ts"
import { TrailFiles } from "../testing/TrailFiles.ts"

const lines = 3000
// The engine's own opening and closing records are entries too.
const size = lines + 2

let cwd = ""
let original = new TrailFiles("")
let copies = 0

beforeAll(async () => {
  cwd = mkdtempSync(path.join(tmpdir(), "countersign-verify-"))
  original = new TrailFiles(path.join(cwd, "original"))
  const recorded = await run(["record", "--trail", "original"], { cwd, input: eventLines(lines) })
  assert.strictEqual(recorded.code, 0, recorded.stderr)
})
afterAll(() => rmSync(cwd, { recursive: true, force: true }))

const copy = (): TrailFiles => {
  copies += 1
  return original.copyTo(path.join(cwd, `copy-${copies}`))
}

const verify = async (trail: TrailFiles, ...flags: ReadonlyArray<string>) => {
  const ended = await run(["verify", trail.directory, "--json", ...flags], { cwd })
  const report: unknown = ended.stdout === "" ? undefined : JSON.parse(ended.stdout)
  return { ...ended, report: report as Readonly<Record<string, unknown>> }
}

const assertTampered = async (
  trail: TrailFiles,
  expected: { readonly kind?: string; readonly index?: number; readonly path?: string },
): Promise<void> => {
  const { code, report, stderr } = await verify(trail)
  assert.strictEqual(code, 1, stderr)
  assert.strictEqual(report["verdict"], "tampered")
  assert.include(report["firstBad"], expected)
}

describe("verify", () => {
  it("exits 0 for what was recorded, and says what it did not check and that the key is not pinned", async () => {
    const { code, report } = await verify(original)
    assert.strictEqual(code, 0)
    assert.include(report, { verdict: "verified", size, entries: size, isKeyPinned: false })
    const { stdout } = await run(["verify", "original"], { cwd })
    assert.include(stdout, "✓ verified  countersign.local/original")
    assert.include(stdout, "not pinned: give --key")
    assert.include(stdout, "not checked\n  - ")
  })

  it("takes the key as text and as a file, and then says nothing of one beside the trail", async () => {
    const { stdout } = await run(["key", "original"], { cwd })
    const asText = await verify(original, "--key", stdout.trim())
    const asFile = await verify(original, "--key", "original.vkey")
    for (const { code, report } of [asText, asFile]) {
      assert.strictEqual(code, 0)
      assert.isTrue(report["isKeyPinned"])
      assert.notInclude(JSON.stringify(report["notChecked"]), "beside the trail")
    }
  })

  it("exits 1 for a flipped byte in any file, naming the file", async () => {
    const files = original.files()
    assert.includeMembers(
      [...files],
      ["checkpoint", "tile/0/000", "tile/1/000.p/11", "tile/entries/005"],
    )
    // One of each kind: all the others are like one of these.
    const kinds = new Map(files.map((file) => [file.replaceAll(/\d+/g, "0"), file]))
    for (const file of kinds.values()) {
      const trail = copy()
      trail.flip(file)
      const { code, report } = await verify(trail)
      assert.strictEqual(code, 1, file)
      const { index, path: named } = report["firstBad"] as { index?: number; path: string }
      // A changed entry is found out by the tile of hashes above it: the same place in the trail.
      const isSame = named === file || named === file.replace("entries", "0")
      assert.isTrue(isSame, `${file} was flipped, ${named} was named`)
      assert.strictEqual(index === undefined, file === "checkpoint", file)
    }
  })

  it("exits 1 for a removed entry, naming it", async () => {
    const trail = copy()
    trail.editBundle(3, (entries) => entries.toSpliced(40, 1))
    await assertTampered(trail, { index: 3 * 256 + 40, path: "tile/entries/003" })
  })

  it("exits 1 for two swapped entries, naming the first", async () => {
    const trail = copy()
    trail.editBundle(3, (entries) =>
      entries.map(
        (entry, at) => (at === 40 ? entries[41] : at === 41 ? entries[40] : entry) ?? entry,
      ),
    )
    await assertTampered(trail, { kind: "entry", index: 3 * 256 + 40 })
  })

  it("exits 1 for a duplicated entry, naming the place", async () => {
    const trail = copy()
    trail.editBundle(3, (entries) =>
      entries.map((entry, at) => (at === 41 ? (entries[40] ?? entry) : entry)),
    )
    await assertTampered(trail, { kind: "entry", index: 3 * 256 + 41 })
  })

  it("exits 1 for an entry rewritten together with its leaf hash, naming it", async () => {
    const trail = copy()
    trail.editBundle(3, (entries) =>
      entries.map((entry, at) => {
        if (at !== 40) return entry
        const forged = Buffer.from(entry.toString("utf8").replace("success", "failure"))
        trail.rehash(3 * 256 + 40, forged)
        return forged
      }),
    )
    const { code, report } = await verify(trail)
    assert.strictEqual(code, 1)
    // Which of the 256 it was the tile can't say any more, only that it is one of them.
    const { index } = report["firstBad"] as { index: number }
    assert.strictEqual(Math.floor(index / 256), 3)
  })

  it("exits 1 for a truncated tail, naming the first entry that is missing", async () => {
    const trail = copy()
    const last = trail.files().find((file) => /^tile\/entries\/.*\.p\//.test(file)) ?? ""
    trail.edit(last, (bytes) => bytes.subarray(0, 1000))
    const { code, report } = await verify(trail)
    assert.strictEqual(code, 1)
    assert.isAtLeast((report["firstBad"] as { index: number }).index, 11 * 256)

    rmSync(path.join(trail.directory, last))
    await assertTampered(trail, { index: 11 * 256 })
  })

  it("exits 1 for an edited checkpoint and for a missing signature", async () => {
    const edited = copy()
    edited.edit("checkpoint", (note) =>
      Buffer.from(note.toString("utf8").replace(`\n${size}\n`, `\n${size - 1}\n`)),
    )
    await assertTampered(edited, { path: "checkpoint" })

    const unsigned = copy()
    unsigned.edit("checkpoint", (note) =>
      Buffer.from(note.toString("utf8").replace(/^— .*\n/m, "")),
    )
    await assertTampered(unsigned, { path: "checkpoint" })
  })

  it("exits 1 for a flipped byte in the log that a killed writer left behind", async () => {
    const trail = new TrailFiles(path.join(cwd, "killed"))
    const writer = start(["record", "--trail", "killed"], { cwd })
    const ended = new Promise((resolve) => writer.once("close", resolve))
    // In two batches, since the log ends in what could be an unfinished one.
    for (const last of [299, 599]) {
      writer.stdin.write([...eventLines(last + 1)].join(""))
      for (;;) {
        const { stdout } = await run(["tail", "killed", "--json", "-n", "1"], { cwd })
        if (stdout.includes(`"line":${last}`)) break
      }
    }
    writer.kill("SIGKILL")
    await ended
    assert.strictEqual((await verify(trail)).code, 0)

    const segment = trail.files().find((file) => file.startsWith("wal/")) ?? ""
    trail.flip(segment, 5000)
    const { code, report } = await verify(trail)
    assert.strictEqual(code, 1)
    assert.include(report["firstBad"], { kind: "log", path: segment })
  })

  it("exits 3 where no key says who signed, and 1 all the same where the trail contradicts itself", async () => {
    const trail = copy()
    rmSync(`${trail.directory}.vkey`)
    const { code, report } = await verify(trail)
    assert.strictEqual(code, 3)
    assert.strictEqual(report["verdict"], "unverifiable")
    trail.flip("tile/entries/002")
    assert.strictEqual((await verify(trail)).code, 1)
  })

  it("exits 2 where there is no checkpoint", async () => {
    mkdirSync(path.join(cwd, "empty", "wal"), { recursive: true })
    const { code, report } = await verify(new TrailFiles(path.join(cwd, "empty")))
    assert.strictEqual(code, 2)
    assert.strictEqual(report["verdict"], "incomplete")
  })

  it("exits 4 where there is no trail, with one line that says so", async () => {
    const { code, stderr, stdout } = await run(["verify", "nowhere"], { cwd })
    assert.deepStrictEqual([code, stdout], [4, ""])
    assert.match(stderr, /^countersign: AUD-3101: .*nowhere.*no such trail\n$/)
  })

  it("exits 64 for a key that is none, and for a slip in the command line", async () => {
    const wrongKey = await run(["verify", "original", "--key", "nonsense"], { cwd })
    assert.strictEqual(wrongKey.code, 64)
    assert.match(
      wrongKey.stderr,
      /^countersign: AUD-6102: --key: "nonsense" is neither a file .*\n$/,
    )
    const slip = await run(["verify", "original", "--jsn"], { cwd })
    assert.deepStrictEqual([slip.code, slip.stdout], [64, ""])
    assert.match(slip.stderr, /^countersign: .*--jsn.*\nRun countersign verify --help/)
  })

  it("names the place in words for a person", async () => {
    const trail = copy()
    trail.editBundle(3, (entries) => entries.toSpliced(40, 1))
    const { stdout } = await run(["verify", trail.directory], { cwd })
    assert.include(stdout.split("\n")[0], "✗ tampered")
    assert.include(stdout.split("\n")[0], "at entry 808, in tile/entries/003")
  })
})
