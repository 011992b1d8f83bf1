/**
 * Asks a timestamp authority over HTTP.
 *
 * - Source: RFC 3161, section 3.4.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { AuthorityUnavailable } from "./TimestampError.ts"
import { mediaTypes, responseBytesMax } from "./TimestampToken.ts"

const answerMillis = 15_000
const statusOk = 200

/** At most one byte more than an answer may have: what is longer is refused unread. */
const readBounded = async (response: Response): Promise<Uint8Array> => {
  const pieces: Array<Uint8Array> = []
  let bytes = 0
  // A body is a stream of bytes, of whatever kind the platform declares it.
  for await (const piece of response.body ?? []) {
    pieces.push(piece)
    bytes += piece.length
    if (bytes > responseBytesMax)
      throw new Error(`answers with more than ${responseBytesMax} bytes`)
  }
  return Buffer.concat(pieces)
}

const reasonOf = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  // `fetch failed` says nothing; what it wraps does.
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message
}

/**
 * Sends a request and gives the answer's bytes, unverified.
 *
 * - Errors: `AuthorityUnavailable` for an answer that does not come in time, has another status
 *   than 200 or is too long. A redirection is not followed.
 *
 * @param waitMillis longest wait for the whole answer. Default 15 seconds.
 * @category running
 * @since 0.1.0
 */
export const ask = (
  url: string,
  request: Uint8Array,
  waitMillis: number = answerMillis,
): Effect.Effect<Uint8Array, AuthorityUnavailable> =>
  Effect.tryPromise({
    try: async (interrupted) => {
      const response = await fetch(url, {
        method: "POST",
        headers: { "content-type": mediaTypes.query, accept: mediaTypes.reply },
        body: new Uint8Array(request),
        redirect: "error",
        signal: AbortSignal.any([interrupted, AbortSignal.timeout(waitMillis)]),
      })
      if (response.status !== statusOk) {
        await response.body?.cancel()
        throw new Error(`answers with status ${response.status}`)
      }
      return await readBounded(response)
    },
    catch: (cause) => new AuthorityUnavailable({ url, detail: reasonOf(cause) }),
  })
