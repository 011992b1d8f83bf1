/**
 * What the clinic reads from the environment.
 */
import * as path from "node:path"
import * as Config from "effect/Config"
import * as Schema from "effect/Schema"

const Port = Schema.NumberFromString.check(
  Schema.isInt(),
  Schema.isBetween({ minimum: 0, maximum: 65_535 }),
)

/** Beside the sources, and not under version control. */
const directoryDefault = path.join(import.meta.dirname, "../data")

export const ClinicConfig = Config.all({
  host: Config.String("CLINIC_HOST").pipe(Config.withDefault("127.0.0.1")),
  /** 0 takes any free one. */
  port: Config.schema(Port, "CLINIC_PORT").pipe(Config.withDefault(8080)),
  /** The trail, the tokens' hashes, and the data of the embedded PostgreSQL. */
  directory: Config.String("CLINIC_DIRECTORY").pipe(Config.withDefault(directoryDefault)),
  /** Without it a PostgreSQL of its own is started. */
  postgres: Config.option(Config.Redacted("CLINIC_POSTGRES_URL")),
  /** Without it nothing is sent to Redis. */
  redis: Config.option(Config.Redacted("CLINIC_REDIS_URL")),
  requestsPerMinute: Config.Int("CLINIC_REQUESTS_PER_MINUTE").pipe(Config.withDefault(600)),
  /** For the benchmark, which wants to know what auditing costs. */
  isAudited: Config.Boolean("CLINIC_AUDIT").pipe(Config.withDefault(true)),
  /** The same: whether records go on from the trail to PostgreSQL and Redis. */
  isDelivered: Config.Boolean("CLINIC_DELIVERY").pipe(Config.withDefault(true)),
  /** Metrics, alerts and detection. */
  isMonitored: Config.Boolean("CLINIC_MONITOR").pipe(Config.withDefault(true)),
  /** On loopback, whatever `host` is. 0 takes any free one. */
  metricsPort: Config.schema(Port, "CLINIC_METRICS_PORT").pipe(Config.withDefault(9464)),
})

export type ClinicConfig = Config.Success<typeof ClinicConfig>
