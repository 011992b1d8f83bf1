/**
 * A record as a syslog message.
 *
 * - Source: RFC 5424; the grammar is section 6, the lengths section 6.1.
 *
 * @since 0.1.0
 */
import type { AuditEvent } from "@countersign/core/event/AuditEvent"
import type { ExportRecord } from "./ExportRecord.ts"

/** "Log audit", RFC 5424 table 1. */
const facility = 13

// RFC 5424 table 2: critical, error, warning, notice, informational.
const severityCodes: Readonly<Record<NonNullable<AuditEvent["severity"]>, number>> = {
  critical: 2,
  high: 3,
  medium: 4,
  low: 5,
  info: 6,
}

const hostnameLengthMax = 255
const appNameLengthMax = 48
const messageIdLengthMax = 32
const secondDigitsMax = 6

/**
 * @category models
 * @since 0.1.0
 */
export interface SyslogOptions {
  /** Default: the host in the trail's origin. What is not printable ASCII becomes `?`. */
  readonly hostname?: string | undefined
  /** Default `countersign`. */
  readonly appName?: string | undefined
  /**
   * The private enterprise number under which the structured data is named. Default 32473, which
   * RFC 5612 keeps for examples: use your own where others read your logs.
   */
  readonly enterpriseNumber?: number | undefined
}

// A field of the header: printable ASCII without the space, and "-" for nothing.
const headerField = (text: string, lengthMax: number): string =>
  text.replaceAll(/[^\x21-\x7e]/gu, "?").slice(0, lengthMax) || "-"

// PARAM-VALUE: three characters are escaped (section 6.3.3), no others may be.
const quoted = (text: string): string => `"${text.replaceAll(/["\\\]]/g, String.raw`\$&`)}"`

type Param = readonly [name: string, value: string | number | undefined]

const element = (id: string, params: ReadonlyArray<Param>): string => {
  const texts = params.flatMap(([name, value]) =>
    // Control characters are allowed here, but who splits at line breaks or ends at a zero would
    // be misled. The record's own text has them as JSON writes them.
    value === undefined ? [] : [` ${name}=${quoted(String(value).replaceAll(/\p{Cc}/gu, " "))}`],
  )
  return `[${id}${texts.join("")}]`
}

const paramsOf = ({ event, sequence, trail }: ExportRecord): ReadonlyArray<Param> => [
  ["trail", trail],
  ["sequence", sequence],
  ["id", event.id],
  ["type", event.type],
  ["class", event.class],
  ["classification", event.classification],
  ["actor", event.actor.id],
  ["actorType", event.actor.type],
  ["outcome", event.outcome],
  ["action", event.action],
  ["reason", event.reason],
  ["tenant", event.tenant],
  ["session", event.session],
  ["sourceIp", event.source?.ip],
  // A name may come again (section 6.3.3).
  ...(event.target ?? []).map(({ id, type }): Param => ["target", `${type}/${id}`]),
]

interface Header {
  readonly priority: number
  readonly time: string
  readonly messageId: string
}

const message = (
  trail: string,
  header: Header,
  params: ReadonlyArray<Param>,
  text: string,
  options: SyslogOptions,
): string => {
  const { appName = "countersign", enterpriseNumber = 32_473 } = options
  // An origin is a URL without its scheme, and a name of a host has no path.
  const hostname = options.hostname ?? trail.replace(/\/.*$/s, "")
  return [
    `<${header.priority}>1`,
    header.time,
    headerField(hostname, hostnameLengthMax),
    headerField(appName, appNameLengthMax),
    "-",
    headerField(header.messageId, messageIdLengthMax),
    element(`countersign@${enterpriseNumber}`, params),
    // MSG is UTF-8, so it begins with the byte order mark (section 6.4).
    `\ufeff${text}`,
  ].join(" ")
}

/**
 * One message of facility 13 (log audit), on one line. The structured data has what rules look at;
 * the message itself is the canonical JSON.
 *
 * @category encoding
 * @since 0.1.0
 */
export const writeWith = (record: ExportRecord, options: SyslogOptions): string => {
  const { event, text, trail } = record
  const header = {
    priority: facility * 8 + severityCodes[event.severity ?? "info"],
    time: event.time.replace(/(\.\d+)Z$/, (_, digits: string) =>
      digits.slice(0, secondDigitsMax + 1).concat("Z"),
    ),
    messageId: event.type,
  }
  return message(trail, header, paramsOf(record), text, options)
}

/**
 * A record that no event could be read from: its text, and where it stands.
 *
 * @category encoding
 * @since 0.1.0
 */
export const writePlain = (
  trail: string,
  sequence: number,
  text: string,
  options: SyslogOptions,
): string => {
  const header = { priority: facility * 8 + severityCodes.info, time: "-", messageId: "-" }
  const params: ReadonlyArray<Param> = [
    ["trail", trail],
    ["sequence", sequence],
  ]
  return message(trail, header, params, text, options)
}

/**
 * One message with the options' defaults.
 *
 * @category encoding
 * @since 0.1.0
 */
export const write = (record: ExportRecord): string => writeWith(record, {})
