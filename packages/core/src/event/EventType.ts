/**
 * A type of event, declared once: its data, its contract and what may not be written down.
 *
 * @since 0.1.0
 */
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import {
  type AuditEventInput,
  type Classification,
  reservedTypePrefix,
  typeLengthMax,
  typePattern,
} from "./AuditEvent.ts"
import type { EventClass } from "./EventClass.ts"
import { InvalidEvent } from "./InvalidEvent.ts"

/**
 * What happens to a member of `data` before the event leaves the constructor: `remove` leaves
 * it out, `mask` keeps the last four characters.
 *
 * @category models
 * @since 0.1.0
 */
export type Redaction = "remove" | "mask"

/**
 * @category models
 * @since 0.1.0
 */
export interface EventTypeOptions<S extends Schema.Codec<unknown, unknown>> {
  /** The shape of `data`. */
  readonly data: S
  readonly class?: EventClass
  readonly classification?: Classification
  /** Dotted path within `data` to what is done with it, such as `{ "patient.ssn": "mask" }`. */
  readonly redact?: Readonly<Record<string, Redaction>>
  readonly retention?: string
  readonly frameworks?: ReadonlyArray<string>
}

/**
 * An event of a declared type, without what the type fixes.
 *
 * @category models
 * @since 0.1.0
 */
export type Declared<D> = Omit<
  AuditEventInput,
  "type" | "class" | "classification" | "retention" | "frameworks" | "data"
> & { readonly data: D }

/**
 * A declared type: call it to make an event.
 *
 * @category models
 * @since 0.1.0
 */
export interface EventType<S extends Schema.Codec<unknown, unknown>> {
  /** Makes an event, and throws `InvalidEvent` where the data breaks its schema. */
  (event: Declared<S["Type"]>): AuditEventInput
  /** The same without throwing. */
  readonly parse: (event: Declared<S["Type"]>) => Result.Result<AuditEventInput, InvalidEvent>
  readonly type: string
  readonly options: EventTypeOptions<S>
}

const visible = 4

const masked = (value: unknown): unknown =>
  typeof value === "string" && value.length > visible
    ? "*".repeat(value.length - visible) + value.slice(-visible)
    : "****"

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()

/** Where in the data the first problem is. */
const pathOf = (issue: SchemaIssue.Issue): string => {
  const path = issuesOf(issue).issues[0]?.path ?? []
  const steps = path.map((step) => (typeof step === "object" ? step.key : step))
  return ["data", ...steps].map(String).join(".")
}

/** Lists on the way stand for each of their members. */
const redacted = (value: unknown, steps: ReadonlyArray<string>, how: Redaction): unknown => {
  const [step, ...rest] = steps
  if (step === undefined) return masked(value)
  if (Array.isArray(value)) return value.map((item: unknown) => redacted(item, steps, how))
  if (!isRecord(value) || !Object.hasOwn(value, step)) return value
  const { [step]: member, ...others } = value
  if (rest.length === 0 && how === "remove") return others
  return { ...others, [step]: redacted(member, rest, how) }
}

/**
 * Declares a type of event.
 *
 * - Errors: throws `InvalidEvent` for a type that is no dotted name or is the engine's own,
 *   at declaration, so that it shows when the program starts.
 *
 * ```ts
 * const PatientRead = defineEvent("patient.record.read", {
 *   data: Schema.Struct({ reason: Schema.String, ssn: Schema.String }),
 *   class: "compliance",
 *   classification: "PHI",
 *   redact: { ssn: "mask" },
 * })
 * const event = PatientRead({
 *   actor: { id: "u-1" },
 *   outcome: "success",
 *   data: { reason: "round", ssn: "078-05-1120" },
 * })
 * ```
 *
 * @category constructors
 * @since 0.1.0
 */
export const defineEvent = <S extends Schema.Codec<unknown, unknown>>(
  type: string,
  options: EventTypeOptions<S>,
): EventType<S> => {
  if (
    !typePattern.test(type) ||
    type.length > typeLengthMax ||
    type.startsWith(reservedTypePrefix)
  ) {
    throw new InvalidEvent({
      path: "type",
      problem: `can't declare ${JSON.stringify(type)}`,
      expected: `two or more dotted lower-case words, not under ${reservedTypePrefix}`,
    })
  }
  const encode = Schema.encodeResult(options.data)
  const rules = Object.entries(options.redact ?? {}).map(
    ([path, how]) => [path.split("."), how] as const,
  )
  const fixed = {
    type,
    ...(options.class === undefined ? {} : { class: options.class }),
    ...(options.classification === undefined ? {} : { classification: options.classification }),
    ...(options.retention === undefined ? {} : { retention: options.retention }),
    ...(options.frameworks === undefined ? {} : { frameworks: options.frameworks }),
  }
  const parse: EventType<S>["parse"] = (event) =>
    Result.mapBoth(encode(event.data), {
      // The schema's own message would show the value, which may be what has to be redacted.
      onFailure: (error) =>
        new InvalidEvent({
          path: pathOf(error.issue),
          problem: "does not fit the schema of its type",
          expected: `the data that ${type} was declared with`,
        }),
      onSuccess: (data) => ({
        ...event,
        ...fixed,
        data: rules.reduce<unknown>((value, [path, how]) => redacted(value, path, how), data),
      }),
    })
  return Object.assign((event: Declared<S["Type"]>) => Result.getOrThrow(parse(event)), {
    parse,
    type,
    options,
  })
}
