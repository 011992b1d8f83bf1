/**
 * Guesses how a file is framed from its first bytes, and says why.
 *
 * Each framing with headers is tried on the sample by the framer itself; what is left is told by
 * ends of lines and by the length after which the bytes repeat themselves.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import { makeFramer } from "./Framer.ts"
import type { Framing, HeaderFraming, LengthHeader, LineEnd } from "./Framing.ts"
import { framingCodes } from "./FramingFault.ts"
import { endings, findEnd } from "./LineScan.ts"
import { type Period, periods, type SampleText, sampleText } from "./SampleText.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface SniffOptions {
  /** Of the whole file. Units: bytes. */
  readonly fileBytes?: number
  /** The layout's shortest and longest record. Units: bytes. */
  readonly lengthMin?: number
  readonly lengthMax?: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Candidate {
  readonly framing: Framing
  /** In words, such as `records behind RDWs (big-endian, counting themselves) in blocks (VB)`. */
  readonly name: string
  /** Range: 0 to 1; not a probability. */
  readonly score: number
  readonly reasons: ReadonlyArray<string>
}

/**
 * @category models
 * @since 0.1.0
 */
export interface Sniffed {
  readonly text: SampleText
  /** The most likely first; none with nothing in its favour. */
  readonly candidates: ReadonlyArray<Candidate>
}

/**
 * How many of a file's first bytes are worth giving.
 *
 * @category limits
 * @since 0.1.0
 */
export const sampleBytes = 256 * 1024

interface Sample extends SniffOptions {
  readonly bytes: Uint8Array
  /** Whether it is the whole file. */
  readonly isWhole: boolean
  readonly text: SampleText
}

const endians = ["big", "little"] as const
const truths = [true, false] as const

/** GnuCOBOL's other formats of variable records; its usual one is an RDW without itself. */
const gnucobolFramings: ReadonlyArray<HeaderFraming> = [
  { kind: "rdw", header: { width: 4, endian: "big", includesHeader: false } },
  { kind: "rdw", header: { bytes: 2, endian: "big", includesHeader: false } },
]

const ibmFramings: ReadonlyArray<HeaderFraming> = endians.flatMap((endian) =>
  truths.flatMap((includesHeader) => {
    const header = { endian, includesHeader }
    const plain: ReadonlyArray<HeaderFraming> = [
      { kind: "rdw", header },
      { kind: "rdw", header, isSpanned: true },
      ...endians.flatMap((blockEndian) =>
        truths.flatMap((counts): ReadonlyArray<HeaderFraming> => {
          const block = { endian: blockEndian, includesHeader: counts }
          return [
            { kind: "rdw", header, block },
            { kind: "rdw", header, block, isSpanned: true },
          ]
        }),
      ),
    ]
    return endian === "big"
      ? plain
      : [...plain, { kind: "rdw", header: { endian, at: 0, includesHeader } } as const]
  }),
)

const headerFramings: ReadonlyArray<HeaderFraming> = [...ibmFramings, ...gnucobolFramings]

const wordName = (
  name: string,
  { at, bytes, endian, includesHeader, width }: LengthHeader,
): string => {
  const size = bytes === 2 ? ", two bytes" : width === 4 ? ", all four bytes" : ""
  const place = at === undefined ? "" : ` at byte ${at}`
  const counted = includesHeader === true ? "counting itself" : "payload only"
  return `${name} (${endian}-endian${place}${size}, ${counted})`
}

const headerName = ({ block, header = {}, isSpanned }: HeaderFraming): string => {
  const format = `V${block === undefined ? "" : "B"}${isSpanned === true ? "S" : ""}`
  const words = [wordName("RDW", header), ...(block === undefined ? [] : [wordName("BDW", block)])]
  return `${format}: ${isSpanned === true ? "spanned records" : "records"} behind ${words.join(" in blocks behind ")}`
}

interface Walked {
  readonly lengths: ReadonlyArray<number>
  /** How far it came; the sample's length where nothing was wrong. */
  readonly reached: number
  readonly fault: string | undefined
}

/** Most of the records of a sample; more would say the same. */
const recordsMax = 20_000

const walked = ({ bytes, isWhole }: Sample, framing: Framing): Walked | undefined => {
  const made = makeFramer(framing, { recordBytesMax: 1 << 26 })
  if (Result.isFailure(made)) return undefined
  const lengths: Array<number> = []
  for (const batch of made.success.push(bytes, isWhole)) {
    for (let index = 0; index < batch.count && lengths.length < recordsMax; index += 1) {
      lengths.push(batch.lengths[index] ?? 0)
    }
  }
  const [fault] = made.success.takeFaults()
  const waiting = bytes.length - made.success.waiting()
  return {
    lengths,
    reached: fault?.fileOffset ?? waiting,
    fault: fault === undefined ? undefined : `${fault.code}: ${framingCodes[fault.code].summary}`,
  }
}

