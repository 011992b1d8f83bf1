/**
 * How a framing is written on a command line: `fixed:80`, `rdw`, `vb`, `lines:crlf`.
 *
 * @since 0.1.0
 */
import type { FileSettings } from "./FileSettings.ts"

type Framing = NonNullable<FileSettings["framing"]>

/**
 * Each form with what it means, for help and for refusals.
 *
 * @category data
 * @since 0.1.0
 */
export const framingForms: ReadonlyArray<readonly [form: string, meaning: string]> = [
  ["fixed", "records of the layout's length"],
  ["fixed:80", "records of 80 bytes"],
  ["fb:800", "records of the layout's length in blocks of 800 bytes"],
  ["fb:80/800", "records of 80 bytes in blocks of 800"],
  ["rdw", "record descriptor words that count themselves, as z/OS has them (V)"],
  ["rdw:payload", "record descriptor words that count what follows them"],
  ["rdw:little", "little-endian ones that count themselves; rdw:little-payload"],
  ["vb", "blocks of such records; vb:payload, vb:little, vb:little-payload for the records"],
  ["vs", "spanned records (VS)"],
  ["vbs", "spanned records in blocks (VBS)"],
  ["gnucobol", "variable records of GnuCOBOL; gnucobol:1, 2, 3 for its other COB_VARSEQ_FORMATs"],
  ["micro-focus", "variable records of Micro Focus, behind a file header"],
  ["length-field:LEN", "the length in the field LEN; length-field:LEN+4 adds 4"],
  ["length-expression:LEN * 2 + 4", "the length worked out of fields"],
  ["counters", "as long as OCCURS DEPENDING ON makes each record"],
  ["lines", "lines of text; lines:lf, crlf, cr, ebcdic, nel, ebcdic-lf"],
  ["single", "the whole file is one record"],
]

const lineEnds = ["text", "lf", "crlf", "cr", "ebcdic", "nel", "ebcdic-lf"] as const

const headerOf = (variant: string) => {
  const words = variant === "" ? [] : variant.split("-")
  if (words.some((word) => !["payload", "little", "big"].includes(word))) return undefined
  return {
    ...(words.includes("little") ? { endian: "little" as const } : {}),
    ...(words.includes("payload") ? { includesHeader: false } : {}),
  }
}

const headed = (kind: string, variant: string): Framing | undefined => {
  const header = headerOf(variant)
  if (header === undefined) return undefined
  return {
    kind: "rdw",
    header,
    ...(kind.includes("b") ? { block: {} } : {}),
    ...(kind.endsWith("s") ? { isSpanned: true } : {}),
  }
}

/** GnuCOBOL's `COB_VARSEQ_FORMAT` 0 to 3; 2 is an integer of the machine: little-endian nowadays. */
const gnucobol = (format: string): Framing | undefined => {
  const payload = { includesHeader: false }
  switch (format) {
    case "":
    case "0":
      return { kind: "rdw", header: payload }
    case "1":
      return { kind: "rdw", header: { width: 4, ...payload } }
    case "2":
      return { kind: "rdw", header: { width: 4, endian: "little", ...payload } }
    case "3":
      return { kind: "rdw", header: { bytes: 2, ...payload } }
    default:
      return undefined
  }
}

const wholeNumber = /^\d{1,9}$/

const fixed = (length: string): Framing | undefined => {
  if (length === "") return { kind: "fixed" }
  return wholeNumber.test(length) ? { kind: "fixed", length: Number(length) } : undefined
}

const blocked = (text: string): Framing | undefined => {
  const parts = text.split("/")
  if (parts.length > 2 || !parts.every((part) => wholeNumber.test(part))) return undefined
  const [length, bytes] = parts.length === 2 ? parts : [undefined, parts[0]]
  return {
    kind: "fixed",
    ...(length === undefined ? {} : { length: Number(length) }),
    blocking: { kind: "bytes", bytes: Number(bytes) },
  }
}

const lengthField = (text: string): Framing | undefined => {
  const parts = /^([^+]+?)(?:\+(\d{1,9})|\s-(\d{1,9}))?$/.exec(text)
  if (parts?.[1] === undefined) return undefined
  const adjustment = Number(parts[2] ?? 0) - Number(parts[3] ?? 0)
  return { kind: "length-field", field: parts[1], ...(adjustment === 0 ? {} : { adjustment }) }
}

