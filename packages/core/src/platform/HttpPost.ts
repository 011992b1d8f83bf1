/**
 * One POST request whose answer has a largest size.
 *
 * @since 0.1.0
 */

/**
 * @category models
 * @since 0.1.0
 */
export interface HttpAnswer {
  readonly status: number
  /** The body, whole. */
  readonly bytes: Buffer
}

/**
 * @category models
 * @since 0.1.0
 */
export interface HttpQuestion {
  readonly body: Uint8Array<ArrayBuffer>
  readonly headers: Readonly<Record<string, string>>
  /** An answer that is longer fails. Units: bytes. */
  readonly answerBytesMax: number
  readonly signal: AbortSignal
}

/**
 * Sends a request and reads the whole answer. A redirection is not followed: elsewhere may be
 * somebody else. Rejects where there is no answer, or one that is too long.
 *
 * @category running
 * @since 0.1.0
 */
export const httpPost = async (
  url: string,
  { answerBytesMax, body, headers, signal }: HttpQuestion,
): Promise<HttpAnswer> => {
  const response = await fetch(url, { method: "POST", body, headers, signal, redirect: "error" })
  const chunks: Array<Uint8Array> = []
  let bytes = 0
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > answerBytesMax) throw new Error(`its answer has more than ${answerBytesMax} bytes`)
    chunks.push(chunk)
  }
  return { status: response.status, bytes: Buffer.concat(chunks) }
}

/**
 * Why a request failed, in words: `fetch failed` says nothing, what it wraps does.
 *
 * @category encoding
 * @since 0.1.0
 */
export const httpFailure = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  return cause.cause instanceof Error ? cause.cause.message : cause.message
}
