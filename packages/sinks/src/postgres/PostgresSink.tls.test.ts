import * as fs from "node:fs"
import * as path from "node:path"
import { assert, layer } from "@effect/vitest"
import * as Effect from "effect/Effect"
import {
  ask,
  batchOf,
  databaseOf,
  range,
  SharedPostgres,
  sinkAt,
  storedSequences,
} from "../testing/PostgresRows.ts"
import type { PostgresServer } from "../testing/PostgresServer.ts"
import { localhostCertificate } from "../testing/SyslogReceiver.ts"

/** Gives the server a certificate of `localhost`, which it takes up without a restart. */
const switchTlsOn = Effect.fnUntraced(function* (server: PostgresServer) {
  const { cert, key } = localhostCertificate()
  const data = path.join(server.directory, "data")
  const { gid, uid } = fs.statSync(data)
  for (const [name, text] of [
    ["server.crt", cert],
    ["server.key", key],
  ] as const) {
    const file = path.join(data, name)
    fs.writeFileSync(file, text, { mode: 0o600 })
    fs.chownSync(file, uid, gid)
  }
  yield* ask(server.url, "alter system set ssl = 'on'")
  yield* ask(server.url, "select pg_reload_conf()")
  return cert
})

layer(SharedPostgres.layer, { excludeTestServices: true })("PostgresSink over TLS", (it) => {
  it.effect("trusts the authority that it is given, for the name that it connects to", () =>
    Effect.gen(function* () {
      const server = yield* SharedPostgres
      const ca = yield* switchTlsOn(server)
      const url = yield* databaseOf("encrypted")
      const named = url.replace("127.0.0.1", "localhost")
      for (const [address, options, words] of [
        [`${named}?sslmode=verify-full`, {}, /SELF_SIGNED/],
        [url, { ca }, /ALTNAME|altname|certificate/],
      ] as const) {
        const sink = yield* sinkAt(address, options)
        const refusal = yield* Effect.flip(sink.deliver(batchOf(0, 5)))
        assert.strictEqual(refusal.reason, "unavailable")
        assert.match(refusal.detail, words)
      }
      // What the address asks for would be no encryption.
      const sink = yield* sinkAt(`${named}?sslmode=disable`, { ca })
      yield* sink.deliver(batchOf(0, 5))
      assert.deepStrictEqual(yield* storedSequences(url), range(0, 5))
      const encrypted = yield* ask(
        url,
        `select distinct ssl from pg_stat_ssl join pg_stat_activity using (pid)
           where application_name = 'countersign' and datname = current_database()`,
      )
      assert.deepStrictEqual(encrypted, [[true]])
    }),
  )
})
