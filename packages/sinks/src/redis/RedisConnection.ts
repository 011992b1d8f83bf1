/**
 * One connection to a Redis: made when it is needed, checked before it is used, given up at the
 * first doubt.
 *
 * Nothing waits in memory for a server that is away: a command either goes out at once or
 * fails, and whoever sent it tries again from what is durable.
 *
 * @since 0.1.0
 */
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Redis, type RedisOptions as AllClientOptions } from "ioredis"
import { FramedCommand, type RedisArgument } from "./FramedCommand.ts"
import * as RedisFacts from "./RedisFacts.ts"
import { faultOf, RedisFault, RedisOptionsInvalid, wordOf } from "./RedisFault.ts"
import type { RedisScript } from "./RedisScript.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface RedisOptions {
  /** `redis://[user[:password]@]host[:port][/database]`, or `rediss://` for TLS. */
  readonly url: string | Redacted.Redacted
  /** Longest time until a connection stands. Default 5 s. */
  readonly connectTimeout?: Duration.Input
  /** Longest time for one command. Default 10 s. */
  readonly commandTimeout?: Duration.Input
  /** What `CLIENT LIST` shows. Default `countersign`. */
  readonly connectionName?: string
}

const defaultPort = 6379
const connectMillis = 5_000
const commandMillisDefault = 10_000
// One more than the client's own deadlines, which come first unless it is at fault itself.
const graceMillis = 1_000

const millisOf = (input: Duration.Input | undefined, otherwise: number): number =>
  input === undefined ? otherwise : Duration.toMillis(Duration.fromInputUnsafe(input))

/**
 * The longest time that a command may take.
 *
 * @category getters
 * @since 0.1.0
 */
export const commandMillisOf = ({ commandTimeout }: RedisOptions): number =>
  millisOf(commandTimeout, commandMillisDefault)

type ClientOptions = Omit<AllClientOptions, "replyMapping">

interface Address {
  readonly shown: string
  readonly client: ClientOptions
}

