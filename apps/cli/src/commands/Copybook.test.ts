import { createHash } from "node:crypto"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { type Ended, run } from "../testing/CommandLine.ts"

const copybook = `
       01  ACCOUNT.
           05  KIND          PIC X.
           05  HEADER-PART.
               10  RUN-DATE  PIC 9(8).
               10  FILLER    PIC X(10).
           05  DETAIL-PART REDEFINES HEADER-PART.
               10  NAME      PIC X(10).
               10  BALANCE   PIC S9(9)V99 COMP-3.
               10  FILLER    PIC X(2).
`
const header = '{"KIND":"H","HEADER-PART":{"RUN-DATE":20260131}}'
const miller = '{"KIND":"D","DETAIL-PART":{"NAME":"MILLER","BALANCE":-12.5}}'
const smith = '{"KIND":"D","DETAIL-PART":{"NAME":"SMITH, J","BALANCE":123456789.12}}'
const segments = [
  "--segment-field",
  "KIND",
  "--segment",
  "HEADER-PART=H",
  "--segment",
  "DETAIL-PART=D",
]

let cwd = ""
const copybookRun = (...args: ReadonlyArray<string>): Promise<Ended> =>
  run(["copybook", ...args], { cwd })
const file = (name: string): string => path.join(cwd, name)

