import { assert, describe, it } from "@effect/vitest"
import { framingText, readingOf, segmentsText } from "./Reading.ts"

describe("how a file is read, in an address", () => {
  it("stands over what the source brings", () => {
    const base = { codePage: "cp1140", framing: { kind: "rdw" } } as const
    assert.deepEqual(readingOf(base, {}).settings, base)
    const { settings } = readingOf(base, {
      framing: "fixed:80",
      codepage: "ascii",
      dialect: "gnucobol",
      odo: "maximum",
      format: "free",
    })
    assert.deepEqual(settings, {
      codePage: "ascii",
      framing: { kind: "fixed", length: 80 },
      layout: { dialect: "gnucobol" },
      copybook: { format: "free" },
      codec: { physicalSize: "maximum" },
    })
  })

  it("has the byte order over the dialect's", () => {
    assert.deepEqual(readingOf({}, { endian: "little" }).settings.layout, {
      dialect: { base: "ibm", binaryEndian: "little", nativeEndian: "little" },
    })
  })

  it("has framings that no short form says", () => {
    const framing = { kind: "rdw", header: {}, block: { includesHeader: false } } as const
    const text = framingText(framing)
    assert.deepEqual(readingOf({}, { framing: text }).settings.framing, framing)
  })

  it("says what it can't read, and reads the rest", () => {
    for (const framing of ["nonsense", "{", '{"kind":"fixed","length":-1}', "{}"]) {
      const { problems, settings } = readingOf({ codePage: "cp037" }, { framing })
      assert.lengthOf(problems, 1)
      assert.deepEqual(settings, { codePage: "cp037" })
    }
  })

  it("has segments as a line", () => {
    const text = "KIND; HEADER=H; DETAIL=D,E"
    const { settings } = readingOf({}, { segments: text })
    assert.deepEqual(settings.segments, {
      fields: ["KIND"],
      views: { HEADER: ["H"], DETAIL: ["D", "E"] },
    })
    assert.strictEqual(segmentsText(settings), text)
  })
})
