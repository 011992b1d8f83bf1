import { assert, describe, it } from "@effect/vitest"
import * as http from "node:http"
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import { make, nodeDisk } from "@countersign/core/testing/AuditFixture"
import { FaultyDisk } from "@countersign/core/testing/FaultyDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as Effect from "effect/Effect"
import { type Clinic, withClinic } from "../testing/RunningClinic.ts"

const bundles = 60
const bundleWidth = 256

/** A trail that fits into no buffer on the way: 60 bundles of 256 records of 2 KiB. */
const filled = Effect.gen(function* () {
  const trail = make(path.join(yield* temporaryDirectory, "trail"))
  yield* trail.withAudit(
    Effect.gen(function* () {
      const audit = yield* Audit
      for (let index = 0; index < bundles * bundleWidth; index += 1) {
        yield* audit.record({
          type: "trail.fill",
          actor: { id: "filler" },
          outcome: "success",
          data: { index, filling: "x".repeat(2048) },
        })
      }
    }),
  )
  return trail
})

const exporting = (clinic: Clinic, query = "") =>
  new Promise<http.IncomingMessage>((resolve, reject) => {
    http
      .get(
        `${clinic.url}/api/trail/export${query}`,
        { headers: { authorization: `Bearer ${clinic.tokens.auditor}` } },
        resolve,
      )
      .once("error", reject)
  })

const linesOf = async (response: http.IncomingMessage): Promise<ReadonlyArray<string>> => {
  const chunks: Array<Buffer> = []
  for await (const chunk of response) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString("utf8").trimEnd().split("\n")
}

const isBundle = (file: string): boolean => file.includes("/entries/")

describe("the export of the trail", () => {
  it.live("reads no further than its reader does, and then all of it", () =>
    Effect.gen(function* () {
      const trail = yield* filled
      const faulty = new FaultyDisk(nodeDisk)
      yield* withClinic(
        trail,
        (clinic) =>
          Effect.promise(async () => {
            const before = faulty.count("readFile", isBundle)
            const response = await exporting(clinic)
            assert.strictEqual(response.headers["content-type"], "application/x-ndjson")
            // Nobody reads: what the kernel's buffers take is all that leaves the disk.
            let read = -1
            while (faulty.count("readFile", isBundle) > read) {
              read = faulty.count("readFile", isBundle)
              await new Promise((resolve) => setTimeout(resolve, 300))
            }
            assert.isAbove(read - before, 0)
            assert.isBelow(read - before, bundles / 2)
            const lines = await linesOf(response)
            const types = lines.map((line) => (JSON.parse(line) as { readonly type: string }).type)
            assert.lengthOf(
              types.filter((type) => type === "trail.fill"),
              bundles * bundleWidth,
            )
            // Its own beginning is in it.
            assert.strictEqual(types.at(-1), "trail.export")
          }),
        { disk: faulty.disk },
      )
      const end = (yield* trail.trail).find(({ type }) => type === "trail.export.end")
      assert.strictEqual(end?.outcome, "success")
    }),
  )

  it.live("hands out what passes the filter, and records an end that came too soon", () =>
    Effect.gen(function* () {
      const trail = yield* filled
      yield* withClinic(trail, (clinic) =>
        Effect.promise(async () => {
          const filter = encodeURIComponent("data.index < 3")
          const lines = await linesOf(await exporting(clinic, `?filter=${filter}`))
          assert.lengthOf(lines, 3)
          const left = await exporting(clinic)
          left.destroy()
        }),
      )
      const ends = (yield* trail.trail).filter(({ type }) => type === "trail.export.end")
      assert.deepStrictEqual(
        ends.map(({ outcome }) => outcome),
        ["success", "partial"],
      )
      assert.deepStrictEqual(ends[0]?.data, { count: 3 })
    }),
  )
})
