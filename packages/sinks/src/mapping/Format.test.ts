import { AuditEvent } from "@countersign/core/event/AuditEvent"
import { assert, describe, expect, it } from "@effect/vitest"
import { anyRecordOf, records } from "../testing/RecordFixture.ts"
import { formats } from "./Format.ts"

describe("Format", () => {
  for (const [name, format] of Object.entries(formats)) {
    describe(format.title, () => {
      // Changed on purpose? `npm test -- packages/sinks/src/mapping -u` writes them again.
      it("writes what the golden file has", async () => {
        const text = records.map((record) => `${format.write(record)}\n`).join("")
        await expect(text).toMatchFileSnapshot(`vectors/${name}.${format.extension}`)
      })

      it.prop("writes any event as one line", { event: AuditEvent }, ({ event }) => {
        const line = format.write(anyRecordOf(event))
        assert.notMatch(line, /[\r\n]/)
        assert.isNotEmpty(line)
      })

      if (format.mediaType.endsWith("json")) {
        it.prop("writes any event as JSON", { event: AuditEvent }, ({ event }) => {
          assert.isObject(JSON.parse(format.write(anyRecordOf(event))))
        })
      }
    })
  }
})
