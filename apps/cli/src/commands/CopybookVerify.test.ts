import { createHash } from "node:crypto"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import * as path from "node:path"
import { gzipSync } from "node:zlib"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { CheckReport } from "../copybook/CheckReport.ts"
import { type Ended, run } from "../testing/CommandLine.ts"

const copybook = `
       01  ACCOUNT.
           05  KIND               PIC X.
           05  HEADER-PART.
               10  RUN-DATE       PIC 9(8).
               10  FILLER         PIC X(10).
           05  DETAIL-PART REDEFINES HEADER-PART.
               10  CUSTOMER-NAME  PIC X(10).
               10  BALANCE        PIC S9(9)V99 COMP-3.
               10  FILLER         PIC X(2).
`
const lines = [
  '{"KIND":"H","HEADER-PART":{"RUN-DATE":20260131}}',
  '{"KIND":"D","DETAIL-PART":{"CUSTOMER-NAME":"MILLER","BALANCE":-12.5}}',
  '{"KIND":"D","DETAIL-PART":{"CUSTOMER-NAME":"SMITH, J","BALANCE":123456789.12}}',
]
const common = "-c account.cpy --framing rdw"
const segments = "--segment-field KIND --segment HEADER-PART=H --segment DETAIL-PART=D"

let cwd = ""
const ran = (line: string): Promise<Ended> => run(["copybook", ...line.split(" ")], { cwd })
const verify = (line: string): Promise<Ended> => ran(`verify ${line} ${common} ${segments}`)
const reportOf = ({ stdout }: Ended): CheckReport =>
  Schema.decodeUnknownSync(Schema.fromJsonString(CheckReport))(stdout)
const file = (name: string): string => path.join(cwd, name)