describe("countersign copybook", () => {
  beforeAll(async () => {
    cwd = mkdtempSync(path.join(tmpdir(), "countersign-copybook-"))
    writeFileSync(file("account.cpy"), copybook)
    writeFileSync(file("account.ndjson"), `${header}\n${miller}\n${smith}\n`)
    const { code, stderr } = await copybookRun(
      ..."encode account.ndjson -c account.cpy --framing rdw -o account.dat".split(" "),
    )
    assert.strictEqual(code, 0, stderr)
  })
  afterAll(() => rmSync(cwd, { recursive: true, force: true }))

  it("encode writes records in EBCDIC behind their lengths", () => {
    const bytes = readFileSync(file("account.dat"))
    assert.strictEqual(
      bytes.toString("hex", 0, 23),
      "00170000c8f2f0f2f6f0f1f3f140404040404040404040",
    )
    assert.strictEqual(bytes.toString("hex", 38, 44), "00000001250d")
  })

  it("decode reads them back, each by the view of its segment", async () => {
    const { code, stderr, stdout } = await copybookRun(
      ..."decode account.dat -c account.cpy --framing rdw".split(" "),
      ...segments,
    )
    assert.strictEqual(code, 0, stderr)
    assert.strictEqual(stdout, `${header}\n${miller}\n${smith}\n`)
    assert.include(stderr, "3 records, 3 written")
  })

  it("decode takes lines of text from a pipe", async () => {
    writeFileSync(
      file("line.cpy"),
      "       01 R.\n           05 A PIC X(3).\n           05 B PIC 9(2).\n",
    )
    const { stdout } = await run(
      "copybook decode - -c line.cpy --codepage ascii --framing lines".split(" "),
      { cwd, input: "abc01\r\nd  20\r\n" },
    )
    assert.strictEqual(stdout, '{"A":"abc","B":1}\n{"A":"d","B":20}\n')
  })

  it("decode writes CSV into a new file", async () => {
    const args = "decode account.dat -c account.cpy --framing rdw --format csv -o account.csv"
    const { code } = await copybookRun(...args.split(" "), "--select", "KIND,detail_part.name")
    assert.strictEqual(code, 0)
    const [names, , , last] = readFileSync(file("account.csv"), "utf8").split("\r\n")
    assert.strictEqual(names, "KIND,DETAIL-PART.NAME")
    assert.strictEqual(last, 'D,"SMITH, J"')
    const again = await copybookRun(...args.split(" "))
    assert.strictEqual(again.code, 64)
    assert.include(again.stderr, "is there already")
  })

  it("decode ends at the first bad record, with its place and bytes", async () => {
    const bytes = readFileSync(file("account.dat"))
    bytes[42] = 0x2a
    bytes[43] = 0xbb
    writeFileSync(file("bad.dat"), bytes)
    const args = ["decode", "bad.dat", "-c", "account.cpy", "--framing", "rdw", ...segments]
    const strict = await copybookRun(...args)
    assert.strictEqual(strict.code, 1)
    assert.strictEqual(strict.stdout, `${header}\n`)
    for (const part of ["AUD-5033", "record 1 at byte 27", "CPY-4003", "DETAIL-PART.BALANCE"]) {
      assert.include(strict.stderr, part)
    }
    const lenient = await copybookRun(...args, "--lenient", "--rejects", "rejects.ndjson")
    assert.strictEqual(lenient.code, 1)
    assert.strictEqual(lenient.stdout, `${header}\n${smith}\n`)
    assert.include(lenient.stderr, "rejected  1 record")
    const reject: unknown = JSON.parse(readFileSync(file("rejects.ndjson"), "utf8"))
    assert.deepInclude(reject, {
      record: 1,
      fileOffset: 27,
      bytes: bytes.subarray(27, 46).toString("base64"),
    })
    const capped = await copybookRun(...args, "--max-errors", "1")
    assert.include(capped.stdout, smith)
    const nulled = await copybookRun(...args, "--policy", "all=null")
    assert.strictEqual(nulled.code, 0)
    assert.include(nulled.stdout, '"BALANCE":null')
  })

  it("decode takes everything that has no flag from a file, and flags stand over it", async () => {
    writeFileSync(
      file("options.yaml"),
      "framing: { kind: rdw }\ncodec: { numbers: string, names: underscore }\noutput: { record: n }\n",
    )
    const args = ["decode", "account.dat", "-c", "account.cpy", "--options", "options.yaml"]
    const { stdout } = await copybookRun(...args, ...segments, "--names", "written", "-n", "2")
    assert.deepEqual(
      stdout.split("\n")[1],
      '{"n":1,"KIND":"D","DETAIL-PART":{"NAME":"MILLER","BALANCE":"-12.50"}}',
    )
    writeFileSync(file("wrong.json"), '{"codec":{"trimm":"none"}}')
    const wrong = await copybookRun(...args.slice(0, -1), "wrong.json")
    assert.strictEqual(wrong.code, 64)
    assert.include(wrong.stderr, "trimm")
  })

  it("gives the very same bytes again with the metadata", async () => {
    const bytes = readFileSync(file("account.dat"))
    bytes[15] = 0xc1
    writeFileSync(file("strange.dat"), bytes)
    const common = ["-c", "account.cpy", "--framing", "rdw", "--metadata"]
    await copybookRun("decode", "strange.dat", ...common, ...segments, "-o", "strange.ndjson")
    await copybookRun("encode", "strange.ndjson", ...common, ...segments, "-o", "again.dat")
    assert.deepStrictEqual(readFileSync(file("again.dat")), bytes)
  })

  it("decode keeps no file open that it does not read, however long it reads", async () => {
    const record = readFileSync(file("account.dat")).subarray(27, 46)
    writeFileSync(file("many.dat"), Buffer.alloc(19 * 400_000, record))
    const { code, stderr } = await run(
      "copybook decode many.dat -c account.cpy --format csv -o many.csv".split(" "),
      // A small heap is collected often, and an open file that is collected ends the process.
      { cwd, env: { NODE_OPTIONS: "--max-old-space-size=160" } },
    )
    assert.strictEqual(code, 0, stderr)
    assert.include(stderr, "400,000 written")
    for (const name of ["nothing.dat", "."]) {
      const failed = await copybookRun("decode", name, "-c", "account.cpy")
      assert.strictEqual(failed.code, 4)
      assert.match(failed.stderr, /AUD-3101: read of \S+ failed: E(NOENT|ISDIR)/)
    }
  })

  it("encode refuses what a field has no room for, and leaves no file", async () => {
    writeFileSync(file("long.ndjson"), `${miller.replace("MILLER", "MILLER THE ELDER")}\n`)
    const args = "encode long.ndjson -c account.cpy --framing rdw -o long.dat".split(" ")
    const { code, stderr } = await copybookRun(...args)
    assert.strictEqual(code, 1)
    for (const part of ["AUD-6111", "line 1", "DETAIL-PART.NAME"]) assert.include(stderr, part)
    const left = readdirSync(cwd).filter((name) => name.startsWith("long.dat"))
    assert.deepStrictEqual(left, [])
  })

  it("decode writes the same lines with any number of threads, and by the kernels", async () => {
    const lines = Array.from({ length: 5000 }, (_, index) =>
      JSON.stringify({ NAME: `N ${index}`, AMOUNT: index / 4, PLACES: [index % 7, index % 11] }),
    )
    writeFileSync(
      file("plain.cpy"),
      "       01 R.\n           05 NAME PIC X(12).\n           05 AMOUNT PIC S9(7)V99 COMP-3.\n           05 PLACES PIC 9(3) OCCURS 2.\n",
    )
    writeFileSync(file("plain.ndjson"), `${lines.join("\n")}\n`)
    await copybookRun(..."encode plain.ndjson -c plain.cpy -o plain.dat".split(" "))
    const args = ["decode", "plain.dat", "-c", "plain.cpy"]
    const [one, two] = [await copybookRun(...args), await copybookRun(...args, "--workers", "2")]
    assert.strictEqual(one.stdout, `${lines.join("\n")}\n`, one.stderr)
    assert.strictEqual(two.stdout, one.stdout, two.stderr)
    const first = await copybookRun(...args, "-n", "3")
    assert.strictEqual(first.stdout, `${lines.slice(0, 3).join("\n")}\n`)
  })

  it("decode writes Arrow and Parquet, a table for one kind of records", async () => {
    const args = "decode account.dat -c account.cpy --framing rdw --only-segment D".split(" ")
    for (const [format, begins, ends] of [
      ["parquet", "PAR1", "PAR1"],
      ["arrow", "ARROW1", "ARROW1"],
    ] as const) {
      const name = `account.${format}`
      const { code, stderr } = await copybookRun(
        ...args,
        ...segments,
        "--format",
        format,
        "-o",
        name,
      )
      assert.strictEqual(code, 0, stderr)
      assert.include(stderr, "2 written")
      const text = readFileSync(file(name), "latin1")
      assert.isTrue(text.startsWith(begins) && text.endsWith(ends))
    }
    const mixed = await copybookRun(
      ..."decode account.dat -c account.cpy --framing rdw --format parquet -o m.parquet".split(" "),
      ...segments,
    )
    assert.strictEqual(mixed.code, 64)
    assert.include(mixed.stderr, "--only-segment")
  })

  it("a table that a bad record ends is whole, and has the records before it alone", async () => {
    const rows = [1, 2, 3, 4].map((n) => `{"K":"${n % 2}","N":${n}}`)
    writeFileSync(
      file("row.cpy"),
      "       01  R.\n           05 K PIC X.\n           05 N PIC 9.\n",
    )
    writeFileSync(file("rows.ndjson"), `${rows.join("\n")}\n`)
    await copybookRun(..."encode rows.ndjson -c row.cpy -o rows.dat".split(" "))
    const bytes = readFileSync(file("rows.dat"))
    bytes[5] = 0x2a
    writeFileSync(file("rows.dat"), bytes)
    const args = "decode rows.dat -c row.cpy --format arrow --rejects r.rejects -o r.arrow"
    const { code, stderr } = await copybookRun(...args.split(" "))
    assert.strictEqual(code, 1)
    assert.include(stderr, "record 2 at byte 4")
    await copybookRun(..."decode rows.dat -c row.cpy --format arrow -n 2 -o two.arrow".split(" "))
    assert.deepStrictEqual(readFileSync(file("r.arrow")), readFileSync(file("two.arrow")))
    const odd = "decode rows.dat -c row.cpy --format arrow --lenient --rejects o.rejects -o o.arrow"
    await copybookRun(
      ...odd.split(" "),
      ..."--segment-field K --segment K=1".split(" "),
      "--only-segment",
      "1",
    )
    for (const name of ["r.rejects", "o.rejects"]) {
      const reject: unknown = JSON.parse(readFileSync(file(name), "utf8"))
      const raw = bytes.subarray(4, 6).toString("base64")
      assert.deepInclude(reject, { record: 2, fileOffset: 4, bytes: raw })
    }
  })

  it("a table rejects records whose kind can't be read, as lines do", async () => {
    writeFileSync(
      file("kind.cpy"),
      "       01  R.\n           05 K PIC 9.\n           05 A PIC X.\n",
    )
    writeFileSync(
      file("kind.dat"),
      Buffer.from("00060000F1C10004000000060000F2C300060000F1C4", "hex"),
    )
    const args =
      "decode kind.dat -c kind.cpy --framing rdw --segment-field K --segment A=1 --only-segment 1"
    const faulty = "record 1 at byte 10: CPY-4013"
    for (const format of ["csv", "ndjson", "parquet", "arrow"]) {
      const to = `--format ${format} -o kind.${format} --rejects kind-${format}.rejects`
      const { code, stderr } = await copybookRun(...`${args} --lenient ${to}`.split(" "))
      assert.strictEqual(code, 1, stderr)
      assert.include(stderr, faulty)
      assert.strictEqual(
        readFileSync(file(`kind-${format}.rejects`), "utf8"),
        readFileSync(file("kind-csv.rejects"), "utf8"),
      )
    }
    const strict = await copybookRun(...`${args} --format arrow -o strict.arrow`.split(" "))
    assert.strictEqual(strict.code, 1)
    assert.include(strict.stderr, faulty)
    await copybookRun(...`${args} -n 1 --format arrow -o one.arrow`.split(" "))
    assert.deepStrictEqual(readFileSync(file("strict.arrow")), readFileSync(file("one.arrow")))
  })

  it("--only-segment takes several ids, and is told of those that no record has", async () => {
    const args = "decode account.dat -c account.cpy --framing rdw".split(" ")
    const both = await copybookRun(...args, ...segments, "--only-segment", "H,D")
    assert.strictEqual(both.stdout, `${header}\n${miller}\n${smith}\n`)
    assert.include(both.stderr, "✓ decoded")
    assert.notInclude(both.stderr, "no record has")
    const some = await copybookRun(...args, ...segments, "--only-segment", "T,D,X")
    assert.strictEqual(some.stdout, `${miller}\n${smith}\n`)
    assert.include(some.stderr, "! decoded")
    assert.include(some.stderr, 'no record has the id "T" or "X" of --only-segment')
    const verified = await copybookRun(
      "verify",
      ...args.slice(1),
      ...segments,
      "--only-segment",
      "T,D",
    )
    assert.include(verified.stdout, 'no record has the id "T" of --only-segment')
    assert.notInclude(verified.stdout, "✓ clean")
  })

  it("records in a trail what was decoded and encoded, and the trail verifies", async () => {
    const trail = ["--trail", "trail"]
    const common = "-c account.cpy --framing rdw".split(" ")
    const decoded = await copybookRun("decode", "account.dat", ...common, ...segments, ...trail)
    assert.strictEqual(decoded.code, 0, decoded.stderr)
    assert.strictEqual(decoded.stdout, `${header}\n${miller}\n${smith}\n`)
    const encoded = await copybookRun(
      "encode",
      "account.ndjson",
      ...common,
      "-o",
      "second.dat",
      ...trail,
    )
    assert.strictEqual(encoded.code, 0, encoded.stderr)
    const bytes = readFileSync(file("account.dat"))
    bytes[42] = 0x2a
    writeFileSync(file("damaged.dat"), bytes)
    const failed = await copybookRun("decode", "damaged.dat", ...common, ...segments, ...trail)
    assert.strictEqual(failed.code, 1)
    const verified = await run(["verify", "trail", "--key", "trail.vkey"], { cwd })
    assert.strictEqual(verified.code, 0, verified.stderr)
    const closed = await run(["query", "trail", "type=copybook.file.closed", "--json"], { cwd })
    const sha256 = createHash("sha256")
      .update(readFileSync(file("account.dat")))
      .digest("hex")
    const events = closed.stdout.trim().split("\n")
    assert.lengthOf(events, 3)
    assert.include(events[0], sha256)
    // Encoding wrote the same bytes as were decoded.
    assert.include(events[1], sha256)
    assert.include(events[2], '"rejected":1')
    const rejected = await run(["query", "trail", "type=copybook.record.rejected"], { cwd })
    assert.include(rejected.stdout, "copybook.record.rejected")
  })

  it("sniff says how a file is framed, and why", async () => {
    const { code, stdout } = await copybookRun("sniff", "account.dat", "-c", "account.cpy")
    assert.strictEqual(code, 0)
    assert.match(stdout, /→ 0\.\d\d {2}V: records behind RDW \(big-endian, counting itself\)/)
    const json = await copybookRun("sniff", "account.dat", "--json")
    const found: unknown = JSON.parse(json.stdout)
    assert.deepNestedInclude(found, { "candidates[0].framing.kind": "rdw" })
    writeFileSync(file("noise.dat"), "")
    assert.strictEqual((await copybookRun("sniff", "noise.dat")).code, 2)
  })

  it("layout, parse, types and schema say what the copybook says", async () => {
    const layout = await copybookRun("layout", "account.cpy")
    assert.match(layout.stdout, /11 +6 +10 BALANCE +S9\(9\)V99 +packed signed 11\.2/)
    const parsed = await copybookRun("parse", "account.cpy", "--json")
    assert.deepInclude(JSON.parse(parsed.stdout), { name: "ACCOUNT", lengthMax: 19 })
    const types = await copybookRun("types", "account.cpy")
    assert.include(types.stdout, "export interface Account {")
    const schema = await copybookRun("schema", "account.cpy")
    assert.deepNestedInclude(JSON.parse(schema.stdout), { title: "ACCOUNT", type: "object" })
    const arrow = await copybookRun("schema", "account.cpy", "--of", "arrow")
    assert.deepNestedInclude(JSON.parse(arrow.stdout), { "fields[0].name": "KIND" })
    const options = await copybookRun("options")
    assert.deepNestedInclude(JSON.parse(options.stdout), { $ref: "#/$defs/CopybookOptions" })
  })

  it("parse names every finding of a copybook with its place, and COPY finds its members", async () => {
    writeFileSync(
      file("wrong.cpy"),
      "       01  A.\n           05 B PIC Q.\n           05 C PIC 9(40).\n",
    )
    const wrong = await copybookRun("parse", "wrong.cpy")
    assert.strictEqual(wrong.code, 1)
    assert.match(wrong.stderr, /2:\d+: error CPY-1\d{3}/)
    assert.match(wrong.stderr, /3:\d+: error CPY-1\d{3}/)
    writeFileSync(file("whole.cpy"), "       01  A.\n           COPY PART.\n")
    writeFileSync(file("part.cpy"), "           05 B PIC X(7).\n")
    const whole = await copybookRun("parse", "whole.cpy", "--json")
    assert.deepInclude(JSON.parse(whole.stdout), { lengthMax: 7 })
  })

  it("support prints the matrix, each row with its test", async () => {
    const { code, stdout } = await copybookRun("support", "--json")
    assert.strictEqual(code, 0)
    const rows: unknown = JSON.parse(stdout)
    assert.isTrue(
      Array.isArray(rows) &&
        rows.length > 20 &&
        rows.every((row: { readonly test?: string }) => /\.test\.ts: /.test(row.test ?? "")),
    )
    assert.include((await copybookRun("support")).stdout, "COMP-6, COMP-3U")
  })

  it.each([
    ["--framing", "vsam"],
    ["--policy", "blank=maybe"],
    ["--segment", "HEADER-PART=H"],
    ["--codepage", "cp9"],
    ["--select", "NOTHING"],
  ])("refuses %s %s as a wrong command line", async (name, value) => {
    const args = ["decode", "account.dat", "-c", "account.cpy", name, value]
    assert.strictEqual((await copybookRun(...args)).code, 64)
  })
})
