import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import type { AuditConfig } from "@countersign/core/config/AuditConfig"
import { profiles } from "@countersign/core/config/Profile"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { planFile } from "../file/FilePlan.ts"
import type { Reject } from "../framing/Rejects.ts"
import * as FileLineage from "./FileLineage.ts"
import { maskReject } from "./MaskedFault.ts"

let fixture: AuditFixture.AuditFixture
beforeEach(() => {
  const parent = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-lineage-"))
  fixture = AuditFixture.make(path.join(parent, "trail"))
})
afterEach(() => fs.rmSync(path.dirname(fixture.directory), { recursive: true, force: true }))

const plan = Result.getOrThrow(
  planFile(`
       01  REC.
           05  CARD-NUMBER  PIC 9(16).
           05  AMOUNT       PIC S9(7)V99 COMP-3.
           05  FILLER       PIC X(3).
`),
)

const options: FileLineage.FileLineageOptions = {
  file: "/data/cards.dat",
  other: "/data/cards.ndjson",
  direction: "decode",
  plan,
  actor: { id: "batch", type: "service" },
  format: "ndjson",
  eventBytes: 1,
}

const rejectOf = (record: number): Reject => ({
  record,
  fileOffset: record * 24,
  length: 24,
  faults: [
    {
      code: "CPY-4003",
      message: "CPY-4003: CARD-NUMBER: a digit is none (X'F4F1F1F1'); look",
      path: "CARD-NUMBER",
      offset: 0,
    },
    { code: "CPY-4003", message: "CPY-4003: AMOUNT: bad (X'2A')", path: "AMOUNT", offset: 16 },
  ],
  bytes: Buffer.from("4111111111111111"),
})

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex")

const run = <A, E>(
  use: (lineage: FileLineage.FileLineage) => Effect.Effect<A, E>,
  other: Partial<FileLineage.FileLineageOptions> = {},
  input: Partial<AuditConfig> = {},
) =>
  Effect.gen(function* () {
    yield* fixture.withAudit(
      Effect.gen(function* () {
        const audit = yield* Audit
        yield* use(yield* FileLineage.open({ ...options, ...other }))
        yield* audit.flush
      }),
      input,
    )
    const records = yield* fixture.trail
    return records.filter(({ type }) => type.startsWith("copybook."))
  })

