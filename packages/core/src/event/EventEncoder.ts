/**
 * From an application's event to the canonical bytes of its record.
 *
 * Plain synchronous code: it runs once an event inside the caller's turn, so what is in the
 * trail is what the event was at that moment, and a later change of the object by its owner
 * changes nothing. Where `data` and `change` are plain, as nearly always, the text is one
 * `JSON.stringify` of a form that is in order, which is three times as fast as joining checked pieces; where
 * they are not, the canonical writer takes over and names what is wrong.
 *
 * @since 0.1.0
 */
import {
  type AuditEventInput,
  reservedTypePrefix,
  typeLengthMax,
  typePattern,
} from "./AuditEvent.ts"
import { CanonicalWriter, inOrder, TooMuch, unusual } from "./CanonicalJson.ts"
import { laneOf } from "./EventClass.ts"
import { classOf, eventForm } from "./EventForm.ts"
import { EventIdGenerator } from "./EventId.ts"
import type { EventLimits } from "./EventLimits.ts"
import { InstantText } from "./InstantText.ts"
import { InvalidEvent, Refusal } from "./InvalidEvent.ts"

export { entryBytesMax, type EventLimits } from "./EventLimits.ts"

const knownTypesMax = 4096
// Keys that the envelope can have at most, beside those of data and change and of the targets.
const envelopeKeysMax = 64

// What was thrown may itself refuse to become text, as an object without a prototype does.
const textOf = (thrown: unknown): string => {
  try {
    return String(thrown)
  } catch {
    return "a value that has no text"
  }
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
  private readonly ids: EventIdGenerator
  private readonly knownTypes = new Set<string>()
  private readonly instant = new InstantText()
  now = ""

  /** @param fillRandom where the random part of ids comes from; by default the system */
  constructor(limits: EventLimits, fillRandom?: (target: Uint8Array) => void) {
    this.limits = limits
    this.ids = new EventIdGenerator(fillRandom)
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
      this.json = this.text(event, nowMillis, isSystem)
    } catch (refusal) {
      if (refusal instanceof Refusal) return refusal.toInvalidEvent()
      if (refusal instanceof TooMuch) return this.tooLarge("has more canonical bytes than that")
      // A getter or a proxy in the caller's event may throw anything.
      return new InvalidEvent({
        path: "",
        problem: `reading it threw ${textOf(refusal).slice(0, 200)}`,
        expected: "a plain object",
      })
    }
    this.bytes = Buffer.byteLength(this.json)
    this.isAscii = this.bytes === this.json.length
    return this.bytes > this.limits.eventBytesMax
      ? this.tooLarge(`has ${this.bytes} canonical bytes`)
      : undefined
  }

  private text(event: AuditEventInput, nowMillis: number, isSystem: boolean): string {
    if (typeof event !== "object" || event === null) {
      throw new Refusal("is not an object", "an object")
    }
    this.checkType(event.type, isSystem)
    this.lane = laneOf[classOf(event)]
    this.now = this.instant.at(nowMillis)
    this.id = event.id === undefined ? this.ids.next(nowMillis) : this.ownId(event.id)
    const form = eventForm(event, this)
    const { depthMax, keyLengthMax, keysMax } = this.limits
    const allowance = {
      keysLeft: keysMax - envelopeKeysMax - 5 * (event.target?.length ?? 0),
      charactersLeft: this.limits.eventBytesMax,
      keyLengthMax,
    }
    const { change, data } = form
    const orderedData = data === undefined ? undefined : inOrder(data, depthMax - 1, allowance)
    const orderedChange =
      change === undefined ? undefined : inOrder(change, depthMax - 1, allowance)
    if (orderedData !== unusual && orderedChange !== unusual) {
      form.data = orderedData
      form.change = orderedChange
      const json = JSON.stringify(form)
      // Half a surrogate pair is the one thing that is written as an escape of this kind.
      if (!json.includes("\\ud")) return json
    }
    return new CanonicalWriter(this.limits).value(form, 1)
  }

  private ownId(id: unknown): string {
    if (typeof id === "string" && id !== "") return id
    throw new Refusal(
      id === "" ? "is empty" : `is a ${typeof id}`,
      "a text that is not empty",
      "id",
    )
  }

  private checkType(type: string, isSystem: boolean): void {
    if (this.knownTypes.has(type)) return
    if (typeof type !== "string" || type.length > typeLengthMax || !typePattern.test(type)) {
      throw new Refusal(
        type === undefined ? "is missing" : `is ${JSON.stringify(type)?.slice(0, 80)}`,
        `two or more dotted lower-case words such as patient.record.read, at most ${typeLengthMax} characters`,
        "type",
      )
    }
    if (isSystem) return
    if (type.startsWith(reservedTypePrefix)) {
      throw new Refusal(
        `starts with ${reservedTypePrefix}, which only the engine writes`,
        "a type of the application's own",
        "type",
      )
    }
    if (this.knownTypes.size < knownTypesMax) this.knownTypes.add(type)
  }

  private tooLarge(problem: string): InvalidEvent {
    return new InvalidEvent({
      path: "",
      problem,
      expected: `at most ${this.limits.eventBytesMax} (limits.eventBytesMax); keep large data elsewhere and record its digest`,
    })
  }
}