describe("countersign copybook verify", () => {
  beforeAll(async () => {
    cwd = mkdtempSync(path.join(tmpdir(), "countersign-copybook-verify-"))
    writeFileSync(file("account.cpy"), copybook)
    writeFileSync(file("account.ndjson"), `${lines.join("\n")}\n`)
    await ran(`encode account.ndjson ${common} -o account.dat`)
    const bytes = readFileSync(file("account.dat"))
    bytes[42] = 0x2a
    bytes[43] = 0xbb
    writeFileSync(file("bad.dat"), bytes.subarray(0, -3))
    await ran(`decode account.dat ${common} ${segments} --trail trail -o account.out`)
  })
  afterAll(() => rmSync(cwd, { recursive: true, force: true }))

  it("counts by kind, takes the digest, and writes no file", async () => {
    const before = readdirSync(cwd)
    const ended = await verify("account.dat --round-trip --json")
    assert.strictEqual(ended.code, 0, ended.stderr)
    assert.deepStrictEqual(readdirSync(cwd), before)
    const { kinds, roundTrip, ...report } = reportOf(ended)
    const bytes = readFileSync(file("account.dat"))
    assert.deepInclude(report, {
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      isWhole: true,
      records: 3,
      good: 3,
      rejected: 0,
      first: [],
    })
    assert.deepStrictEqual(kinds, [
      { segment: "H", view: "HEADER-PART", records: 1, rejected: 0 },
      { segment: "D", view: "DETAIL-PART", records: 2, rejected: 0 },
    ])
    assert.deepStrictEqual(roundTrip, { records: 3, differing: 0, first: [] })
  })

  it("names the first faults with place and bytes, and counts them by code", async () => {
    const ended = await verify("bad.dat --json")
    assert.strictEqual(ended.code, 1)
    const report = reportOf(ended)
    assert.deepInclude(report, { records: 2, good: 1, rejected: 2 })
    assert.deepStrictEqual(report.faults, { "CPY-3001": 1, "CPY-4003": 1 })
    const bytes = readFileSync(file("bad.dat"))
    const [field, cut] = report.first
    assert.deepInclude(field, {
      record: 1,
      fileOffset: 27,
      bytes: bytes.toString("hex", 27, 46),
    })
    assert.deepNestedInclude(field, { "faults[0].path": "DETAIL-PART.BALANCE" })
    assert.deepInclude(cut, { record: 2, fileOffset: 46, bytes: bytes.toString("hex", 46) })
    const text = await verify("bad.dat --show 1")
    for (const part of ["✗ faulty", "record 1 at byte 27", "1 further reject"]) {
      assert.include(text.stdout, part)
    }
    assert.notInclude(text.stdout, "at byte 46")
    const masked = reportOf(await verify("bad.dat --mask-rejects --json"))
    assert.deepStrictEqual(
      masked.first.map(({ bytes: shown }) => shown),
      ["", ""],
    )
  })

  it("finds the same faults by the kernels, without kinds", async () => {
    const policies = "verify bad.dat -c plain.cpy --framing rdw --json"
    writeFileSync(
      file("plain.cpy"),
      copybook.replace(" REDEFINES HEADER-PART", "").replace(/ +05 {2}HEADER[^]*?X\(10\)\.\n/, ""),
    )
    const { faults, kinds, records } = reportOf(await ran(policies))
    assert.deepStrictEqual(kinds, [])
    // The header is no detail: its blanks are no packed number.
    assert.deepStrictEqual([records, faults], [2, { "CPY-3001": 1, "CPY-4001": 1, "CPY-4003": 1 }])
  })

  it("gives up behind so many rejects, and then has no digest", async () => {
    const ended = await verify("bad.dat --max-errors 0 --json")
    assert.strictEqual(ended.code, 1)
    assert.deepInclude(reportOf(ended), { isWhole: false, sha256: null, rejected: 1 })
  })

  it("says which readings of this very file a trail has, and that their counts agree", async () => {
    const ended = await verify("account.dat --trail trail --key trail.vkey --json")
    assert.strictEqual(ended.code, 0, ended.stderr)
    const { trail } = reportOf(ended)
    assert.deepInclude(trail, { verdict: "verified", isKeyPinned: true })
    assert.lengthOf(trail?.readings ?? [], 1)
    assert.deepInclude(trail?.readings[0], {
      file: "account.dat",
      direction: "decode",
      isLayoutSame: true,
      differences: [],
    })
    const other = await verify("bad.dat --policy all=null --trail trail")
    assert.include(other.stdout, "no reading of a file with these bytes")
    writeFileSync(file("other.cpy"), copybook.replace("RUN-DATE ", "RUN-DAY  "))
    const renamed = await ran(
      `verify account.dat -c other.cpy --framing rdw ${segments} --trail trail`,
    )
    assert.strictEqual(renamed.code, 2)
    assert.include(renamed.stdout, "by another layout")
  })

  it("says where a trail counted otherwise, and does not count what ended early", async () => {
    await ran(`decode bad.dat ${common} ${segments} --trail second --lenient -o second.out`)
    await ran(`decode account.dat ${common} ${segments} --trail second -n 1 -o first.out`)
    const agreeing = await verify("bad.dat --trail second")
    assert.strictEqual(agreeing.code, 1)
    assert.include(agreeing.stdout, "agrees")
    const ended = await verify("bad.dat --policy digit=null --trail second")
    assert.include(
      ended.stdout,
      "rejected 2, now 1; faults CPY-3001 × 1, CPY-4003 × 1, now CPY-3001 × 1",
    )
    const early = await verify("account.dat --trail second")
    assert.strictEqual(early.code, 0, early.stdout)
    assert.include(early.stdout, "ended early, ended behind 1 records, as asked")
  })

  it("says of a compressed file what it is", async () => {
    writeFileSync(file("account.gz"), gzipSync(readFileSync(file("account.dat"))))
    const ended = await verify("account.gz")
    assert.strictEqual(ended.code, 1)
    assert.include(ended.stderr, "account.gz begins as gzip does")
  })

  it("does not believe a trail that was changed, and needs a trail for a key", async () => {
    await ran(`decode account.dat ${common} ${segments} --trail forged -o forged.out`)
    const bundles = readdirSync(file("forged"), { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile() && each.parentPath.includes("entries"))
      .map((each) => path.join(each.parentPath, each.name))
    for (const bundle of bundles) {
      const text = readFileSync(bundle, "latin1")
      writeFileSync(bundle, text.replace('"records":3', '"records":4'), "latin1")
    }
    const ended = await verify("account.dat --trail forged")
    assert.strictEqual(ended.code, 1)
    assert.include(ended.stdout, "✗ tampered")
    const keyless = await verify("account.dat --key trail.vkey")
    assert.strictEqual(keyless.code, 64)
    assert.include(keyless.stderr, "--trail")
  })
})
