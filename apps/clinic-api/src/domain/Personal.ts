/**
 * Which fields are personal, and what an audit record may say of them.
 */
import type { Redaction } from "@countersign/core/event/EventType"

/**
 * What a record keeps of each field of a form. A field without an entry does not compile, so
 * nobody adds one and forgets to decide.
 */
export type Disclosure<Form> = Readonly<Record<keyof Form & string, Redaction | "keep">>

/** The rules for `defineEvent`, of a form that lies at a path within an event's data. */
export const redactionAt = <Form>(
  path: string,
  disclosure: Disclosure<Form>,
): Readonly<Record<string, Redaction>> =>
  Object.fromEntries(
    Object.entries<Redaction | "keep">(disclosure).flatMap(([field, how]) =>
      how === "keep" ? [] : [[`${path}.${field}`, how]],
    ),
  )
