/**
 * Values that are handed in to be encoded, and what they are compared with.
 *
 * @since 0.1.0
 */
import { holding } from "../field/Conditions.ts"
import { decodeFaults, type EncodeFaultCode, faultClasses } from "../field/FaultCode.ts"
import type { FieldValue } from "../field/CodecShape.ts"
import { showBytes } from "../field/TextCodec.ts"
import type { BytePatch, RecordMetadata } from "./RecordMetadata.ts"
import type { Step } from "./Step.ts"

/**
 * @category models
 * @since 0.1.0
 */
export type Source = Readonly<Record<string, unknown>>

/**
 * Whether a value is an object with fields.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isSource = (value: unknown): value is Source =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/**
 * A field's value; never what an object inherits.
 *
 * @category getters
 * @since 0.1.0
 */
export const own = (source: Source, key: string): unknown =>
  Object.hasOwn(source, key) ? source[key] : undefined

/**
 * Whether there is no value.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isAbsent = (value: unknown): boolean => value === undefined || value === null

/**
 * Whether two values of a field are equal.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isSame = (one: unknown, other: unknown): boolean => {
  if (one === other || (isAbsent(one) && isAbsent(other))) return true
  if (one instanceof Uint8Array && other instanceof Uint8Array) {
    return Buffer.compare(one, other) === 0
  }
  if (!isSource(one) || !isSource(other) || !Object.hasOwn(one, "unscaled")) return false
  return one["unscaled"] === other["unscaled"] && one["scale"] === other["scale"]
}

/**
 * Whether two records, or two parts of them, have the same values.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isSameTree = (one: unknown, other: unknown): boolean => {
  if (isSame(one, other)) return true
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((each, at) => isSameTree(each, other[at]))
  }
  if (!isSource(one) || !isSource(other)) return false
  const keys = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...keys].every((key) => isSameTree(own(one, key), own(other, key)))
}

/**
 * Writes a patch's bytes, where they have room.
 *
 * @category encoding
 * @since 0.1.0
 */
export const putPatch = (bytes: Uint8Array, patch: BytePatch): void => {
  const held = Buffer.from(patch.bytes, "hex")
  if (patch.offset >= 0 && patch.offset + held.length <= bytes.length) bytes.set(held, patch.offset)
}

/**
 * A field's value as decoding shows it, policies included.
 *
 * @category getters
 * @since 0.1.0
 */
export const readBack = (step: Step, bytes: Uint8Array, offset: number): FieldValue | null => {
  const { codec } = step
  if (codec === undefined) return null
  const value = codec.decode(bytes, offset)
  if (value !== undefined) return value
  const kind = decodeFaults[codec.fault()].class
  const policy = step.policies[faultClasses.indexOf(kind)]
  if (policy === "zero") return codec.zero
  return policy === "raw" ? showBytes(bytes.subarray(offset, offset + step.length), "hex") : null
}

/**
 * The bytes of a value that is no value but a faulty field's bytes, as the policy `raw` shows them.
 *
 * A number with as many digits is taken for the number where decoding would show it like that.
 */
const rawOf = (step: Step, value: unknown): Uint8Array | undefined => {
  const { codec, length } = step
  if (typeof value !== "string" || value.length !== length * 2) return undefined
  if (codec === undefined || !step.policies.includes("raw")) return undefined
  const bytes = Buffer.from(value, "hex")
  if (bytes.length !== length || codec.decode(bytes, 0) !== undefined) return undefined
  if (readBack(step, bytes, 0) !== value) return undefined
  const spare = new Uint8Array(length)
  const isValue = codec.encode(value, spare, 0) === undefined && codec.decode(spare, 0) === value
  return isValue ? undefined : bytes
}

/** What decoding makes of a field that the record holds only the first bytes of, or none. */
const readCut = (step: Step, bytes: Uint8Array): FieldValue | null => {
  const { codec } = step
  const policy = step.policies[faultClasses.indexOf("short")]
  if (policy === "zero") return codec?.zero ?? null
  if (policy === "raw") return showBytes(bytes, "hex")
  return bytes.length === 0 ? null : (codec?.decodeCut?.(bytes, 0, bytes.length) ?? null)
}

/**
 * Whether bytes say what a value says.
 *
 * @param held how many of them the record that the value came from had
 * @param spare has as much room as `bytes`
 * @category predicates
 * @since 0.1.0
 */
