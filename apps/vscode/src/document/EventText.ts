/** An event as text for an editor. */
import { isUtf8 } from "node:buffer"
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

const shownBytes = 32

/** The bytes that were hashed, unchanged; in hex where they are no text, so that none looks like another. */
export const canonicalEvent = (entry: string): string => {
  const bytes = Buffer.from(entry, "base64")
  if (isUtf8(bytes)) return bytes.toString("utf8")
  const lines = Array.from({ length: Math.ceil(bytes.length / shownBytes) }, (_, line) =>
    bytes.toString("hex", line * shownBytes, (line + 1) * shownBytes),
  )
  return `These bytes are no text, and so they are here in hex:\n${lines.join("\n")}\n`
}

/** What `countersign check` takes; where there is none, why. */
export const proofText = ({ problem, proof, sequence }: ProvenEvent): string =>
  proof === "" ? `There is no proof of event ${sequence}: ${problem}\n` : proof
