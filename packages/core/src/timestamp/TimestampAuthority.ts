/**
 * Asks a timestamp authority over HTTP.
 *
 * - Source: RFC 3161, section 3.4.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import { httpFailure, httpPost, shownUrl } from "../platform/HttpPost.ts"
import { AuthorityUnavailable } from "./TimestampError.ts"
import { mediaTypes, responseBytesMax } from "./TimestampToken.ts"

const answerMillis = 15_000
const statusOk = 200

const posted = async (url: string, request: Uint8Array, signal: AbortSignal): Promise<Buffer> => {
  const { bytes, status } = await httpPost(url, {
    // A copy, since a request must not lie in shared memory.
    body: new Uint8Array(request),
    headers: { "content-type": mediaTypes.query, accept: mediaTypes.reply },
    answerBytesMax: responseBytesMax,
    signal,
  })
  if (status !== statusOk) throw new Error(`answers with status ${status}`)
  return bytes
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
    try: (interrupted) =>
      posted(url, request, AbortSignal.any([interrupted, AbortSignal.timeout(waitMillis)])),
    catch: (cause) => new AuthorityUnavailable({ url: shownUrl(url), detail: httpFailure(cause) }),
  })