const rounded = (score: number): number => Math.round(Math.max(0, Math.min(1, score)) * 1000) / 1000

/** How records' lengths go with the layout: a factor, and why. */
const fit = (
  lengths: ReadonlyArray<number>,
  { lengthMax, lengthMin }: SniffOptions,
): readonly [number, ReadonlyArray<string>] => {
  if (lengthMax === undefined || lengths.length === 0) return [0.9, []]
  const least = lengthMin ?? lengthMax
  const fitting = lengths.filter((length) => length >= least && length <= lengthMax).length
  const share = fitting / lengths.length
  const reason = `${fitting} of ${lengths.length} records have a length that the layout allows (${least} to ${lengthMax})`
  return [0.5 + share / 2, [reason]]
}

/** Records that are found one after the other prove more the more there are. */
const certainty = (count: number): number => 1 - 0.5 ** Math.min(count, 20)

const headerCandidate = (sample: Sample, framing: HeaderFraming): Candidate | undefined => {
  const walk = walked(sample, framing)
  if (walk === undefined || walk.lengths.length === 0 || walk.fault !== undefined) return undefined
  const { lengths, reached } = walk
  if (lengths.every((length) => length === 0)) return undefined
  const [factor, fitting] = fit(lengths, sample)
  const reasons = [
    `${lengths.length} headers in a row lead from record to record over ${reached} of ${sample.bytes.length} bytes`,
    ...(sample.isWhole ? ["the last record ends where the file ends"] : []),
    ...fitting,
  ]
  const strength = certainty(lengths.length + (sample.isWhole ? 2 : 0))
  return { framing, name: headerName(framing), score: rounded(strength * factor), reasons }
}

/** What explains the bytes more closely stands before what only passes over them. */
const closeness = ({ block, isSpanned }: HeaderFraming): number =>
  (block === undefined ? 0 : 2) + (isSpanned === true ? 1 : 0)

const headerCandidates = (sample: Sample): ReadonlyArray<Candidate> => {
  const found = headerFramings.flatMap((framing) => {
    const candidate = headerCandidate(sample, framing)
    return candidate === undefined ? [] : [{ ...candidate, framing }]
  })
  const hasPlain = (candidate: { readonly framing: HeaderFraming }): boolean =>
    found.some(
      ({ framing }) =>
        framing.isSpanned !== true &&
        JSON.stringify(framing) === JSON.stringify({ ...candidate.framing, isSpanned: undefined }),
    )
  return found
    .filter((candidate) => candidate.framing.isSpanned !== true || !hasPlain(candidate))
    .map((candidate) => {
      const closer = found.some(
        ({ framing, score }) =>
          closeness(framing) > closeness(candidate.framing) + 1 && score >= candidate.score * 0.8,
      )
      return closer
        ? {
            ...candidate,
            score: rounded(candidate.score * 0.6),
            reasons: [...candidate.reasons, "but what it takes for records are blocks of records"],
          }
        : candidate
    })
}

const microFocusCandidates = (sample: Sample): ReadonlyArray<Candidate> => {
  const framing = { kind: "micro-focus" } as const
  const { fault, lengths } = walked(sample, framing) ?? { fault: "", lengths: [] }
  if (fault !== undefined || lengths.length === 0) return []
  const [factor, fitting] = fit(lengths, sample)
  const reasons = [
    "the file begins with the header of a Micro Focus file",
    `${lengths.length} headers in a row lead from record to record`,
    ...fitting,
  ]
  const name = "variable records of Micro Focus, behind a file header"
  return [{ framing, name, score: rounded(factor), reasons }]
}

const lineEnds: ReadonlyArray<readonly [LineEnd, "ascii" | "ebcdic", string]> = [
  ["crlf", "ascii", "CR LF"],
  ["lf", "ascii", "LF"],
  ["nel", "ebcdic", "0x15 (new line)"],
  ["ebcdic-lf", "ebcdic", "0x25 (line feed)"],
]

