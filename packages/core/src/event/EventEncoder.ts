/**
 * From an application's event to the canonical bytes of its record, in one pass.
 *
 * Plain synchronous code: it runs once an event inside the caller's turn. It checks and
 * writes at the same time, so what is in the trail is what the event was at that moment,
 * and a later change of the object by its owner changes nothing.
 *
 * @since 0.1.0
 */
import {
  actorTypes,
  type Actor,
  type AuditEventInput,
  classifications,
  outcomes,
  reservedTypePrefix,
  severities,
  type Target,
  timePattern,
  typeLengthMax,
  typePattern,
} from "./AuditEvent.ts"
import { CanonicalWriter, type Limits } from "./CanonicalJson.ts"
import { classes, type EventClass, laneOf } from "./EventClass.ts"
import { EventIdGenerator } from "./EventId.ts"
import {
  actorNames,
  memberNames,
  oneOf,
  only,
  samplingNames,
  sourceNames,
  targetNames,
  traceNames,
} from "./EventMembers.ts"
import { InvalidEvent, Refusal } from "./InvalidEvent.ts"

/**
 * Bounds of one event.
 *
 * @category models
 * @since 0.1.0
 */
export interface EventLimits extends Limits {
  /** Canonical bytes of one event. Bounds: at most {@link entryBytesMax}. */
  readonly eventBytesMax: number
}

/**
 * The most bytes an entry bundle can hold for one entry: its length has 16 bits.
 *
 * - Source: C2SP tlog-tiles, log entries.
 *
 * @category constants
 * @since 0.1.0
 */
export const entryBytesMax = 65_535

const knownTypesMax = 4096

// Members of a small set are written from a table: no check of each character again.
const quotedOf = (values: ReadonlyArray<string>): ReadonlyMap<string, string> =>
  new Map(values.map((value) => [value, JSON.stringify(value)]))
const quotedOutcomes = quotedOf(outcomes)
const quotedSeverities = quotedOf(severities)
const quotedActorTypes = quotedOf(actorTypes)
const contractTexts: ReadonlyMap<string, string> = new Map(
  classes.flatMap((name) =>
    classifications.map((classification) => [
      `${name} ${classification}`,
      `"class":"${name}","classification":"${classification}"`,
    ]),
  ),
)

const plain = (value: unknown, step: string): object => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new Refusal(value === undefined ? "is missing" : "is not an object", "an object", step)
  }
  return value
}

/**
 * Encodes events; one encoder serves one engine.
 *
 * After `encode` has returned `undefined`, the fields describe the encoded event until the
 * next call. They are fields rather than a result object, which would cost an allocation an event.
 *
 * @category models
 * @since 0.1.0
 */
export class EventEncoder {
  /** Canonical JSON text. */
  json = ""
  /** Length of the text in UTF-8. Units: bytes. */
  bytes = 0
  /** `true`: the text is ASCII, so it can be copied byte for byte. */
  isAscii = true
  /** The event's id. */
  id = ""
  /** The lane of the event's class, 0 to 3. */
  lane: 0 | 1 | 2 | 3 = 2

  private readonly limits: EventLimits
  private readonly writer: CanonicalWriter
  private readonly ids = new EventIdGenerator()
  private readonly knownTypes = new Map<string, string>()
  private stampMillis = -1
  private stamp = ""

  constructor(limits: EventLimits) {
    this.limits = limits
    this.writer = new CanonicalWriter(limits)
  }

  /**
   * Checks and encodes one event.
   *
   * @param event the event as the application wrote it
   * @param nowMillis the engine's clock, milliseconds since 1970
   * @returns `undefined` when the fields hold the encoded event, else what is wrong with it
   */
  encode(event: AuditEventInput, nowMillis: number): InvalidEvent | undefined {
    return this.run(event, nowMillis, false)
  }

  /** As {@link encode}, for the engine's own records under `audit.`. */
  encodeSystem(event: AuditEventInput, nowMillis: number): InvalidEvent | undefined {
    return this.run(event, nowMillis, true)
  }

  private run(
    event: AuditEventInput,
    nowMillis: number,
    isSystem: boolean,
  ): InvalidEvent | undefined {
    try {
      this.writer.reset()
      this.json = this.text(event, nowMillis, isSystem)
    } catch (refusal) {
      if (refusal instanceof Refusal) return refusal.toInvalidEvent()
      // A getter or a proxy in the caller's event may throw anything.
      return new InvalidEvent({
        path: "",
        problem: `reading it threw ${String(refusal).slice(0, 200)}`,
        expected: "a plain object",
      })
    }
    this.isAscii = this.writer.isAscii
    this.bytes = this.isAscii ? this.json.length : Buffer.byteLength(this.json)
    if (this.bytes > this.limits.eventBytesMax) {
      return new InvalidEvent({
        path: "",
        problem: `has ${this.bytes} canonical bytes`,
        expected: `at most ${this.limits.eventBytesMax} (limits.eventBytesMax); keep large data elsewhere and record its digest`,
      })
    }
    return undefined
  }

