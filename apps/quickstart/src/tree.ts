/** The files of a directory as audit events, for a copy that has no history. */
import * as fs from "node:fs"
import type { AuditEventInput } from "@countersign/core/event/AuditEvent"
import { fileFound } from "./fileEvent.ts"
import { fileNameOf } from "./fileName.ts"

/** What lies in a directory, in the order of the names. */
export interface Tree {
  readonly events: ReadonlyArray<AuditEventInput>
  /** There is more than was read. */
  readonly isCut: boolean
}

/** Files that are read of at most. */
const filesMax = 50_000

// Written by tools: neither anybody's work nor a part of what was handed over.
const made = new Set([".git", ".nx", ".trail", "coverage", "dist", "node_modules"])

/** Every file under a directory with its size and the time of its last change. */
export const readTree = (directory: string): Tree => {
  const events: Array<AuditEventInput> = []
  const isCut = !walk(Buffer.from(directory), undefined, events)
  return { events, isCut }
}

const slash = Buffer.from("/")

/** `false` when there was more than may be taken. */
const walk = (
  directory: Buffer,
  within: Buffer | undefined,
  events: Array<AuditEventInput>,
): boolean => {
  for (const entry of listed(directory)) {
    if (events.length === filesMax) return false
    if (made.has(entry.name.toString("latin1"))) continue
    const file = Buffer.concat([directory, slash, entry.name])
    const name = within === undefined ? entry.name : Buffer.concat([within, slash, entry.name])
    // A symbolic link is neither: what it leads to may lie anywhere.
    if (entry.isDirectory()) {
      if (!walk(file, name, events)) return false
    } else if (entry.isFile()) {
      const status = fs.statSync(file, { throwIfNoEntry: false })
      if (status === undefined) continue
      const found = { bytes: status.size, modifiedMillis: Math.trunc(status.mtimeMs) }
      events.push(fileFound(fileNameOf(name), found))
    }
  }
  return true
}

/** A directory that may not be looked into is passed over. */
const listed = (directory: Buffer): ReadonlyArray<fs.Dirent<Buffer>> => {
  try {
    return fs
      .readdirSync(directory, { encoding: "buffer", withFileTypes: true })
      .sort((left, right) => Buffer.compare(left.name, right.name))
  } catch {
    return []
  }
}
