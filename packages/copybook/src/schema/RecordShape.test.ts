import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { codePage } from "../charset/CodePages.ts"
import * as RecordDecoder from "../record/RecordDecoder.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { Numbers } from "../testing/Numbers.ts"
import { randomBatch } from "../testing/RandomRecords.ts"
import { effectSchemaOf } from "./EffectSchema.ts"
import type { ShapeOptions } from "./RecordShape.ts"

const layout = layoutOfText(`
  01 R.
     05 COUNTER PIC 9.
     05 NAME-1 PIC X(12).
     05 NAME_1 PIC X(2).
     05 FILLER PIC X(2).
     05 T OCCURS 0 TO 4 DEPENDING ON COUNTER.
        10 ZONED PIC S9(5)V99.
        10 LEAD PIC S9(5) SIGN LEADING SEPARATE.
        10 SMALL PIC S9(7)V99 COMP-3.
        10 LARGE PIC S9(31) COMP-3.
        10 TEXTS PIC X(3) OCCURS 2.
     05 FILLER.
        10 INNER PIC X.
        10 NAME-1 PIC X.
        10 FILLER PIC X.
     05 BINARY-2 PIC S9(4) COMP.
     05 BINARY-4 PIC 9(6)V99 COMP.
     05 BINARY-8 PIC S9(15) COMP.
     05 BINARY-8-2 PIC S9(13)V99 COMP.
     05 WIDE PIC S9(18) COMP-5.
     05 SCALED PIC 9(3)PP COMP-3.
     05 FRACTION PIC VPP9(3).
     05 ADDRESS-1 POINTER.
     05 VIEW-A PIC X(6).
     05 VIEW-B REDEFINES VIEW-A PIC 9(6).
     05 VIEW-C REDEFINES VIEW-A.
        10 PART PIC S9(4) COMP-3.
        10 REST PIC X(3).`)

const page = Result.getOrThrow(codePage("cp037"))

describe("what the decoder gives", () => {
  it.each<ShapeOptions>([
    {},
    { numbers: "string" },
    { names: "underscore" },
    { hasFillers: true },
    { bytes: "base64" },
    { groups: "flat" },
    { groups: "flat", names: "underscore", hasFillers: true },
    { fillerGroups: "dissolve" },
    { fillerGroups: "drop" },
  ])("has the shape that is told of it, with %j", (options) => {
    const takes = Schema.decodeUnknownSync(effectSchemaOf(layout, options), {
      onExcessProperty: "error",
    })
    const decoder = Result.getOrThrow(RecordDecoder.make(layout, { codePage: page, ...options }))
    const batch = randomBatch(layout, new Numbers(7), 300)
    for (let index = 0; index < batch.count; index += 1) {
      const decoded = decoder.decode(batch.bytes, batch.starts[index], batch.lengths[index])
      assert.isFalse(decoded.isRejected)
      takes(decoded.value)
    }
  })
})