describe("the lineage of a file", () => {
  it.live("says which bytes were read by which layout into what", () =>
    Effect.gen(function* () {
      const records = yield* run((lineage) =>
        Effect.gen(function* () {
          lineage.bytes(Buffer.from("first"))
          yield* lineage.batch(3)
          lineage.bytes(Buffer.from("second"))
          yield* lineage.batch(2)
          yield* lineage.reject(rejectOf(4))
          yield* lineage.close("partial", "a record was rejected")
        }),
      )
      assert.deepStrictEqual(records.map(({ class: kind, type }) => `${type} ${kind}`).toSorted(), [
        "copybook.batch.read telemetry",
        "copybook.batch.read telemetry",
        "copybook.file.closed compliance",
        "copybook.file.lineage standard",
        "copybook.file.opened standard",
        "copybook.record.rejected standard",
      ])
      const dataOf = (type: string) =>
        records.filter((each) => each.type === type).map((each) => AuditFixture.dataOf(each))
      assert.isTrue(records.every(({ classification }) => classification === "CARDHOLDER"))
      assert.deepInclude(dataOf("copybook.file.opened")[0], {
        fingerprint: plan.layout.fingerprint,
        sensitiveFields: 1,
      })
      assert.deepInclude(dataOf("copybook.file.lineage")[0], {
        columns: [...FileLineage.lineageColumns],
        rows: [
          ["CARD-NUMBER", 0, 16, "zoned 16", "CARD-NUMBER", "card number", "CARDHOLDER"],
          ["AMOUNT", 16, 5, "packed signed 9.2", "AMOUNT", null, null],
        ],
      })
      const batches = dataOf("copybook.batch.read").map(({ bytes, firstRecord, sha256: hash }) => [
        firstRecord,
        bytes,
        hash,
      ])
      assert.deepStrictEqual(batches, [
        [0, 5, sha256("first")],
        [3, 11, sha256("firstsecond")],
      ])
      assert.deepStrictEqual(dataOf("copybook.file.closed")[0], {
        fingerprint: plan.layout.fingerprint,
        records: 5,
        rejected: 1,
        bytes: 11,
        batches: 2,
        sha256: sha256("firstsecond"),
        faults: [["CPY-4003", 2]],
      })
    }),
  )

  it.live("is recorded whole by an engine that takes few keys and small events", () =>
    Effect.gen(function* () {
      const names = Array.from({ length: 300 }, (_, index) => `CARD-NUMBER-${index}`)
      const text = names.map((name) => `           05  ${name}  PIC 9(16).\n`)
      const large = Result.getOrThrow(planFile(`       01  REC.\n${text.join("")}`))
      const path = "CARD-NUMBER-299"
      const faults = names.map((each) => ({ code: "CPY-4003", message: "", path: each, offset: 0 }))
      const [first = { code: "CPY-4003", message: "", path }, ...others] = faults
      const records = yield* run(
        (lineage) =>
          Effect.gen(function* () {
            yield* lineage.reject({ ...rejectOf(0), faults: [first, ...others] })
            yield* lineage.close("partial")
          }),
        { plan: large },
        { limits: profiles["memory-constrained"].values.limits },
      )
      const pages = records
        .filter(({ type }) => type === "copybook.file.lineage")
        .map((each) => AuditFixture.dataOf(each))
      assert.deepStrictEqual(
        pages.map(({ page, pages: all }) => [page, all]),
        [1, 2, 3, 4, 5].map((page) => [page, 5]),
      )
      const fields = pages.flatMap(({ rows }) =>
        (rows as Array<Array<string>>).map(([name]) => name),
      )
      assert.deepStrictEqual(fields, names)
    }),
  )

  it.live("names columns as they are named in what was written", () =>
    Effect.gen(function* () {
      const text = `
       01  REC.
           05  PART-A.
               10  FIELD-ONE PIC X.
           05  FILLER.
               10  FIELD-TWO PIC X.
           05  ROWS OCCURS 2.
               10  CELL-ONE  PIC X.
`
      const columnsOf = Effect.fnUntraced(function* (codec: object, format: string) {
        const made = Result.getOrThrow(planFile(text, { codec }))
        const close = (lineage: FileLineage.FileLineage) => lineage.close("success")
        const records = yield* run(close, { plan: made, format })
        // A fixture's trail has the runs before it too.
        const last = records.findLast(({ type }) => type === "copybook.file.lineage")
        const { rows } = AuditFixture.dataOf(last)
        return Schema.decodeUnknownSync(Schema.Array(FileLineage.LineageRow))(rows).map(
          (row) => row[4],
        )
      })
      assert.deepStrictEqual(yield* columnsOf({ names: "underscore" }, "ndjson"), [
        "PART_A.FIELD_ONE",
        "FILLER.FIELD_TWO",
        "ROWS.CELL_ONE",
      ])
      assert.deepStrictEqual(yield* columnsOf({ groups: "flat" }, "ndjson"), [
        "FIELD-ONE",
        "FIELD-TWO",
        "ROWS.CELL-ONE",
      ])
      assert.deepStrictEqual(yield* columnsOf({ groups: "flat" }, "csv"), [
        "PART-A.FIELD-ONE",
        "FILLER.FIELD-TWO",
        "ROWS.CELL-ONE",
      ])
      assert.deepStrictEqual(yield* columnsOf({ fillerGroups: "drop" }, "ndjson"), [
        "PART-A.FIELD-ONE",
        "ROWS.CELL-ONE",
      ])
    }),
  )

  it.live("is closed however the reading ends", () =>
    Effect.gen(function* () {
      const ends = { succeeded: () => ["success"] as const, failed: (error: string) => error }
      for (const [effect, reason] of [
        [Effect.fail("no room"), "no room"],
        [Effect.interrupt, "it was interrupted"],
        [Effect.die("oops"), "a defect of the program ended it"],
        [Effect.void, undefined],
      ] as const) {
        const records = yield* run((lineage) =>
          Effect.exit(FileLineage.closing<unknown, string, never>(lineage, effect, ends)),
        )
        const closed = records.findLast(({ type }) => type === "copybook.file.closed")
        assert.strictEqual(closed?.outcome, reason === undefined ? "success" : "failure")
        assert.strictEqual(closed?.reason, reason)
      }
    }),
  )

  it.live("keeps every reject up to its bound, and counts all", () =>
    Effect.gen(function* () {
      const count = FileLineage.rejectEventsMax + 5
      const records = yield* run((lineage) =>
        Effect.gen(function* () {
          for (let record = 0; record < count; record++) yield* lineage.reject(rejectOf(record))
          yield* lineage.close("partial")
        }),
      )
      const rejected = records.filter(({ type }) => type === "copybook.record.rejected")
      assert.lengthOf(rejected, FileLineage.rejectEventsMax)
      const closed = records.find(({ type }) => type === "copybook.file.closed")
      assert.deepInclude(AuditFixture.dataOf(closed), { rejected: count })
    }),
  )

  it.live("never holds a field's bytes", () =>
    Effect.gen(function* () {
      const records = yield* run((lineage) =>
        Effect.andThen(lineage.reject(rejectOf(0)), lineage.close("partial")),
      )
      const text = JSON.stringify(records)
      assert.include(text, '["CPY-4003","CARD-NUMBER",0]')
      for (const shown of ["F4F1", "2A", "4111"]) assert.notInclude(text, `X'${shown}`)
      assert.notInclude(text, "41111")
    }),
  )
})

describe("a masked reject", () => {
  const sensitive = [
    { path: "CARD-NUMBER", kind: "card number", classification: "CARDHOLDER" },
  ] as const

  it("shows no bytes of a sensitive field, and keeps those of others", () => {
    const { bytes, faults } = maskReject(
      {
        ...rejectOf(0),
        faults: rejectOf(0).faults.map((each, index) => ({
          ...each,
          path: `G.${index === 0 ? "CARD-NUMBER" : "AMOUNT"}`,
        })),
      },
      [{ ...sensitive[0], path: "G.CARD-NUMBER" }],
    )
    assert.deepStrictEqual(
      faults.map(({ message }) => message.includes("X'")),
      [false, true],
    )
    assert.lengthOf(bytes, 0)
  })

  it("is the reject itself where nothing is sensitive", () => {
    const reject = rejectOf(0)
    assert.strictEqual(maskReject(reject, []), reject)
  })
})