  // Members stand in the order of RFC 8785, so nothing is sorted here. One long function,
  // because each early return or table of members costs more than the check it saves.
  // oxlint-disable-next-line max-lines-per-function -- see above
  private text(event: AuditEventInput, nowMillis: number, isSystem: boolean): string {
    plain(event, "")
    let members = 3
    let text = '{"'
    if (event.action !== undefined) {
      members++
      text += `action":${this.name(event.action, "action")},"`
    }
    text += `actor":${this.actor(event.actor)}`
    if (event.change !== undefined) {
      members++
      text += `,"change":${this.free(event.change, "change")}`
    }
    const name: EventClass = event.class ?? "standard"
    const classification = event.classification ?? "INTERNAL"
    if (event.class !== undefined) members++
    if (event.classification !== undefined) members++
    text += `,${contractTexts.get(`${name} ${classification}`) ?? this.noContract(event)}`
    this.lane = laneOf[name]
    if (event.correlation !== undefined) {
      members++
      text += `,"correlation":${this.name(event.correlation, "correlation")}`
    }
    if (event.data !== undefined) {
      members++
      text += `,"data":${this.free(event.data, "data")}`
    }
    if (event.frameworks !== undefined) {
      members++
      text += `,"frameworks":${this.names(event.frameworks, "frameworks")}`
    }
    if (event.id === undefined) {
      this.id = this.ids.next(nowMillis)
      text += `,"id":"${this.id}"`
    } else {
      members++
      text += `,"id":${this.name(event.id, "id")}`
      this.id = event.id
    }
    if (event.legalBasis !== undefined) {
      members++
      text += `,"legalBasis":${this.name(event.legalBasis, "legalBasis")}`
    }
    if (nowMillis !== this.stampMillis) {
      this.stampMillis = nowMillis
      this.stamp = new Date(nowMillis).toISOString()
    }
    if (event.time !== undefined) text += `,"observed":"${this.stamp}"`
    text += `,"outcome":${this.member(quotedOutcomes, event.outcome, "outcome")}`
    if (event.purpose !== undefined) {
      members++
      text += `,"purpose":${this.name(event.purpose, "purpose")}`
    }
    if (event.reason !== undefined) {
      members++
      text += `,"reason":${this.name(event.reason, "reason")}`
    }
    if (event.retention !== undefined) {
      members++
      text += `,"retention":${this.name(event.retention, "retention")}`
    }
    if (event.sampling !== undefined) {
      members++
      text += `,"sampling":${this.sampling(event.sampling)}`
    }
    if (event.session !== undefined) {
      members++
      text += `,"session":${this.name(event.session, "session")}`
    }
    if (event.severity !== undefined) {
      members++
      text += `,"severity":${this.member(quotedSeverities, event.severity, "severity")}`
    }
    if (event.source !== undefined) {
      members++
      text += `,"source":${this.source(event.source)}`
    }
    if (event.target !== undefined) {
      members++
      text += `,"target":${this.targets(event.target)}`
    }
    if (event.tenant !== undefined) {
      members++
      text += `,"tenant":${this.name(event.tenant, "tenant")}`
    }
    if (event.time === undefined) {
      text += `,"time":"${this.stamp}"`
    } else {
      members++
      text += `,"time":"${this.time(event.time)}"`
    }
    if (event.trace !== undefined) {
      members++
      text += `,"trace":${this.trace(event.trace)}`
    }
    text += `,"type":${this.type(event.type, isSystem)}}`
    // Counting is cheaper than looking each key up; only a mismatch is looked at closely.
    if (Object.keys(event).length !== members) this.noUnknown(event)
    return text
  }

  private name(value: unknown, step: string): string {
    if (typeof value !== "string" || value === "") {
      throw new Refusal(
        value === undefined
          ? "is missing"
          : value === ""
            ? "is empty"
            : `is a ${value === null ? "null" : typeof value}`,
        "a text that is not empty",
        step,
      )
    }
    try {
      return this.writer.string(value)
    } catch (refusal) {
      throw refusal instanceof Refusal ? refusal.within(step) : refusal
    }
  }

  private names(values: unknown, step: string): string {
    if (!Array.isArray(values)) throw new Refusal("is not a list", "a list of texts", step)
    let text = "["
    for (let index = 0; index < values.length; index++) {
      const item = this.name(values[index], `${step}[${index}]`)
      text += index === 0 ? item : `,${item}`
    }
    return `${text}]`
  }

  private member(table: ReadonlyMap<string, string>, value: string, step: string): string {
    const quoted = table.get(value)
    if (quoted !== undefined) return quoted
    throw new Refusal(
      value === undefined ? "is missing" : `is ${JSON.stringify(value)?.slice(0, 80)}`,
      oneOf(table.keys()),
      step,
    )
  }

  private free(value: unknown, step: string): string {
    try {
      return this.writer.value(value, 1)
    } catch (refusal) {
      throw refusal instanceof Refusal ? refusal.within(step) : refusal
    }
  }

