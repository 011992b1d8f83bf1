/**
 * The double-byte pages that there are.
 *
 * @since 0.1.0
 */
import type { DoubleBytePage } from "./CodePage.ts"
import { page16684, page300, sequences16684 } from "./JapaneseTables.ts"
import { page4930, page834 } from "./KoreanTables.ts"
import { readLines } from "./MappingLines.ts"
import { page4933, page837 } from "./SimplifiedChineseTables.ts"
import { page835, page9027 } from "./TraditionalChineseTables.ts"

interface DoubleByteTable {
  readonly lines: ReadonlyArray<ReadonlyArray<string>>
  readonly sequences?: Readonly<Record<string, string>>
  /** Characters that are written as another's bytes. */
  readonly others?: ReadonlyMap<number, number>
}

/**
 * The neighbours by which other converters show five characters of Japanese: whoever got the text
 * from them can write it.
 */
const neighbours: ReadonlyMap<number, number> = new Map([
  [0xff0d, 0x4260],
  [0xffe4, 0x426a],
  [0xff5e, 0x43a1],
  [0x2015, 0x444a],
  [0x2225, 0x447c],
])

/**
 * @category data
 * @since 0.1.0
 */
export const doubleByteTables = {
  cp300: { lines: [page300], others: neighbours },
  cp834: { lines: [page834] },
  cp835: { lines: [page835] },
  cp837: { lines: [page837] },
  cp4930: { lines: [page834, page4930] },
  cp4933: { lines: [page837, page4933] },
  cp9027: { lines: [page835, page9027] },
  cp16684: { lines: [page300, page16684], sequences: sequences16684, others: neighbours },
} as const satisfies Readonly<Record<string, DoubleByteTable>>

/**
 * @category models
 * @since 0.1.0
 */
export type DoubleByteName = keyof typeof doubleByteTables

/** The blank of all of them: U+3000. */
const blank = { bytes: 0x4040, codePoint: 0x3000 }

interface Maps {
  readonly units: Uint16Array
  /** Characters beyond the basic plane. */
  readonly beyond: ReadonlyMap<number, number>
  readonly bytes: Uint16Array
  readonly bytesBeyond: ReadonlyMap<number, number>
}

const makeMaps = (table: DoubleByteTable): Maps => {
  const units = new Uint16Array(0x10000)
  const beyond = new Map<number, number>()
  const put = (pair: number, codePoint: number): void => {
    if (codePoint < 0x10000) units[pair] = codePoint
    else beyond.set(pair, codePoint)
  }
  put(blank.bytes, blank.codePoint)
  for (const lines of table.lines) readLines(lines, put)
  const bytes = new Uint16Array(0x10000)
  // Of two places the later one is written.
  for (let pair = 0; pair < 0x10000; pair++) bytes[units[pair] ?? 0] = pair
  bytes[0] = 0
  for (const [codePoint, pair] of table.others ?? []) {
    if (bytes[codePoint] === 0) bytes[codePoint] = pair
  }
  const bytesBeyond = new Map([...beyond].map(([pair, codePoint]) => [codePoint, pair]))
  return { units, beyond, bytes, bytesBeyond }
}

const sequencesOf = (table: DoubleByteTable): ReadonlyMap<number, string> =>
  new Map(
    Object.entries(table.sequences ?? {}).map(([pair, text]) => [Number.parseInt(pair, 16), text]),
  )

const makePage = (name: DoubleByteName): DoubleBytePage => {
  const table: DoubleByteTable = doubleByteTables[name]
  let made: Maps | undefined
  return {
    name,
    toUnicode: (pair) => {
      const { beyond, units } = (made ??= makeMaps(table))
      const unit = units[pair] ?? 0
      return unit === 0 ? (beyond.get(pair) ?? 0) : unit
    },
    fromUnicode: (codePoint) => {
      const { bytes, bytesBeyond } = (made ??= makeMaps(table))
      if (codePoint > 0xffff) return bytesBeyond.get(codePoint) ?? -1
      const pair = bytes[codePoint] ?? 0
      return pair === 0 ? -1 : pair
    },
    ...(table.sequences === undefined ? {} : { sequences: sequencesOf(table) }),
  }
}

const pages = new Map<DoubleByteName, DoubleBytePage>()

/**
 * A double-byte page; its maps are made at first use.
 *
 * @category getters
 * @since 0.1.0
 */
export const doubleBytePage = (name: DoubleByteName): DoubleBytePage => {
  const known = pages.get(name)
  if (known !== undefined) return known
  const page = makePage(name)
  pages.set(name, page)
  return page
}
