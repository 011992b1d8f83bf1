/**
 * Faults without the bytes that must not be shown.
 *
 * @since 0.1.0
 */
import type { Reject } from "../framing/Rejects.ts"
import type { SensitiveField } from "./SensitiveFields.ts"

/**
 * A fault as the trail has it, never with a field's bytes: its code, the path with indexes and the
 * offset in the record, which are `null` where the record itself was not found.
 *
 * @category models
 * @since 0.1.0
 */
export type TrailFault = readonly [code: string, path: string | null, offset: number | null]

/**
 * What of a reject goes into the trail: codes and places. At most 20 faults, so that a record of
 * many fields stays small, and without keys, of which an engine may allow few.
 *
 * @category conversions
 * @since 0.1.0
 */
export const trailFaults = ({ faults }: Reject): ReadonlyArray<TrailFault> =>
  faults.slice(0, 20).map(({ code, offset = null, path = null }) => [code, path, offset])

/** Bytes in a message, as `messageOf` shows them. */
const shownBytes = / \(X'[\dA-F]*'…?\)/g

/** Bytes in a message about framing, and the length that a header of them would be. */
const framedBytes = /0x[\dA-F]+(?:: \d+)?/gi

/**
 * What a fault of framing says, without the bytes of the file: they may be those of any field.
 *
 * @category conversions
 * @since 0.1.0
 */
export const maskFraming = (message: string): string => message.replaceAll(framedBytes, "0x…")

/**
 * A reject whose messages don't show the bytes of sensitive fields. Its own bytes are left out
 * where the record has any such field, because they would show what the messages hide.
 *
 * @category conversions
 * @since 0.1.0
 */
export const maskReject = (reject: Reject, sensitive: ReadonlyArray<SensitiveField>): Reject => {
  if (sensitive.length === 0) return reject
  const paths = new Set(sensitive.map(({ path }) => path))
  const faults = reject.faults.map((fault) => {
    const { message, path: place } = fault
    if (place === undefined) return { ...fault, message: maskFraming(message) }
    // A fault of a group, such as a record that is too long, may show any of its fields.
    const isShown =
      paths.has(place.replaceAll(/\[\d+\]/g, "")) ||
      sensitive.some(({ path }) => path.startsWith(`${place}.`)) ||
      !place.includes(".")
    return isShown ? { ...fault, message: message.replaceAll(shownBytes, "") } : fault
  })
  return { ...reject, faults, bytes: new Uint8Array(0) }
}