  private actor(actor: Actor): string {
    plain(actor, "actor")
    let members = 1
    let text = "{"
    if (actor.authMethod !== undefined) {
      members++
      text += `"authMethod":${this.name(actor.authMethod, "actor.authMethod")},`
    }
    text += `"id":${this.name(actor.id, "actor.id")}`
    if (actor.onBehalfOf !== undefined) {
      members++
      text += `,"onBehalfOf":${this.name(actor.onBehalfOf, "actor.onBehalfOf")}`
    }
    if (actor.roles !== undefined) {
      members++
      text += `,"roles":${this.names(actor.roles, "actor.roles")}`
    }
    if (actor.type === undefined) {
      text += ',"type":"user"}'
    } else {
      members++
      text += `,"type":${this.member(quotedActorTypes, actor.type, "actor.type")}}`
    }
    if (Object.keys(actor).length !== members) {
      only(actor, actorNames, "actor")
    }
    return text
  }

  private targets(targets: ReadonlyArray<Target>): string {
    if (!Array.isArray(targets)) throw new Refusal("is not a list", "a list of targets", "target")
    let text = "["
    for (let index = 0; index < targets.length; index++) {
      const item = this.target(targets[index], index)
      text += index === 0 ? item : `,${item}`
    }
    return `${text}]`
  }

  private target(target: Target, index: number): string {
    plain(target, `target[${index}]`)
    let members = 2
    let text = "{"
    if (target.fields !== undefined) {
      members++
      text += `"fields":${this.names(target.fields, `target[${index}].fields`)},`
    }
    text += `"id":${this.name(target.id, `target[${index}].id`)}`
    if (target.name !== undefined) {
      members++
      text += `,"name":${this.name(target.name, `target[${index}].name`)}`
    }
    if (target.owner !== undefined) {
      members++
      text += `,"owner":${this.name(target.owner, `target[${index}].owner`)}`
    }
    text += `,"type":${this.name(target.type, `target[${index}].type`)}}`
    if (Object.keys(target).length !== members) {
      only(target, targetNames, `target[${index}]`)
    }
    return text
  }

  private source(source: NonNullable<AuditEventInput["source"]>): string {
    only(plain(source, "source"), sourceNames, "source")
    let text = "{"
    if (source.ip !== undefined) text += `"ip":${this.name(source.ip, "source.ip")}`
    if (source.userAgent !== undefined) {
      if (text !== "{") text += ","
      text += `"userAgent":${this.name(source.userAgent, "source.userAgent")}`
    }
    return `${text}}`
  }

  private sampling(sampling: NonNullable<AuditEventInput["sampling"]>): string {
    only(plain(sampling, "sampling"), samplingNames, "sampling")
    const { rate } = sampling
    if (typeof rate !== "number" || !(rate >= 0 && rate <= 1)) {
      throw new Refusal(`is ${String(rate)}`, "a number from 0 to 1", "sampling.rate")
    }
    return `{"policy":${this.name(sampling.policy, "sampling.policy")},"rate":${rate}}`
  }

  private trace(trace: NonNullable<AuditEventInput["trace"]>): string {
    only(plain(trace, "trace"), traceNames, "trace")
    return `{"spanId":${this.name(trace.spanId, "trace.spanId")},"traceId":${this.name(trace.traceId, "trace.traceId")}}`
  }

  private time(time: string): string {
    if (typeof time !== "string" || !timePattern.test(time) || Number.isNaN(Date.parse(time))) {
      throw new Refusal(
        `is ${JSON.stringify(time)?.slice(0, 80)}`,
        "an instant in UTC such as 2026-11-21T09:00:00.000Z (RFC 3339)",
        "time",
      )
    }
    return time
  }

  private type(type: string, isSystem: boolean): string {
    const known = this.knownTypes.get(type)
    if (known !== undefined && !isSystem) return known
    if (typeof type !== "string" || type.length > typeLengthMax || !typePattern.test(type)) {
      throw new Refusal(
        type === undefined ? "is missing" : `is ${JSON.stringify(type)?.slice(0, 80)}`,
        `two or more dotted lower-case words such as patient.record.read, at most ${typeLengthMax} characters`,
        "type",
      )
    }
    const quoted = `"${type}"`
    if (isSystem) return quoted
    if (type.startsWith(reservedTypePrefix)) {
      throw new Refusal(
        `starts with ${reservedTypePrefix}, which only the engine writes`,
        "a type of the application's own",
        "type",
      )
    }
    if (this.knownTypes.size < knownTypesMax) this.knownTypes.set(type, quoted)
    return quoted
  }

  private noContract(event: AuditEventInput): never {
    if (event.class !== undefined && !classes.includes(event.class)) {
      throw new Refusal(`is ${JSON.stringify(event.class)?.slice(0, 80)}`, oneOf(classes), "class")
    }
    throw new Refusal(
      `is ${JSON.stringify(event.classification)?.slice(0, 80)}`,
      oneOf(classifications),
      "classification",
    )
  }

  private noUnknown(event: object): void {
    only(event, memberNames, "")
  }
}
