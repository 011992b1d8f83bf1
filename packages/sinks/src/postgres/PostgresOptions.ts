/**
 * How a database is reached, and how the PostgreSQL sink is set up.
 *
 * @since 0.1.0
 */
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import * as Schema from "effect/Schema"

/**
 * How whatever uses the database reaches it.
 *
 * @category models
 * @since 0.1.0
 */
export interface PostgresConnectionOptions {
  /** `postgres://role:password@host:5432/database`, with `?sslmode=verify-full` beyond this host. */
  readonly url: Redacted.Redacted
  /** Asked before each connection, for passwords that change; stands in for the address's own. */
  readonly password?: Effect.Effect<Redacted.Redacted>
  /**
   * Certificate (PEM) of the authority that the server's is signed by, where the system does not
   * know it. Connects by TLS alone then, and checks the server's name, whatever the address says.
   */
  readonly ca?: string
}

/**
 * @category models
 * @since 0.1.0
 */
export interface PostgresSinkOptions extends PostgresConnectionOptions {
  /** Default `postgres`. */
  readonly name?: string
  /** What the server shows of the connection. Default `countersign`. */
  readonly applicationName?: string
  /** Whether the sink makes its tables itself. Default `true`; `false` where somebody else does. */
  readonly migrate?: boolean
  /** Months after this one that have a partition before they begin. 0 to 120, default 3. */
  readonly monthsAhead?: number
  /** Older records than so many months get no partition of their own. 0 to 1200, default 24. */
  readonly monthsBack?: number
  /** How often partitions are looked after. 1,000 to 86,400,000, default 3,600,000. */
  readonly partitionMillis?: number
  /** Longest wait for a connection. 100 to 600,000, default 5,000. */
  readonly connectMillisMax?: number
  /** Longest time of one statement. 100 to 3,600,000, default 30,000. */
  readonly statementMillisMax?: number
  /** Longest wait for a lock. 100 to 3,600,000, default 5,000. */
  readonly lockMillisMax?: number
}

/**
 * An option of the PostgreSQL sink that can't be used. Says which; never holds the address.
 *
 * @category errors
 * @since 0.1.0
 */
export class InvalidPostgresOptions extends Schema.TaggedError<InvalidPostgresOptions>(
  "@countersign/sinks/InvalidPostgresOptions",
)("InvalidPostgresOptions", {
  code: Schema.tag("AUD-4301"),
  isRetryable: Schema.tag(false),
  option: Schema.String,
  problem: Schema.String,
  expected: Schema.String,
}) {
  override get message(): string {
    return `${this.code}: ${this.option} ${this.problem}; expected ${this.expected}`
  }
}

const ranges = {
  monthsAhead: [0, 120, 3],
  monthsBack: [0, 1_200, 24],
  partitionMillis: [1_000, 86_400_000, 3_600_000],
  connectMillisMax: [100, 600_000, 5_000],
  statementMillisMax: [100, 3_600_000, 30_000],
  lockMillisMax: [100, 3_600_000, 5_000],
} as const

type RangeName = keyof typeof ranges

/**
 * How to connect, checked.
 *
 * @category models
 * @since 0.1.0
 */
export interface PostgresConnection {
  /** The address to connect to now, with the password of now. */
  readonly address: Effect.Effect<Redacted.Redacted>
  /** For the driver: TLS with a server whose certificate this authority has signed. */
  readonly ssl?: { readonly ca: string }
}

/**
 * The options of the sink, checked and completed.
 *
 * @category models
 * @since 0.1.0
 */
export interface ResolvedPostgresOptions
  extends PostgresConnection, Readonly<Record<RangeName, number>> {
  readonly name: string
  readonly applicationName: string
  readonly migrate: boolean
}

const tlsParameters = ["ssl", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslnegotiation"]

const urlExpected = "postgres://role:password@host:5432/database"

const urlOf = (url: Redacted.Redacted): URL | undefined => {
  const text = Redacted.value(url)
  if (!URL.canParse(text)) return undefined
  const parsed = new URL(text)
  return parsed.protocol === "postgres:" || parsed.protocol === "postgresql:" ? parsed : undefined
}

/**
 * Checks how to connect.
 *
 * - Errors: `InvalidPostgresOptions`, where the address is none.
 *
 * @category decoding
 * @since 0.1.0
 */
export const resolveConnection = Effect.fnUntraced(function* (
  options: PostgresConnectionOptions,
): Effect.fn.Return<PostgresConnection, InvalidPostgresOptions> {
  const url = urlOf(options.url)
  if (url === undefined) {
    return yield* new InvalidPostgresOptions({
      option: "url",
      problem: "is not the address of a PostgreSQL database",
      expected: urlExpected,
    })
  }
  const { ca, password } = options
  // What the address says of TLS would stand in place of the certificate.
  if (ca !== undefined) {
    for (const name of tlsParameters) url.searchParams.delete(name)
  }
  return {
    address: Effect.map(password ?? Effect.succeed(undefined), (secret) => {
      const address = new URL(url)
      if (secret !== undefined) address.password = encodeURIComponent(Redacted.value(secret))
      return Redacted.make(address.href)
    }),
    ...(ca === undefined ? {} : { ssl: { ca } }),
  }
})

/**
 * Checks options.
 *
 * - Errors: `InvalidPostgresOptions` names the first wrong one.
 *
 * @category decoding
 * @since 0.1.0
 */
export const resolve = Effect.fnUntraced(function* (
  options: PostgresSinkOptions,
): Effect.fn.Return<ResolvedPostgresOptions, InvalidPostgresOptions> {
  const connection = yield* resolveConnection(options)
  const numberOf = Effect.fnUntraced(function* (option: RangeName) {
    const [min, max, byDefault] = ranges[option]
    const value = options[option] ?? byDefault
    if (Number.isSafeInteger(value) && value >= min && value <= max) return value
    return yield* new InvalidPostgresOptions({
      option,
      problem: `is ${value}`,
      expected: `a whole number from ${min} to ${max}`,
    })
  })
  return {
    ...connection,
    name: options.name ?? "postgres",
    applicationName: options.applicationName ?? "countersign",
    migrate: options.migrate ?? true,
    monthsAhead: yield* numberOf("monthsAhead"),
    monthsBack: yield* numberOf("monthsBack"),
    partitionMillis: yield* numberOf("partitionMillis"),
    connectMillisMax: yield* numberOf("connectMillisMax"),
    statementMillisMax: yield* numberOf("statementMillisMax"),
    lockMillisMax: yield* numberOf("lockMillisMax"),
  }
})
