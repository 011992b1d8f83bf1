/**
 * How the files of a sink are named.
 *
 * A trail has a directory. Its files are named by the first sequence number in them and by when
 * they were begun, so that the order of the names is that of the records.
 *
 * @since 0.1.0
 */
import { type Compression, compressions, suffixOf } from "./Compression.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface FileName {
  /** Sequence number of the first record. */
  readonly first: number
  /** Units: milliseconds since 1970; whole seconds. */
  readonly begunMillis: number
}

/**
 * What is in a directory under a name.
 *
 * @category models
 * @since 0.1.0
 */
export type NamedFile =
  | { readonly kind: "open"; readonly name: FileName }
  | { readonly kind: "finished"; readonly name: FileName; readonly compression: Compression }
  | { readonly kind: "sidecar"; readonly name: FileName }
  | { readonly kind: "temporary" }

const nameBytesMax = 255
// 9999-12-31T23:59:59Z: the last second whose year has four digits.
const begunMillisMax = 253_402_300_799_000

/**
 * The name of a file that is begun now, also by a clock that is wrong by millennia.
 *
 * @category constructors
 * @since 0.1.0
 */
export const begun = (first: number, nowMillis: number): FileName => {
  const seconds = Math.floor(Math.min(Math.max(nowMillis, 0), begunMillisMax) / 1000)
  return { first, begunMillis: seconds * 1000 }
}

/**
 * The directory of a trail: its origin, with `%` and two digits for what a name can't have;
 * `undefined` where that would be too long for a disk.
 *
 * @category encoding
 * @since 0.1.0
 */
export const directoryOf = (origin: string): string | undefined => {
  if (origin === "" || !origin.isWellFormed()) return undefined
  const name = encodeURIComponent(origin).replace(/^\./, "%2E").replaceAll("*", "%2A")
  return name.length <= nameBytesMax ? name : undefined
}

/**
 * The origin that a directory is named by; `undefined` where it is none of a trail.
 *
 * @category decoding
 * @since 0.1.0
 */
export const originOf = (directory: string): string | undefined => {
  try {
    const origin = decodeURIComponent(directory)
    return directoryOf(origin) === directory ? origin : undefined
  } catch {
    return undefined
  }
}

const stemOf = ({ begunMillis, first }: FileName): string => {
  const begun = new Date(begunMillis).toISOString().replace(/\.\d+Z$/, "Z")
  return `${String(first).padStart(16, "0")}-${begun.replaceAll(/[-:]/g, "")}.ndjson`
}

/**
 * The name of a file that still grows.
 *
 * @category encoding
 * @since 0.1.0
 */
export const open = (name: FileName): string => `${stemOf(name)}.part`

/**
 * The name of a file that is finished.
 *
 * @category encoding
 * @since 0.1.0
 */
export const finished = (name: FileName, compression: Compression): string =>
  stemOf(name) + suffixOf[compression]

/**
 * The name of what lies beside a file, and says what is in it.
 *
 * @category encoding
 * @since 0.1.0
 */
export const sidecarOf = (file: string): string => `${file}.json`

const pattern =
  /^(\d{16})-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z\.ndjson(\.part|(?:\.gz|\.zst)?(?:\.json)?)$/

/**
 * What a name says; `undefined` where it is none of these.
 *
 * @category decoding
 * @since 0.1.0
 */
export const parse = (text: string): NamedFile | undefined => {
  if (text.endsWith(".tmp")) return { kind: "temporary" }
  const [, first, year, month, day, hour, minute, second, suffix = ""] = pattern.exec(text) ?? []
  if (first === undefined) return undefined
  const begunMillis = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  if (Number.isNaN(begunMillis) || !Number.isSafeInteger(Number(first))) return undefined
  const name = { first: Number(first), begunMillis }
  if (suffix === ".part") return { kind: "open", name }
  if (suffix.endsWith(".json")) return { kind: "sidecar", name }
  const compression = compressions.find((each) => suffixOf[each] === suffix)
  return compression === undefined ? undefined : { kind: "finished", name, compression }
}
