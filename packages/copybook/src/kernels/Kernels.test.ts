import { readFileSync } from "node:fs"
import { assert, describe, it } from "@effect/vitest"
import { compile, fromModule, type Kernels } from "./Kernels.ts"
import { packedFours, packedLastPairs, packedPairs, pairsOf, zonedFours } from "./KernelTables.ts"
import { Numbers } from "../testing/Numbers.ts"
import * as TypeScriptKernels from "./TypeScriptKernels.ts"

const compiled = fromModule(
  compile(readFileSync(new URL("../../dist/kernels.wasm", import.meta.url))),
)
const twin = TypeScriptKernels.make()

const records = 1024
const recordBytes = 64
const startsAt = 2048
const recordsAt = 8192
const firstTable = 131_072
const secondTable = 262_144
const outAt = 524_288
const validAt = 786_432
const otherAt = 917_504
const memoryBytes = 1_048_576

type Call = (kernels: Kernels) => unknown

/** Both kernels over the same memory: the same answer, and the same memory afterwards. */
const assertEqual = (
  name: string,
  prepare: (memory: Uint8Array<ArrayBuffer>) => void,
  call: Call,
): Uint8Array => {
  const image = new Uint8Array(memoryBytes)
  const words = new Uint32Array(image.buffer)
  for (let i = 0; i < records; i++) words[startsAt / 4 + i] = recordsAt + i * recordBytes
  prepare(image)
  const results = [compiled, twin].map((kernels) => {
    kernels.reserve(memoryBytes)
    const memory = new Uint8Array(kernels.memory.buffer, 0, memoryBytes)
    memory.set(image.subarray(1024), 1024)
    return { answer: call(kernels), memory: memory.slice(1024) }
  })
  const [one, other] = results
  assert.deepStrictEqual(one?.answer, other?.answer, name)
  const [own, twins] = [one?.memory ?? new Uint8Array(), other?.memory ?? new Uint8Array()]
  if (Buffer.compare(own, twins) !== 0) {
    const differs = own.findIndex((byte, at) => byte !== twins[at])
    assert.fail(`${name}: differs at ${differs + 1024}`)
  }
  return own
}

const put = (memory: Uint8Array, at: number, data: Uint8Array | Uint16Array): void =>
  memory.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at)

/** Mostly what the storage has there, so that many fields are valid; now and then anything. */
const fillRecords = (memory: Uint8Array, numbers: Numbers, usual: () => number): void => {
  for (let at = 0; at < records * recordBytes; at++) {
    memory[recordsAt + at] = numbers.below(60) === 0 ? numbers.below(256) : usual()
  }
}

const validSigns = 0xfc00
const negativeSigns = 0x2800

const ebcdicSigns = Uint8Array.from({ length: 256 }, (_, byte) => {
  if ((byte & 15) > 9 || byte < 0xa0) return 255
  return (byte & 15) | (((negativeSigns >> (byte >> 4)) & 1) << 7)
})

const separateSigns = new Uint8Array(256).fill(255)
separateSigns[0x4e] = 0
separateSigns[0x60] = 0x80

const packedTables = (memory: Uint8Array, hasSign: boolean): void => {
  put(memory, firstTable, packedPairs())
  const last = { valid: validSigns, negative: negativeSigns }
  put(memory, secondTable, hasSign ? packedLastPairs(last) : packedPairs())
}

/** Every pair of bytes once, as a field of two bytes. */
const fillPairs = (memory: Uint8Array, batch: number): void => {
  for (let i = 0; i < records; i++) {
    const pair = batch * records + i
    memory[recordsAt + i * recordBytes + 7] = pair & 0xff
    memory[recordsAt + i * recordBytes + 8] = pair >> 8
  }
}

const isValid = (memory: Uint8Array, record: number, places = 1): boolean =>
  memory[validAt - 1024 + record * places] === 1

