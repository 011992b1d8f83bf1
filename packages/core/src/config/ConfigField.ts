/**
 * What is known of each field of the configuration, beside its type.
 *
 * The notes lie in the schema's annotations, so that checking, messages, the names of variables
 * and the table in docs/configuration.md can't say different things.
 *
 * @since 0.1.0
 */
import * as Schema from "effect/Schema"

/**
 * How a field's text in the environment is read.
 *
 * @category models
 * @since 0.1.0
 */
export type FieldKind = "number" | "flag" | "text"

/**
 * @category models
 * @since 0.1.0
 */
export interface FieldNotes {
  /** What the field does, in a sentence. */
  readonly meaning: string
  /** `true`: takes effect while the engine runs. `false`: with the next start. */
  readonly isLive?: boolean
  /** `true`: its value is never written to a trail, which strangers may read. */
  readonly isSecret?: boolean
}

/**
 * @category models
 * @since 0.1.0
 */
export interface ConfigField extends Required<FieldNotes> {
  /** Where it is, such as `sampling.rate`. */
  readonly path: string
  readonly kind: FieldKind
  /** What a value must be, such as `a whole number of bytes from 1024 to 65535`. */
  readonly expected: string
  /** Its variable, such as `COUNTERSIGN_SAMPLING_RATE`. */
  readonly variable: string
}

type Annotation = Omit<ConfigField, "path" | "variable">

const annotationOf = (notes: FieldNotes, kind: FieldKind, expected: string) => ({
  description: notes.meaning,
  configField: {
    meaning: notes.meaning,
    isLive: notes.isLive ?? false,
    isSecret: notes.isSecret ?? false,
    kind,
    expected,
  } satisfies Annotation,
})

const units = { bytes: "bytes", millis: "milliseconds", count: "" } as const

/**
 * A whole number from `minimum` to `maximum`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const whole = (
  unit: keyof typeof units,
  minimum: number,
  maximum: number,
  notes: FieldNotes,
) => {
  const of = units[unit] === "" ? "" : ` of ${units[unit]}`
  return Schema.Int.check(Schema.isBetween({ minimum, maximum })).annotate(
    annotationOf(notes, "number", `a whole number${of} from ${minimum} to ${maximum}`),
  )
}

/**
 * A ratio from `minimum` to `maximum`.
 *
 * @category constructors
 * @since 0.1.0
 */
export const ratio = (minimum: number, maximum: number, notes: FieldNotes) =>
  Schema.Finite.check(Schema.isBetween({ minimum, maximum })).annotate(
    annotationOf(notes, "number", `a ratio from ${minimum} to ${maximum}`),
  )

/**
 * @category constructors
 * @since 0.1.0
 */
export const flag = (notes: FieldNotes) =>
  Schema.Boolean.annotate(annotationOf(notes, "flag", "true or false"))

/**
 * One of some words.
 *
 * @category constructors
 * @since 0.1.0
 */
export const choice = <const L extends readonly [string, ...Array<string>]>(
  words: L,
  notes: FieldNotes,
) => Schema.Literals(words).annotate(annotationOf(notes, "text", `one of ${words.join(", ")}`))

/**
 * A text of the given form.
 *
 * @param form what a text must match as a whole
 * @param expected the same in words
 * @category constructors
 * @since 0.1.0
 */
export const text = (form: RegExp, expected: string, notes: FieldNotes) =>
  Schema.String.check(Schema.isPattern(form)).annotate(annotationOf(notes, "text", expected))

/** Every variable begins with this. */
export const variablePrefix = "COUNTERSIGN_"

/**
 * The variable of a field: the prefix, then the words of the path in capitals.
 *
 * @category encoding
 * @since 0.1.0
 */
export const variableOf = (path: string): string =>
  variablePrefix +
  path
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replaceAll(".", "_")
    .toUpperCase()

const isAnnotation = (value: unknown): value is Annotation =>
  typeof value === "object" && value !== null && "kind" in value && "expected" in value

/**
 * The fields of a schema, sections opened, in their order.
 *
 * @category encoding
 * @since 0.1.0
 */
export const fieldsOf = (fields: Schema.Struct.Fields, prefix = ""): ReadonlyArray<ConfigField> =>
  Object.entries(fields).flatMap(([name, schema]) => {
    const path = `${prefix}${name}`
    if (isSection(schema)) return fieldsOf(schema.fields, `${path}.`)
    const notes = Schema.resolveAnnotations(schema)?.["configField"]
    return isAnnotation(notes) ? [{ ...notes, path, variable: variableOf(path) }] : []
  })

const isSection = (
  schema: Schema.Struct.Fields[string],
): schema is Schema.Struct<Schema.Struct.Fields> => "fields" in schema
