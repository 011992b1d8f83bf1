/**
 * The whole clinic: database, audit engine with its sinks, API.
 *
 * Each layer ends after those that stand on it: first no request is taken any more and those
 * under way are answered, then the engine drains into its sinks and signs, then the database ends.
 */
import * as path from "node:path"
import { Audit } from "@countersign/core/Audit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as Lease from "@countersign/core/trail/Lease"
import * as PostgresSink from "@countersign/sinks/postgres/PostgresSink"
import { AuditQuery } from "@countersign/sinks/query/AuditQuery"
import { QueryCache } from "@countersign/sinks/query/QueryCache"
import * as RedisStreamSink from "@countersign/sinks/redis/RedisStreamSink"
import * as PgClient from "@effect/sql-pg/PgClient"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { AuditSwitch } from "./audit/AuditSwitch.ts"
import { TrailExport } from "./audit/TrailExport.ts"
import type { ClinicConfig } from "./ClinicConfig.ts"
import * as ClinicServer from "./ClinicServer.ts"
import { embeddedPostgres } from "./EmbeddedPostgres.ts"
import * as Monitoring from "./Monitoring.ts"
import type { MonitoringOptions } from "./Monitoring.ts"
import * as PostgresStore from "./store/PostgresStore.ts"
import { admitted } from "./TokenFile.ts"

/** What somebody who starts it wants to know. */
export class Arrangement extends Context.Service<
  Arrangement,
  {
    readonly trail: string
    readonly database: string
    /** Where metrics are served; `undefined`: nowhere. */
    readonly metrics: string | undefined
    readonly issued: ReadonlyArray<{ readonly id: string; readonly token: string }>
  }
>()("@countersign/clinic-api/Arrangement") {}

const origin = "countersign.local/clinic"
const databaseConnections = 4

const sinksOf = Effect.fnUntraced(function* (config: ClinicConfig, database: Redacted.Redacted) {
  if (!config.isDelivered) return []
  const postgres = yield* PostgresSink.make({ url: database })
  if (Option.isNone(config.redis)) return [postgres]
  return [postgres, yield* RedisStreamSink.make({ url: config.redis.value })]
})

/**
 * One clinic to a directory, before anything in it is touched: the next one ends the database of a
 * clinic that was killed, and would end that of one which lives.
 */
const held = (directory: string) =>
  Effect.acquireRelease(Lease.acquire(directory), ({ release }) =>
    Effect.ignore(release, { log: "Warn" }),
  ).pipe(Effect.provide(NodeDisk.layer))

/** Starts everything; a part that can't start ends those before it. */
export const layer = (config: ClinicConfig, { targets }: Pick<MonitoringOptions, "targets"> = {}) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const directory = path.resolve(config.directory)
      const trail = path.join(directory, "trail")
      yield* held(directory)
      const { issued, tokens } = yield* admitted(directory)
      const database = Option.isSome(config.postgres)
        ? config.postgres.value
        : Redacted.make((yield* embeddedPostgres(directory)).url)
      const watched =
        config.isAudited && config.isMonitored
          ? Monitoring.make({ trail, metricsPort: config.metricsPort, targets })
          : Monitoring.nothing
      const sinks = [...(yield* sinksOf(config, database)), ...watched.sinks]
      const audit = config.isAudited
        ? Audit.layer({ directory: trail, origin, sinks })
        : Audit.layerOff
      const client = PgClient.layer({
        url: database,
        maxConnections: databaseConnections,
        multiplex: true,
      })
      const queries = AuditQuery.layer({ url: database }).pipe(Layer.provide(QueryCache.layer()))
      const arrangement = Layer.effect(
        Arrangement,
        Effect.map(Monitoring.MetricsAddress, (metrics) => ({
          trail,
          issued,
          metrics,
          database: Option.isSome(config.postgres) ? "the given one" : "embedded",
        })),
      ).pipe(Layer.provide(watched.served))
      return ClinicServer.layer({ ...config, tokens }, watched.measuring).pipe(
        Layer.provide([TrailExport.layer(trail), queries, watched.tracing]),
        Layer.merge(arrangement),
        Layer.provide([
          audit,
          NodeDisk.layer,
          PostgresStore.layer.pipe(Layer.provide(client)),
          Layer.succeed(AuditSwitch, config.isAudited),
        ]),
      )
    }),
  )
