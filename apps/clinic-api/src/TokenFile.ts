/**
 * The file of those who may ask. Where there is none, one is made, and its tokens are shown once.
 */
import * as fs from "node:fs/promises"
import * as path from "node:path"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import { issue, TokenBook, TokenFile } from "./api/TokenBook.ts"
import type { Principal } from "./domain/Principal.ts"

const ownerOnly = 0o600

const first: ReadonlyArray<Principal> = [
  { id: "dr-imhotep", roles: ["clinician"] },
  { id: "dr-agnodice", roles: ["clinician"] },
  { id: "reception", roles: ["reception"] },
  { id: "auditor", roles: ["auditor"] },
]

export interface Admitted {
  readonly tokens: TokenBook
  /** Tokens made just now: nobody can show them again. */
  readonly issued: ReadonlyArray<{ readonly id: string; readonly token: string }>
}

/** - Errors: dies where the file can't be read or written, or is not of its form. */
export const admitted = (directory: string) =>
  Effect.gen(function* () {
    const file = path.join(directory, "tokens.json")
    const text = yield* Effect.promise(() => fs.readFile(file, "utf8").catch(() => undefined))
    if (text !== undefined) {
      const entries = yield* Schema.decodeEffect(TokenFile)(text)
      const admitted: Admitted = { tokens: new TokenBook(entries), issued: [] }
      return admitted
    }
    const made = first.map(issue)
    const entries = made.map(({ entry }) => entry)
    const content = yield* Schema.encodeEffect(TokenFile)(entries)
    yield* Effect.promise(() => fs.writeFile(file, `${content}\n`, { mode: ownerOnly, flag: "wx" }))
    const admitted: Admitted = {
      tokens: new TokenBook(entries),
      issued: made.map(({ entry, token }) => ({ id: entry.id, token })),
    }
    return admitted
  })