export const isThere = (
  step: Step,
  value: unknown,
  held: number,
  offset: number,
  bytes: Uint8Array,
  spare: Uint8Array,
): boolean => {
  const isCut = held < step.length
  if (isCut && isSame(readCut(step, bytes.subarray(offset, offset + held)), value)) return true
  const there = readBack(step, bytes, offset)
  if (isSame(there, value)) return true
  // The same number may be given in another form.
  const code = step.codec?.encode(value, spare, offset)
  return code === undefined && isSame(there, readBack(step, spare, offset))
}

/** The first text that stands for a count. */
const textFor = (texts: ReadonlyMap<string, number>, count: number): string | undefined => {
  for (const [text, each] of texts) if (each === count) return text
  return undefined
}

/**
 * Writes how many entries a table has into its counter.
 *
 * @param texts what stands for counts, where it is not their digits
 * @category encoding
 * @since 0.1.0
 */
export const putCount = (
  { codec }: Step,
  texts: ReadonlyMap<string, number> | undefined,
  count: number,
  bytes: Uint8Array,
  offset: number,
): EncodeFaultCode | undefined => {
  const plain = codec?.isNumeric === true ? count : String(count)
  const value = texts === undefined ? plain : textFor(texts, count)
  return value === undefined ? "CPY-5013" : codec?.encode(value, bytes, offset)
}

/**
 * Whether a view, or any field of it, has a value.
 *
 * @category predicates
 * @since 0.1.0
 */
export const isGiven = (view: Step, source: Source): boolean =>
  view.isDissolved || view.kind === "cluster"
    ? view.steps.some((step) => step.isShown && isGiven(step, source))
    : !isAbsent(own(source, view.key))

/** Whether a field has names for values, and none for this one. */
const isUnnamed = ({ codec, field }: Step, value: unknown): boolean =>
  field.kind === "elementary" &&
  field.conditions.length > 0 &&
  holding(field, value, codec?.isNumeric === true)?.length === 0

/**
 * Writes a field's value.
 *
 * @param isChecked whether the field's level 88 names have to name it
 * @category encoding
 * @since 0.1.0
 */
export const putValue = (
  step: Step,
  value: unknown,
  isChecked: boolean,
  bytes: Uint8Array,
  offset: number,
): EncodeFaultCode | undefined => {
  const raw = rawOf(step, value)
  if (raw !== undefined) {
    bytes.set(raw, offset)
    return undefined
  }
  const code = step.codec?.encode(value, bytes, offset)
  return code ?? (isChecked && isUnnamed(step, value) ? "CPY-5017" : undefined)
}

/**
 * Whether a value is what a patch's bytes are decoded to.
 *
 * @param isCut whether the record ended in the field or before it
 * @category predicates
 * @since 0.1.0
 */
export const isUnchanged = (
  step: Step,
  value: unknown,
  patch: BytePatch,
  isCut: boolean,
): boolean => {
  if (!step.isShown || (!step.isAskedFor && isAbsent(value))) return true
  const bytes = Buffer.from(patch.bytes, "hex")
  if (isCut && bytes.length < step.length) return isSame(readCut(step, bytes), value)
  return bytes.length === step.length && isSame(readBack(step, bytes, 0), value)
}

/**
 * The keys of an object that are no names of a group's fields.
 *
 * @param hasRaw whether bytes of fields may stand beside them
 * @category getters
 * @since 0.1.0
 */
export const strangers = (
  source: Source,
  names: ReadonlySet<string>,
  hasRaw: boolean,
): ReadonlyArray<string> =>
  Object.keys(source).filter((key) => !names.has(key) && !(hasRaw && key.endsWith("_raw")))

/**
 * The patches of fields, by their paths.
 *
 * @category getters
 * @since 0.1.0
 */
export const byPath = (
  metadata: RecordMetadata | undefined,
): ReadonlyMap<string, BytePatch> | undefined =>
  metadata === undefined
    ? undefined
    : new Map(
        metadata.patches.flatMap((patch) =>
          patch.path === undefined ? [] : [[patch.path, patch] as const],
        ),
      )

/**
 * A record at its old length, with the bytes that no field shows.
 *
 * @category encoding
 * @since 0.1.0
 */
export const restore = (canonical: Uint8Array, metadata: RecordMetadata): Uint8Array => {
  const bytes = new Uint8Array(metadata.length)
  bytes.set(canonical.subarray(0, metadata.length))
  for (const patch of metadata.patches) {
    if (patch.path === undefined) putPatch(bytes, patch)
  }
  return bytes
}
