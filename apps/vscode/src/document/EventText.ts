/** An event as text for an editor. */
import { hostile } from "@countersign/inspector/page/text/HostileText"
import type { ProvenEvent } from "@countersign/monitor/protocol/TrailEvent"

const asUnits = (text: string): string =>
  Array.from(
    { length: text.length },
    (_, at) => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`,
  ).join("")

const textOf = (base64: string): string => Buffer.from(base64, "base64").toString("utf8")

/**
 * Over several lines. What would hide or turn around other text stands there as JSON's own escapes,
 * so it is the same JSON.
 */
export const prettyEvent = (entry: string): string => {
  const text = textOf(entry)
  try {
    const value: unknown = JSON.parse(text)
    return `${JSON.stringify(value, undefined, 2).replaceAll(hostile, asUnits)}\n`
  } catch {
    return text
  }
}

/** The bytes that were hashed, unchanged. */
export const canonicalEvent = textOf

/** What `countersign check` takes; where there is none, why. */
export const proofText = ({ problem, proof, sequence }: ProvenEvent): string =>
  proof === "" ? `There is no proof of event ${sequence}: ${problem}\n` : proof