const lines = (end: string): Framing | undefined => {
  if (end === "") return { kind: "lines" }
  const known = lineEnds.find((each) => each === end)
  return known === undefined ? undefined : { kind: "lines", end: known }
}

/**
 * `undefined` for what is none of the forms.
 *
 * @category parsing
 * @since 0.1.0
 */
export const parseFraming = (text: string): Framing | undefined => {
  const colon = text.indexOf(":")
  const kind = (colon < 0 ? text : text.slice(0, colon)).toLowerCase()
  const rest = colon < 0 ? "" : text.slice(colon + 1).trim()
  switch (kind) {
    case "fixed":
    case "f":
      return fixed(rest)
    case "fb":
      return blocked(rest)
    case "rdw":
    case "v":
      return headed("v", rest)
    case "vb":
    case "vs":
    case "vbs":
      return headed(kind, rest)
    case "gnucobol":
      return gnucobol(rest)
    case "micro-focus":
      return rest === "" ? { kind: "micro-focus" } : undefined
    case "length-field":
      return lengthField(rest)
    case "length-expression":
      return rest === "" ? undefined : { kind: "length-expression", expression: rest }
    case "counters":
      return rest === "" ? { kind: "counters" } : undefined
    case "lines":
      return lines(rest)
    case "single":
      return rest === "" ? { kind: "single" } : undefined
    default:
      return undefined
  }
}

type Headed = Extract<Framing, { readonly kind: "rdw" }>

const candidates: ReadonlyArray<string> = [
  ...["rdw", "vb", "vs", "vbs"].flatMap((kind) =>
    ["", ":payload", ":little", ":little-payload"].map((variant) => kind + variant),
  ),
  "gnucobol:1",
  "gnucobol:2",
  "gnucobol:3",
]

/** Members that say what would hold anyway, left out. */
const bare = ({ block, header, isSpanned }: Headed) => ({
  kind: "rdw",
  header: [
    header?.bytes ?? 4,
    header?.at ?? null,
    header?.width ?? 2,
    header?.endian ?? "big",
    header?.includesHeader ?? true,
    header?.adjustment ?? 0,
    header?.isReservedZero ?? null,
    header?.validity ?? null,
  ],
  block:
    block === undefined
      ? null
      : [block.endian ?? "big", block.includesHeader ?? true, block.adjustment ?? 0],
  isSpanned: isSpanned ?? false,
})

const formatHeaded = (framing: Headed): string | undefined => {
  const wanted = JSON.stringify(bare(framing))
  return candidates.find((text) => {
    const parsed = parseFraming(text)
    return parsed?.kind === "rdw" && JSON.stringify(bare(parsed)) === wanted
  })
}

/**
 * The form that a framing has; `undefined` where none says it, and it takes an options file.
 *
 * @category rendering
 * @since 0.1.0
 */
export const formatFraming = (framing: Framing): string | undefined => {
  switch (framing.kind) {
    case "rdw":
      return formatHeaded(framing)
    case "fixed": {
      const { blocking, length } = framing
      if (blocking === undefined) return length === undefined ? "fixed" : `fixed:${length}`
      if (blocking.kind !== "bytes") return undefined
      return length === undefined ? `fb:${blocking.bytes}` : `fb:${length}/${blocking.bytes}`
    }
    case "length-field": {
      const { adjustment = 0, field } = framing
      if (adjustment === 0) return `length-field:${field}`
      return adjustment > 0
        ? `length-field:${field}+${adjustment}`
        : `length-field:${field} -${-adjustment}`
    }
    case "length-expression":
      return `length-expression:${framing.expression}`
    case "lines": {
      const { empty, end = "text", isTrimmed, splitBytes } = framing
      if (empty !== undefined || isTrimmed !== undefined || splitBytes !== undefined)
        return undefined
      return end === "text" ? "lines" : `lines:${end}`
    }
    case "counters":
    case "single":
      return framing.kind
    case "micro-focus":
      return framing.lengthMax === undefined && framing.lengthMin === undefined
        ? "micro-focus"
        : undefined
    case "length-map":
      return undefined
  }
}