/** `undefined` where a `%` is followed by no number. */
const decoded = (text: string): string | undefined => {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

const addressOf = (text: string): Address | undefined => {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    return undefined
  }
  const database = url.pathname.replace(/^\//u, "")
  if (!/^rediss?:$/u.test(url.protocol) || url.hostname === "" || !/^\d{0,5}$/u.test(database)) {
    return undefined
  }
  // An IPv6 address stands in brackets in a URL, and nowhere else.
  const host = url.hostname.replace(/^\[(.*)\]$/u, "$1")
  const port = url.port === "" ? defaultPort : Number(url.port)
  const db = Number(database)
  const username = decoded(url.username)
  const password = decoded(url.password)
  if (username === undefined || password === undefined) return undefined
  return {
    shown: `${url.hostname}:${port}/${db}`,
    client: {
      host,
      port,
      db,
      ...(username === "" ? {} : { username }),
      ...(password === "" ? {} : { password }),
      ...(url.protocol === "rediss:" ? { tls: { servername: host } } : {}),
    },
  }
}

/**
 * A connection that comes and goes; one user at a time, or several that may share its order.
 *
 * @category models
 * @since 0.1.0
 */
export class RedisConnection {
  /** Host, port and database, for people. */
  readonly address: string
  private readonly options: ClientOptions
  private readonly deadlineMillis: number
  private readonly mustWrite: boolean
  private client: Redis | undefined
  /** The client, once its server was looked at. */
  private checked: Redis | undefined
  private opening: Promise<Redis> | undefined
  private isClosed = false
  private known: RedisFacts.RedisFacts | undefined

  private constructor(address: Address, options: RedisOptions, mustWrite: boolean) {
    const connectTimeout = millisOf(options.connectTimeout, connectMillis)
    const commandTimeout = commandMillisOf(options)
    this.address = address.shown
    this.deadlineMillis = connectTimeout + 3 * commandTimeout + graceMillis
    this.mustWrite = mustWrite
    this.options = {
      ...address.client,
      connectTimeout,
      commandTimeout,
      connectionName: options.connectionName ?? "countersign",
      lazyConnect: true,
      // Nothing is kept for later or sent twice: the bytes of a batch are only lent.
      enableOfflineQueue: false,
      autoResendUnfulfilledCommands: false,
      autoResubscribe: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
      enableReadyCheck: false,
      disableClientInfo: true,
      protocol: 2,
    }
  }

  /**
   * Checks the options; connects when it is first used.
   *
   * @param mustWrite whether a server is refused whose settings endanger records
   */
  static make(
    options: RedisOptions,
    mustWrite = true,
  ): Effect.Effect<RedisConnection, RedisOptionsInvalid> {
    const url = Redacted.isRedacted(options.url) ? Redacted.value(options.url) : options.url
    const address = addressOf(url)
    return address === undefined
      ? Effect.fail(
          new RedisOptionsInvalid({
            option: "url",
            // What was given is not repeated: it may hold a password.
            wanted: "redis://[user:password@]host[:port][/database], or rediss:// for TLS",
          }),
        )
      : Effect.sync(() => new RedisConnection(address, options, mustWrite))
  }

  /** What the server said of itself when the newest connection was made. */
  get facts(): RedisFacts.RedisFacts | undefined {
    return this.known
  }

  get isConnected(): boolean {
    return this.client?.status === "ready"
  }

  /** Runs commands over a connection that stands and was checked. */
  use<A>(run: (client: Redis) => Promise<A>): Effect.Effect<A, RedisFault> {
    return Effect.tryPromise({
      try: async (signal) => {
        const client = await this.open()
        // Nobody waits any more: what would be sent may be somebody else's by now.
        if (signal.aborted) throw this.fault("unreachable", "the call was given up")
        return run(client)
      },
      catch: (cause) => faultOf(this.address, cause),
    }).pipe(
      Effect.timeoutOrElse({
        duration: this.deadlineMillis,
        orElse: () => Effect.fail(this.fault("timeout", "no answer in time")),
      }),
      Effect.tapError((fault) =>
        Effect.sync(() => {
          // A replica was a master before, and its name may lead to another server by now.
          if (fault.reason !== "refused" || fault.word === "READONLY") this.drop()
        }),
      ),
      // An answer that nobody waits for any more may never come.
      Effect.onInterrupt(() => Effect.sync(() => this.drop())),
    )
  }

  /** One command, with texts in the answer as bytes. */
  call(command: string, args: ReadonlyArray<RedisArgument>): Effect.Effect<unknown, RedisFault> {
    return this.use((client) => client.callBuffer(command, [...args]))
  }

  /** One script, by its name, or by its text where Redis doesn't know it yet. */
  evaluate(
    { lua, sha1 }: RedisScript,
    keys: ReadonlyArray<string>,
    args: ReadonlyArray<RedisArgument>,
  ): Effect.Effect<unknown, RedisFault> {
    return Effect.suspend(() => {
      const rest = [keys.length, ...keys, ...args]
      const byName = new FramedCommand("EVALSHA", [sha1, ...rest])
      return Effect.catchIf(
        this.use((client) => Promise.resolve(client.sendCommand(byName))),
        ({ word }) => word === "NOSCRIPT",
        () => {
          const byText = new FramedCommand("EVAL", [lua, ...rest])
          return this.use((client) => Promise.resolve(client.sendCommand(byText)))
        },
      )
    })
  }

  /**
   * One script with one list of arguments after the other, all on their way at once: Redis works
   * on the first while the next is laid out. Fails with the first that failed; others may be done.
   */
  evaluateAll(
    { lua, sha1 }: RedisScript,
    keys: ReadonlyArray<string>,
    lists: Iterable<ReadonlyArray<RedisArgument>>,
  ): Effect.Effect<ReadonlyArray<unknown>, RedisFault> {
    const all = this.use((client) => {
      const answers: Array<Promise<unknown>> = []
      for (const args of lists) {
        const command = new FramedCommand("EVALSHA", [sha1, keys.length, ...keys, ...args])
        answers.push(Promise.resolve(client.sendCommand(command)))
      }
      return Promise.all(answers)
    })
    return Effect.catchIf(
      all,
      ({ word }) => word === "NOSCRIPT",
      () => Effect.andThen(this.call("SCRIPT", ["LOAD", lua]), all),
    )
  }

  /** Ends the connection; later calls fail. Idempotent. */
  readonly close: Effect.Effect<void> = Effect.sync(() => {
    this.isClosed = true
    this.drop()
  })

  private drop(): void {
    const { client } = this
    this.client = undefined
    this.checked = undefined
    this.opening = undefined
    client?.disconnect()
  }

  private fault(reason: RedisFault["reason"], detail: string): RedisFault {
    return new RedisFault({ address: this.address, reason, word: "", detail })
  }

  private open(): Promise<Redis> {
    if (this.checked?.status === "ready") return Promise.resolve(this.checked)
    if (this.isClosed) return Promise.reject(this.fault("unreachable", "the connection is closed"))
    this.opening ??= this.connect()
    return this.opening
  }

  private async connect(): Promise<Redis> {
    const client = new Redis(this.options)
    this.client = client
    let refusal: unknown
    // A listener has to be there: without one the client writes to the console.
    client.on("error", (cause: unknown) => {
      refusal ??= cause
    })
    try {
      await client.connect()
      const facts = RedisFacts.parse(await client.info())
      this.known = facts
      const why = this.mustWrite ? RedisFacts.unfitness(facts) : undefined
      if (why !== undefined) throw this.fault("unfit", why)
      if (this.client === client) this.checked = client
      return client
    } catch (cause) {
      client.disconnect()
      if (this.client === client) this.client = undefined
      // A refused password ends the connection, and only the event says why.
      throw cause instanceof RedisFault || wordOf(cause) !== undefined ? cause : (refusal ?? cause)
    } finally {
      if (this.client === client || this.client === undefined) this.opening = undefined
    }
  }
}
