/** The two types of event that the quickstart records, and how one is read back. */
import { AuditEvent, type AuditEventInput } from "@countersign/core/event/AuditEvent"
import { defineEvent } from "@countersign/core/event/EventType"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type { FileName } from "./fileName.ts"

/** `present`: there before the history that this clone has. */
export type Change = "added" | "modified" | "deleted" | "retyped" | "present"

const FileChanged = defineEvent("repository.file.changed", {
  data: Schema.Struct({
    author: Schema.String,
    change: Schema.Literals(["added", "modified", "deleted", "retyped", "present"]),
    commit: Schema.String,
    subject: Schema.String,
    // The bytes of a name that is not UTF-8.
    pathBase64: Schema.optionalKey(Schema.String),
  }),
  // The actor is a person's e-mail address.
  classification: "PII",
})

const FileFound = defineEvent("repository.file.found", {
  data: Schema.Struct({
    bytes: Schema.Number,
    pathBase64: Schema.optionalKey(Schema.String),
  }),
})

/** A commit, as far as events tell of it. */
export interface Commit {
  readonly hash: string
  readonly author: string
  readonly email: string
  /** Seconds since 1970, as the author's machine had it. */
  readonly seconds: number
  readonly subject: string
}

const actions: Readonly<Record<Change, string>> = {
  added: "CREATE",
  modified: "UPDATE",
  deleted: "DELETE",
  retyped: "UPDATE",
  present: "FIND",
}

const textMax = 500

const short = (text: string): string => text.slice(0, textMax).toWellFormed()

// Commits may carry any number for a date; an event's year has four digits.
const timeOf = (millis: number): { readonly time?: string } => {
  const isWritable = millis >= 0 && millis < Date.UTC(10_000, 0)
  return isWritable ? { time: new Date(millis).toISOString() } : {}
}

const nameOf = ({ base64, text }: FileName) => ({
  target: [{ id: text, type: "File" }],
  data: base64 === undefined ? {} : { pathBase64: base64 },
})

/** The event of one file in one commit. */
export const fileChanged = (commit: Commit, change: Change, file: FileName): AuditEventInput => {
  const { data, target } = nameOf(file)
  return FileChanged({
    ...timeOf(commit.seconds * 1000),
    actor: { id: short(commit.email || commit.author || "unknown") },
    action: actions[change],
    target,
    outcome: "success",
    data: {
      author: short(commit.author || "unknown"),
      change,
      commit: commit.hash,
      subject: short(commit.subject),
      ...data,
    },
  })
}

/** The event of a file whose history is unknown. */
export const fileFound = (
  file: FileName,
  found: { readonly bytes: number; readonly modifiedMillis: number },
): AuditEventInput => {
  const { data, target } = nameOf(file)
  return FileFound({
    ...timeOf(found.modifiedMillis),
    actor: { id: "quickstart", type: "service" },
    action: actions.present,
    target,
    outcome: "success",
    data: { bytes: found.bytes, ...data },
  })
}

/** What a person wants to know of one recorded event. */
export interface Fact {
  readonly id: string
  readonly time: string
  readonly who: string
  readonly change: string
  readonly path: string
}

const decodeEvent = Schema.decodeUnknownOption(Schema.fromJsonString(AuditEvent))
const decodeData = Schema.decodeUnknownOption(FileChanged.options.data)

/** Reads an entry of the trail; `undefined` for the engine's own records. */
export const factOf = (entry: Uint8Array): Fact | undefined => {
  const event = Option.getOrUndefined(decodeEvent(Buffer.from(entry).toString("utf8")))
  const [file] = event?.target ?? []
  if (event === undefined || file === undefined) return undefined
  const base = { id: event.id, time: event.time, path: file.id }
  if (event.type === FileFound.type) return { ...base, who: "", change: "found" }
  if (event.type !== FileChanged.type) return undefined
  const data = Option.getOrUndefined(decodeData(event.data))
  return { ...base, who: data?.author ?? "", change: data?.change ?? "" }
}
