/**
 * What sinks over a network have in common: no position of their own, a close, and errors that
 * name where they stood.
 *
 * They deliver at least once. An answer that is lost on its way means that the batch is sent
 * again; each record carries its trail and sequence, by which a receiver tells it apart.
 *
 * @since 0.1.0
 */
import {
  type DeliveredBatch,
  type Sink,
  type SinkDelivery,
  SinkError,
} from "@countersign/core/engine/Sink"
import { monotonicNow } from "@countersign/core/engine/Monotonic"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import { type HttpConnection, type HttpAnswer } from "./HttpRequest.ts"
import { retryAfterMillis, verdictOf } from "./HttpVerdict.ts"

/** Why a request failed, in words: the outer error often says nothing, what it wraps does. */
const failureText = (cause: unknown): string => {
  if (!(cause instanceof Error)) return String(cause)
  if (cause.name === "TimeoutError" || cause.name === "AbortError") return "no answer in time"
  const inner =
    cause instanceof AggregateError
      ? cause.errors.find((each): each is Error => each instanceof Error)
      : cause.cause
  return inner instanceof Error ? inner.message : cause.message
}

/**
 * A delivery that may succeed later.
 *
 * @category constructors
 * @since 0.1.0
 */
export const unavailable = (sink: string, cause: unknown): SinkError =>
  new SinkError({ sink, reason: "unavailable", detail: failureText(cause) })

// Reading an event against its schema takes tens of microseconds, and the loop is the application's.
const sliceRecords = 32

const nextTurn = Effect.callback<void>((resume) => {
  const handle = setImmediate(() => resume(Effect.void))
  return Effect.sync(() => clearImmediate(handle))
})

/**
 * Each record of a batch in another form, a slice in each turn of the event loop.
 *
 * @category encoding
 * @since 0.1.0
 */
export const converted = Effect.fnUntraced(function* <A>(
  { entries, firstSequence }: DeliveredBatch,
  each: (sequence: number, entry: Uint8Array) => A,
): Effect.fn.Return<ReadonlyArray<A>> {
  const all: Array<A> = []
  for (const [index, entry] of entries.entries()) {
    if (index > 0 && index % sliceRecords === 0) yield* nextTurn
    all.push(each(firstSequence + index, entry))
  }
  return all
})

// A delivery is one request, and grows on its way: the text is in it, and a part of it again as
// fields. Receivers take some MiB at most.
const requestDelivery: SinkDelivery = { recordsMax: 512, bytesMax: 1_048_576 }

/**
 * A sink over what sends one batch.
 *
 * @param send never called with an empty batch, nor after the close
 * @category constructors
 * @since 0.1.0
 */
export const make = (
  name: string,
  send: (batch: DeliveredBatch) => Effect.Effect<void, SinkError>,
  release: () => void,
  delivery = requestDelivery,
): Sink => {
  let isClosed = false
  return {
    name,
    delivery,
    position: () => Effect.succeed(undefined),
    deliver: (batch) =>
      Effect.suspend(() => {
        if (isClosed) return Effect.fail(unavailable(name, new Error("it is closed")))
        return batch.entries.length === 0 ? Effect.void : send(batch)
      }),
    close: Effect.sync(() => {
      if (!isClosed) release()
      isClosed = true
    }),
  }
}

/**
 * @category models
 * @since 0.1.0
 */
export interface HttpMessage {
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
}

/**
 * @category models
 * @since 0.1.0
 */
export interface SenderOptions {
  /** Longest time for one request. Units: milliseconds. Default 10,000, as OTLP exporters have. */
  readonly timeoutMillis: number | undefined
  /** Whether errors repeat what the receiver said. */
  readonly isQuoted: boolean
}

/** An answer is a word of thanks or a complaint. Units: bytes. */
const answerBytesMax = 65_536

/**
 * Requests of one sink: each waits out what the one before was asked to wait.
 *
 * @category models
 * @since 0.1.0
 */
export class HttpSender {
  private readonly sink: string
  private readonly connection: HttpConnection
  private readonly options: SenderOptions
  /** By the monotonic clock: one that is set must not make the pause longer. */
  private notBefore = -Infinity

  constructor(sink: string, connection: HttpConnection, options: SenderOptions) {
    this.sink = sink
    this.connection = connection
    this.options = options
  }

  /** Sends one message. Fails with what a sink fails with, unless the answer is a success. */
  readonly send = (message: HttpMessage): Effect.Effect<HttpAnswer, SinkError> =>
    Effect.gen({ self: this }, function* () {
      const now = yield* monotonicNow
      if (now < this.notBefore) {
        const seconds = Math.ceil((this.notBefore - now) / 1000)
        const text = `the receiver asked for a pause, which lasts ${seconds} s more`
        return yield* unavailable(this.sink, new Error(text))
      }
      const answer = yield* this.posted(message)
      const verdict = verdictOf(answer, this.options.isQuoted)
      if (verdict._tag === "Delivered") return answer
      const { detail, reason } = verdict
      if (reason === "unavailable") {
        // A date in the header is one of the wall clock.
        const pause = retryAfterMillis(answer.retryAfter, yield* Clock.currentTimeMillis)
        this.notBefore = (yield* monotonicNow) + pause
      }
      return yield* new SinkError({ sink: this.sink, reason, detail })
    })

  private posted({ body, headers }: HttpMessage): Effect.Effect<HttpAnswer, SinkError> {
    return Effect.tryPromise({
      try: (interrupted) =>
        this.connection.post({
          headers,
          body,
          answerBytesMax,
          signal: AbortSignal.any([
            interrupted,
            AbortSignal.timeout(this.options.timeoutMillis ?? 10_000),
          ]),
        }),
      catch: (cause) => unavailable(this.sink, cause),
    })
  }
}
