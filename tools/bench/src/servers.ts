/** Real servers for the rows that need them, as long as the row runs. */
import { type PostgresServer, postgresServer } from "@countersign/sinks/testing/PostgresServer"
import { type RedisServer, redisServer } from "@countersign/sinks/testing/RedisServer"
import * as Effect from "effect/Effect"

/** A server as an administrator sets it up for writing: nothing that gives up a commit. */
export const withPostgres = <A>(use: (server: PostgresServer) => Promise<A>): Promise<A> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(
        postgresServer({
          settings: { shared_buffers: "256MB", max_wal_size: "4GB", checkpoint_timeout: "30min" },
        }),
        (server) => Effect.promise(() => use(server)),
      ),
    ),
  )

/** A server that syncs its log each second, which is its default. */
export const withRedis = <A>(use: (server: RedisServer) => Promise<A>): Promise<A> =>
  Effect.runPromise(
    Effect.scoped(
      Effect.flatMap(redisServer(["--appendfsync", "everysec", "--maxmemory", "4gb"]), (server) =>
        Effect.promise(() => use(server)),
      ),
    ),
  )