describe("the kernels in WebAssembly give what those in TypeScript give", () => {
  it.each([1, 0])("for packed fields of every width, sign nibble %i", (hasSign) => {
    const seen = new Set<boolean>()
    for (let width = 1; width <= 19 + hasSign; width++) {
      const numbers = new Numbers(width)
      // A sign nibble behind 39 digits would be one digit too many.
      const isPadded = width === 20 ? 1 : numbers.below(2)
      const places = 1 + (width % 3)
      const memory = assertEqual(
        `packed of ${width} bytes`,
        (memory) => {
          packedTables(memory, hasSign === 1)
          fillRecords(memory, new Numbers(width), () => {
            const last = numbers.below(3) === 0 && hasSign === 1
            return (numbers.below(10) << 4) | (last ? 10 + numbers.below(6) : numbers.below(10))
          })
          // So that most end with a sign and begin with a digit that may stand there.
          for (let i = 0; i < records; i++) {
            const at = recordsAt + i * recordBytes + 7
            for (let n = 0; n < width; n++) {
              if (numbers.below(40) > 0) {
                const last = hasSign === 1 && n === width - 1
                memory[at + n] =
                  (numbers.below(10) << 4) | (last ? 12 + (i & 1) : numbers.below(10))
              }
            }
            if (isPadded === 1 && i % 4 > 0) memory[at] = (memory[at] ?? 0) & 15
          }
        },
        (kernels) =>
          width > 9
            ? kernels.packedWide(
                startsAt,
                records,
                7,
                width,
                validSigns,
                negativeSigns,
                hasSign,
                isPadded,
                outAt,
                validAt,
                places,
              )
            : kernels.packed(
                startsAt,
                records,
                7,
                width,
                firstTable,
                secondTable,
                hasSign === 1 ? 1000n : 10_000n,
                isPadded,
                outAt,
                validAt,
                places,
              ),
      )
      for (let i = 0; i < records; i++) seen.add(isValid(memory, i, places))
    }
    assert.deepStrictEqual(seen, new Set([true, false]))
  })

  it("for all 65,536 pairs of packed bytes, of which 6,000 are numbers", () => {
    let good = 0
    for (let batch = 0; batch < 64; batch++) {
      const memory = assertEqual(
        `packed pairs ${batch}`,
        (memory) => {
          packedTables(memory, true)
          fillPairs(memory, batch)
        },
        (kernels) =>
          kernels.packed(
            startsAt,
            records,
            7,
            2,
            firstTable,
            secondTable,
            1000n,
            0,
            outAt,
            validAt,
            1,
          ),
      )
      for (let i = 0; i < records; i++) if (isValid(memory, i)) good += 1
    }
    assert.strictEqual(good, 6000)
  })

  it("for all 65,536 pairs of zoned bytes, of which 600 are numbers", () => {
    let good = 0
    for (let batch = 0; batch < 64; batch++) {
      const memory = assertEqual(
        `zoned pairs ${batch}`,
        (memory) => {
          put(memory, firstTable, ebcdicSigns)
          fillPairs(memory, batch)
        },
        (kernels) =>
          kernels.zoned(startsAt, records, 7, 2, 0xf0, firstTable, 15, -1, outAt, validAt, 1),
      )
      for (let i = 0; i < records; i++) if (isValid(memory, i)) good += 1
    }
    assert.strictEqual(good, 600)
  })

  it.each(["trailing", "leading", "separate", "unsigned"])(
    "for zoned fields of every length, sign %s",
    (sign) => {
      const seen = new Set<boolean>()
      for (let digits = 1; digits <= 38; digits++) {
        const numbers = new Numbers(digits)
        const lane = { trailing: 15, leading: 16 - digits }[sign] ?? 16
        const separate = sign === "separate" ? 20 + digits : -1
        const memory = assertEqual(
          `zoned of ${digits} digits`,
          (memory) => {
            put(memory, firstTable, sign === "separate" ? separateSigns : ebcdicSigns)
            fillRecords(memory, numbers, () => 0xf0 + numbers.below(10))
            for (let i = 0; i < records; i++) {
              const at = recordsAt + i * recordBytes + 20
              if (lane < 16) {
                memory[at + lane - 16 + digits] = (12 + (i % 4)) * 16 + numbers.below(10)
              }
              if (separate > 0) memory[at + digits] = numbers.pick([0x4e, 0x60, 0x40])
            }
          },
          (kernels) =>
            kernels[digits > 16 ? "zonedWide" : "zoned"](
              startsAt,
              records,
              20,
              digits,
              0xf0,
              firstTable,
              lane,
              separate,
              outAt,
              validAt,
              1,
            ),
        )
        for (let i = 0; i < records; i++) seen.add(isValid(memory, i))
      }
      assert.deepStrictEqual(seen, new Set([true, false]))
    },
  )

  it("for binary fields of every width, either end first, signed or not", () => {
    for (let width = 1; width <= 16; width++) {
      for (let form = 0; form < 8; form++) {
        const numbers = new Numbers(width * 8 + form)
        const [isLittle, isSigned, isLimited] = [form & 1, (form >> 1) & 1, form > 3]
        const most = isLimited ? 10n ** BigInt(Math.floor(width * 2.2)) : 0n
        assertEqual(
          `binary of ${width} bytes`,
          (memory) => {
            const edges = [0, 0xff, 0x80, 0x7f] as const
            fillRecords(memory, numbers, () =>
              numbers.below(2) === 0 ? numbers.pick(edges) : numbers.below(256),
            )
          },
          (kernels) =>
            width > 8
              ? kernels.binaryWide(
                  startsAt,
                  records,
                  9,
                  width,
                  isLittle,
                  isSigned,
                  outAt,
                  validAt,
                  2,
                )
              : kernels.binary(
                  startsAt,
                  records,
                  9,
                  width,
                  isLittle,
                  isSigned,
                  most,
                  outAt,
                  validAt,
                  2,
                ),
        )
      }
    }
  })

  it("for text of every width, and back", () => {
    const map = Uint8Array.from({ length: 256 }, (_, byte) => (byte * 7 + 3) & 0xff)
    for (let width = 1; width <= 48; width++) {
      const numbers = new Numbers(width)
      assertEqual(
        `text of ${width} bytes`,
        (memory) => {
          put(memory, firstTable, pairsOf(map))
          fillRecords(memory, numbers, () => numbers.below(256))
        },
        (kernels) => {
          kernels.text(startsAt, records, 5, width, firstTable, outAt, width + 3)
          kernels.putText(startsAt, records, 1, width, firstTable, outAt, width + 3)
        },
      )
    }
  })

  it("for trimmed text in UTF-8, with characters of every length and bytes that are none", () => {
    const characters = new Uint8Array(2048)
    for (let byte = 0; byte < 256; byte++) {
      const text = byte < 0x80 ? String.fromCharCode(byte) : byte < 0xc0 ? "ä" : "€"
      const encoded = new TextEncoder().encode(text)
      characters.set(encoded, byte * 8)
      characters[byte * 8 + 7] = byte === 0xff ? 255 : encoded.length
    }
    const plain = Uint8Array.from({ length: 256 }, (_, byte) => (byte < 0x80 ? byte : 0xff))
    for (let trim = 0; trim < 4; trim++) {
      for (let width = 1; width <= 40; width += 3) {
        const numbers = new Numbers(width * 4 + trim)
        assertEqual(
          `text of ${width} bytes, trim ${trim}`,
          (memory) => {
            put(memory, firstTable, pairsOf(plain))
            put(memory, secondTable, characters)
            fillRecords(memory, numbers, () => (numbers.below(2) === 0 ? 0x20 : 0x41))
          },
          (kernels) => {
            const good = kernels.utf8(
              startsAt,
              records,
              5,
              width,
              firstTable,
              secondTable,
              trim,
              0x20,
              outAt,
              otherAt,
              validAt,
              1,
            )
            // What lies behind the texts is nobody's.
            const memory = new Uint8Array(kernels.memory.buffer)
            const end = new Uint32Array(kernels.memory.buffer)[otherAt / 4 + records] ?? 0
            memory.fill(0, outAt + end, validAt)
            return [good, kernels.anyHigh(outAt, end), kernels.anyHigh(startsAt, 3)]
          },
        )
      }
    }
  })

  it("for numbers on their way into records", () => {
    const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 10, 15, 16, 17, 18]
    for (const digits of sizes) {
      const numbers = new Numbers(digits)
      const most = 10n ** BigInt(digits) - 1n
      const overpunch = Uint8Array.from({ length: 20 }, (_, n) => (n < 10 ? 0xc0 + n : 0xc6 + n))
      const prepare = (memory: Uint8Array<ArrayBuffer>): void => {
        put(memory, firstTable, packedFours())
        put(memory, secondTable, zonedFours(0xf0))
        put(memory, otherAt, overpunch)
        const values = new BigInt64Array(memory.buffer, outAt, records * 2)
        for (let i = 0; i < values.length; i++) {
          const size = 1 + numbers.below(Math.min(18, digits + 1))
          const text = Array.from({ length: size }, () => numbers.below(10)).join("")
          values[i] = BigInt(text) * (numbers.below(2) === 0 ? 1n : -1n)
          memory[validAt + i] = numbers.below(9) === 0 ? 0 : 1
        }
      }
      for (const isSigned of [0, 1]) {
        assertEqual(`packed ${digits}`, prepare, (kernels) =>
          kernels.putPacked(
            startsAt,
            records,
            3,
            (digits >> 1) + 1,
            firstTable,
            most,
            0xdc,
            1,
            isSigned,
            outAt,
            validAt,
            2,
          ),
        )
        assertEqual(`packed without a sign ${digits}`, prepare, (kernels) =>
          kernels.putPacked(
            startsAt,
            records,
            3,
            (digits + 1) >> 1,
            firstTable,
            most,
            0,
            0,
            0,
            outAt,
            validAt,
            2,
          ),
        )
        for (const [signAt, separate] of [
          [digits - 1, -1],
          [0, -1],
          [-1, 2],
        ] as const) {
          assertEqual(`zoned ${digits}`, prepare, (kernels) =>
            kernels.putZoned(
              startsAt,
              records,
              3,
              digits,
              secondTable,
              most,
              otherAt,
              isSigned === 1 ? signAt : -1,
              separate,
              0x604e,
              isSigned,
              outAt,
              validAt,
              2,
            ),
          )
        }
        for (let width = 1; width <= 8; width++) {
          for (const limit of [most, 0n]) {
            assertEqual(`binary of ${width} bytes`, prepare, (kernels) =>
              kernels.putBinary(
                startsAt,
                records,
                3,
                width,
                width & 1,
                isSigned,
                limit,
                outAt,
                validAt,
                2,
              ),
            )
          }
        }
      }
    }
  })
})
