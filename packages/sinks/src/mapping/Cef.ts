/**
 * A record in the Common Event Format.
 *
 * - Source: Implementing ArcSight Common Event Format, version 26: header and extension are
 *   escaped by rules of their own, and the keys are those of its dictionary.
 *
 * @since 0.1.0
 */
import type { AuditEvent } from "@countersign/core/event/AuditEvent"
import type { ExportRecord } from "./ExportRecord.ts"
import { millisOf } from "./Instant.ts"
import { ipOf } from "./IpAddress.ts"

/** Of this mapping: raised when a key changes its meaning. */
const mappingVersion = "1"

const severityNumbers: Readonly<Record<NonNullable<AuditEvent["severity"]>, number>> = {
  info: 1,
  low: 3,
  medium: 5,
  high: 8,
  critical: 10,
}

// A header has no way to write a line break.
const header = (text: string): string =>
  text.replaceAll(/[\\|]/g, String.raw`\$&`).replaceAll(/[\r\n]/g, " ")

const breaks: Readonly<Record<string, string>> = {
  "\n": String.raw`\n`,
  "\r": String.raw`\r`,
  "\\": String.raw`\\`,
  "=": String.raw`\=`,
}

const value = (text: string): string =>
  text.replaceAll(/[\\=\r\n]/g, (character) => breaks[character] ?? character)

// The longest value that the dictionary allows each key. Units: characters.
const lengthsMax = {
  act: 63,
  c6a2: 39,
  c6a2Label: 1023,
  cn1: 20,
  cn1Label: 1023,
  cs1: 4000,
  cs1Label: 1023,
  cs2: 4000,
  cs2Label: 1023,
  cs3: 4000,
  cs3Label: 1023,
  cs4: 4000,
  cs4Label: 1023,
  cs5: 4000,
  cs5Label: 1023,
  cs6: 4000,
  cs6Label: 1023,
  externalId: 40,
  outcome: 63,
  reason: 1023,
  requestClientApplication: 1023,
  rt: 20,
  spriv: 1023,
  src: 15,
  suid: 1023,
} as const

type Key = keyof typeof lengthsMax
type Pair = readonly [key: Key, value: string | number | undefined]

const cut = (text: string, lengthMax: number): string =>
  // Not through the middle of a surrogate pair.
  text.length <= lengthMax ? text : text.slice(0, lengthMax).replace(/[\ud800-\udbff]$/, "")

const labelled = (
  key: "cs1" | "cs2" | "cs3" | "cs4" | "cs5" | "cs6" | "cn1" | "c6a2",
  label: string,
  text: string | number | undefined,
): ReadonlyArray<Pair> =>
  text === undefined
    ? []
    : [
        [key, text],
        [`${key}Label`, label],
      ]

const pairsOf = ({ event, sequence, trail }: ExportRecord): ReadonlyArray<Pair> => {
  const ip = ipOf(event.source?.ip)
  const targets = event.target?.map(({ id, type }) => `${type}/${id}`)
  return [
    ["rt", millisOf(event.time)],
    ["externalId", event.id],
    ["act", event.action],
    ["outcome", event.outcome],
    ["reason", event.reason],
    ["suid", event.actor.id],
    ["spriv", event.actor.roles?.join(",")],
    ["src", ip?.version === 4 ? ip.address : undefined],
    ["requestClientApplication", event.source?.userAgent],
    ...labelled("c6a2", "Source IPv6 Address", ip?.version === 6 ? ip.address : undefined),
    ...labelled("cn1", "Sequence", sequence),
    ...labelled("cs1", "Trail", trail),
    ...labelled("cs2", "Classification", event.classification),
    ...labelled("cs3", "Tenant", event.tenant),
    ...labelled("cs4", "Session", event.session),
    ...labelled("cs5", "Trace", event.trace?.traceId),
    ...labelled("cs6", "Targets", targets?.join(" ")),
  ]
}

/**
 * One event on one line. Values are cut to the lengths of the dictionary; `data` and `change` have
 * no place in it. The record in full is found by its trail and sequence.
 *
 * @category encoding
 * @since 0.1.0
 */
export const write = (record: ExportRecord): string => {
  const { event } = record
  const severity = event.severity === undefined ? "Unknown" : severityNumbers[event.severity]
  const extension = pairsOf(record).flatMap(([key, content]) =>
    content === undefined ? [] : [`${key}=${value(cut(String(content), lengthsMax[key]))}`],
  )
  const { action, type } = event
  const name = action ?? type
  const fields = ["Countersign", "Countersign", mappingVersion, type, name, `${severity}`]
  return `CEF:0|${fields.map(header).join("|")}|${extension.join(" ")}`
}
