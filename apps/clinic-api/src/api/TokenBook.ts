/**
 * Who may ask: principals with the hashes of their tokens. No token is kept.
 */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto"
import * as Schema from "effect/Schema"
import { type Principal, Role } from "../domain/Principal.ts"

const Entry = Schema.Struct({
  id: Schema.NonEmptyString,
  roles: Schema.Array(Role),
  /** SHA-256 of the token, in hexadecimal. */
  tokenHash: Schema.String.check(Schema.isPattern(/^[0-9a-f]{64}$/)),
})

export type TokenEntry = typeof Entry.Type

/** The form of the file. */
export const TokenFile = Schema.fromJsonString(Schema.Array(Entry))

const tokenBytes = 32
const hash = (token: string): Buffer => createHash("sha256").update(token).digest()

/** A new token, and what is kept of it. A hash without salt will do: a token is not a password. */
export const issue = (
  principal: Principal,
): { readonly token: string; readonly entry: TokenEntry } => {
  const token = randomBytes(tokenBytes).toString("base64url")
  return { token, entry: { ...principal, tokenHash: hash(token).toString("hex") } }
}

export class TokenBook {
  private readonly entries: ReadonlyArray<{
    readonly principal: Principal
    readonly hash: Buffer
  }>

  constructor(entries: ReadonlyArray<TokenEntry>) {
    this.entries = entries.map(({ id, roles, tokenHash }) => ({
      principal: { id, roles },
      hash: Buffer.from(tokenHash, "hex"),
    }))
  }

  /** Takes the same time whether, and with whom, the token matches. */
  principalOf(token: string): Principal | undefined {
    const presented = hash(token)
    let found: Principal | undefined
    for (const { hash: known, principal } of this.entries) {
      if (timingSafeEqual(known, presented)) found = principal
    }
    return found
  }
}