const lineCandidates = (sample: Sample): ReadonlyArray<Candidate> => {
  const { text } = sample
  return lineEnds.flatMap(([end, charset, name]): ReadonlyArray<Candidate> => {
    if (charset !== text.charset) return []
    if (findEnd(sample.bytes, 0, sample.bytes.length, endings[end]) < 0) return []
    const walk = walked(sample, { kind: "lines", end })
    const lengths = walk?.lengths ?? []
    const whole = sample.isWhole ? lengths : lengths.slice(0, -1)
    if (whole.length < 2 && !(sample.isWhole && lengths.length === 1)) return []
    const [factor, fitting] = fit(whole, sample)
    // A byte of a number now and then looks like the end of a line.
    const purity = Math.max(0, (text.textShare - 0.97) / 0.03)
    const ends = sample.bytes.filter((byte) => byte === 0x0a).length
    const bare = end === "lf" ? countCrLf(sample.bytes) / Math.max(1, ends) : 0
    const score = rounded(certainty(whole.length) * factor * purity * (1 - bare))
    const isEqual = whole.every((length) => length === whole[0])
    return score === 0
      ? []
      : [
          {
            framing: { kind: "lines", end },
            name: `lines of ${charset.toUpperCase()} text that end with ${name}`,
            score,
            reasons: [
              `${whole.length} lines of ${Math.min(...whole)} to ${Math.max(...whole)} bytes${isEqual ? ", all alike" : ""}`,
              `${Math.round(text.textShare * 100)} % of the bytes are text`,
              ...fitting,
            ],
          },
        ]
  })
}

const countCrLf = (bytes: Uint8Array): number => {
  let total = 0
  for (let at = bytes.indexOf(0x0a); at >= 0; at = bytes.indexOf(0x0a, at + 1)) {
    if (bytes[at - 1] === 0x0d) total += 1
  }
  return total
}

const fixedCandidates = (sample: Sample): ReadonlyArray<Candidate> => {
  const { bytes, fileBytes, lengthMax, lengthMin } = sample
  const divides = (length: number): boolean => fileBytes === undefined || fileBytes % length === 0
  const found: ReadonlyArray<Period> = periods(bytes, divides)
  const isLaidOut = lengthMax !== undefined && (lengthMin ?? lengthMax) === lengthMax
  const lengths = new Set(found.map(({ length }) => length))
  if (lengthMax !== undefined) lengths.add(lengthMax)
  return [...lengths].flatMap((length): ReadonlyArray<Candidate> => {
    const strength = found.find((period) => period.length === length)?.strength ?? 0
    const isOwn = length === lengthMax
    if (!divides(length) && !isOwn) return []
    const reasons: Array<string> = []
    let score = 0
    if (strength > 0) {
      score = 0.35 + 0.45 * Math.min(1, 2 * strength)
      reasons.push(`the bytes repeat themselves after ${length}`)
    }
    if (isOwn) {
      score = Math.max(score + 0.15, isLaidOut ? 0.5 : 0.35)
      reasons.push(`${length} is the length of the layout's record`)
    } else if (isLaidOut) score *= 0.5
    if (fileBytes !== undefined && divides(length)) {
      score += 0.05
      reasons.push(`the file is ${fileBytes / length} times as long`)
    } else if (fileBytes !== undefined) {
      score *= 0.3
      reasons.push(`but the file has ${fileBytes % length} bytes over`)
    }
    const name = `F: fixed records of ${length} bytes`
    return [{ framing: { kind: "fixed", length }, name, score: rounded(score), reasons }]
  })
}

const singleCandidates = (sample: Sample): ReadonlyArray<Candidate> => {
  const { fileBytes, lengthMax, lengthMin = lengthMax } = sample
  if (fileBytes === undefined || lengthMax === undefined || lengthMin === undefined) return []
  if (fileBytes < lengthMin || fileBytes > lengthMax || fileBytes === 0) return []
  const reasons = [`the file has ${fileBytes} bytes, as one record of the layout may have`]
  return [{ framing: { kind: "single" }, name: "a single record", score: 0.6, reasons }]
}

/**
 * Ranks the framings that a file may have.
 *
 * @param bytes its first bytes: {@link sampleBytes} are plenty, all of it where it is shorter
 * @category inspecting
 * @since 0.1.0
 */
export const sniff = (bytes: Uint8Array, options: SniffOptions = {}): Sniffed => {
  const isWhole = options.fileBytes !== undefined && options.fileBytes <= bytes.length
  const text = sampleText(bytes)
  const sample: Sample = { ...options, bytes, isWhole, text }
  const candidates = [
    ...microFocusCandidates(sample),
    ...headerCandidates(sample),
    ...lineCandidates(sample),
    ...fixedCandidates(sample),
    ...singleCandidates(sample),
  ]
    .filter(({ score }) => score > 0)
    .toSorted((one, other) => other.score - one.score)
  return { text, candidates }
}
