import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { resolveConnection } from "./PostgresOptions.ts"

const url = Redacted.make("postgres://role:first@db.example:5433/audit?sslmode=disable")

describe("the way to a database", () => {
  it.effect("has the password of the moment, and the authority in place of the address's TLS", () =>
    Effect.gen(function* () {
      let password = "p@ss/1"
      const { address, ssl } = yield* resolveConnection({
        url,
        password: Effect.sync(() => Redacted.make(password)),
        ca: "-----BEGIN CERTIFICATE-----",
      })
      assert.strictEqual(
        Redacted.value(yield* address),
        "postgres://role:p%40ss%2F1@db.example:5433/audit",
      )
      password = "second"
      assert.include(Redacted.value(yield* address), ":second@")
      assert.deepStrictEqual(ssl, { ca: "-----BEGIN CERTIFICATE-----" })
    }),
  )

  it.effect("is the address alone where nothing else is said", () =>
    Effect.gen(function* () {
      const connection = yield* resolveConnection({ url })
      assert.strictEqual(Redacted.value(yield* connection.address), Redacted.value(url))
      assert.notProperty(connection, "ssl")
    }),
  )

  it.effect("is refused by name where it is none, and never shown", () =>
    Effect.gen(function* () {
      const mysql = Redacted.make("mysql://role:hunter2@db.example/audit")
      const refusal = yield* Effect.flip(resolveConnection({ url: mysql }))
      assert.strictEqual(refusal.option, "url")
      assert.notInclude(`${refusal.message}${JSON.stringify(refusal)}`, "hunter2")
    }),
  )
})
