import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { codePage } from "../charset/CodePages.ts"
import { faultClasses } from "../field/FaultCode.ts"
import { layoutOf } from "../layout/LayoutBuilder.ts"
import type { Field, Layout } from "../layout/Layout.ts"
import { parseCopybook } from "../syntax/CopybookParser.ts"
import { bytesOf, hexOf } from "../testing/Fields.ts"
import { layoutOfText } from "../testing/CopybookText.ts"
import { Numbers } from "../testing/Numbers.ts"
import { randomCopybook } from "../testing/RandomCopybooks.ts"
import type { CodecOptions } from "./CodecOptions.ts"
import * as RecordCodec from "./RecordCodec.ts"

const pages = ["cp037", "cp1047", "cp930", "cp939", "cp1388", "cp838", "cp1160", "ascii", "utf-8"]
const marks = [
  0, 0x0c, 0x0d, 0x0e, 0x0f, 0x1d, 0x20, 0x30, 0x40, 0x42, 0x4b, 0x80, 0xc1, 0xf0, 0xff,
]

const pathsOf = (field: Field): ReadonlyArray<string> =>
  field.kind === "group" ? [field.path, ...field.fields.flatMap(pathsOf)] : [field.path]

const optionsOf = (numbers: Numbers, layout: Layout): CodecOptions => {
  const policies = Object.fromEntries(
    faultClasses.map((kind) => [kind, numbers.pick(["null", "zero", "raw"] as const)]),
  )
  const maybe = <A extends object>(options: A): A | object =>
    numbers.below(3) === 0 ? options : {}
  const paths = pathsOf(layout.root)
  return {
    codePage: Result.getOrThrow(codePage(pages[numbers.below(pages.length)] ?? "")),
    metadata: true,
    policies,
    ...maybe({ physicalSize: numbers.pick(["actual", "maximum", "actual-padded"] as const) }),
    ...maybe({ numbers: numbers.pick(["native", "string", "decimal"] as const) }),
    ...maybe({ trim: numbers.pick(["none", "left", "right", "both"] as const) }),
    ...maybe({ redefines: numbers.pick(["fitting", "first", "all"] as const) }),
    ...maybe({ digits: numbers.pick(["strict", "relaxed", "any-zone"] as const) }),
    ...maybe({ signRule: numbers.pick(["any", "preferred", "none"] as const) }),
    ...maybe({ binaryRange: numbers.pick(["lenient", "digits", "full"] as const) }),
    ...maybe({ floats: numbers.pick(["ibm", "ieee"] as const) }),
    ...maybe({ fillerGroups: numbers.pick(["keep", "dissolve", "drop"] as const) }),
    ...maybe({ groups: "flat" as const, hasFillers: true }),
    ...maybe({ keepsNegativeZero: true, trimsControls: true }),
    ...maybe({ padsShort: true, allowsFewer: true }),
    ...maybe({ select: [paths[numbers.below(paths.length)] ?? ""] }),
  }
}

const layoutOfSeed = (numbers: Numbers): Layout | undefined => {
  const parsed = parseCopybook(randomCopybook(numbers), { format: "free" })
  const dialect = numbers.pick(["ibm", "gnucobol", "micro-focus"] as const)
  const layout = Result.flatMap(parsed, (copybook) => layoutOf(copybook, { dialect }))
  return Result.isSuccess(layout) ? layout.success : undefined
}

/** A record of initial values with some bytes changed, and now and then too short or too long. */
const damaged = (numbers: Numbers, layout: Layout, options: CodecOptions): Uint8Array => {
  const bytes = new Uint8Array(layout.lengthMax + numbers.below(3))
  const initial = { codePage: options.codePage, missing: "initial" } as const
  const made = Result.flatMap(RecordCodec.make(layout, initial), ({ encoder }) =>
    encoder.encode({}),
  )
  if (Result.isSuccess(made)) bytes.set(made.success)
  for (let hits = numbers.below(16); hits > 0; hits--) {
    bytes[numbers.below(bytes.length)] = marks[numbers.below(marks.length)] ?? 0
  }
  return numbers.below(3) === 0 ? bytes.slice(0, numbers.below(bytes.length + 1)) : bytes
}

describe("decode, then encode, with metadata", () => {
  it("gives the same bytes, whatever layout, options and damage", () => {
    let records = 0
    for (let seed = 0; seed < 400; seed++) {
      const numbers = new Numbers(seed * 7919 + 13)
      const layout = layoutOfSeed(numbers)
      if (layout === undefined) continue
      const options = optionsOf(numbers, layout)
      const codec = Result.getOrThrow(RecordCodec.make(layout, options))
      for (let round = 0; round < 6; round++) {
        const bytes = damaged(numbers, layout, options)
        const { metadata, value } = structuredClone(codec.decoder.decode(bytes))
        const again = codec.encoder.encode(value, metadata)
        const shown = Result.isSuccess(again) ? hexOf(again.success) : again.failure.message
        assert.strictEqual(shown, hexOf(bytes), `seed ${seed}`)
        records++
      }
    }
    assert.isAbove(records, 1500)
  })

  // Of these pages some characters have two bytes, and one is written.
  it.each(["cp838", "cp1160"])("gives bytes of %s back that mean what others mean", (name) => {
    const page = Result.getOrThrow(codePage(name))
    const codec = Result.getOrThrow(
      RecordCodec.make(layoutOfText("01 R. 05 A PIC X(256)."), {
        codePage: page,
        metadata: true,
        trim: "none",
        policies: { character: "raw" },
      }),
    )
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) =>
      page.unassigned.includes(byte) ? 0x40 : byte,
    )
    const { metadata, value } = codec.decoder.decode(bytes)
    const characters = value["A"]
    assert.isTrue(typeof characters === "string" && characters.length === 256)
    assert.strictEqual(
      hexOf(Result.getOrThrow(codec.encoder.encode(value, metadata))),
      hexOf(bytes),
    )
  })

  it("gives text back whose double bytes are cut", () => {
    const text = "01 R. 05 A PIC X(6). 05 B PIC X(4). 05 C PIC 9(2)."
    const codec = Result.getOrThrow(
      RecordCodec.make(layoutOfText(text), {
        codePage: Result.getOrThrow(codePage("cp930")),
        metadata: true,
        policies: { character: "raw" },
      }),
    )
    for (const hex of ["0e458145820f 40404040 f1f2", "40400e458145 820f4040 f1f2"]) {
      const bytes = bytesOf(hex)
      const { isRejected, metadata, value } = codec.decoder.decode(bytes)
      assert.isFalse(isRejected)
      const [again, bare] = [codec.encoder.encode(value, metadata), codec.encoder.encode(value)]
      assert.strictEqual(hexOf(Result.getOrThrow(again)), hexOf(bytes))
      // By the policy raw nothing is lost without metadata either.
      assert.strictEqual(hexOf(Result.getOrThrow(bare)), hexOf(bytes))
    }
  })
})
