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
 * The form of an http or https URL without a user name and a password: those would stand in
 * logs. No backslash either, which is read as a slash. Empty for none.
 *
 * @category constants
 * @since 0.1.0
 */
export const httpUrlForm =
  /^(?:https?:\/\/(?:\[[\d:.a-f]+\]|[^\s/?#@\\:]+)(?::\d{1,5})?(?:[/?#]\S{0,2000})?)?$/i

/**
 * Whether a text is an http or https URL that can be configured.
 *
 * @category decoding
 * @since 0.1.0
 */
export const isHttpUrl = (text: string): boolean =>
  text !== "" && httpUrlForm.test(text) && URL.canParse(text)

/**
 * As much of a URL as may be shown: who is asked, and where. A query may hold a key.
 *
 * @category encoding
 * @since 0.1.0
 */
export const shownUrl = (url: string): string => {
  const parsed = URL.parse(url)
  return parsed === null ? "(no URL)" : `${parsed.origin}${parsed.pathname}`
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
  // What `fetch` says of such a URL repeats it.
  if (!isHttpUrl(url)) throw new Error("its URL is none, or has a user name and a password")
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
