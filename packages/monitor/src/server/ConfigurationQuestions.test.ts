import * as fs from "node:fs"
import * as path from "node:path"
import { resolve } from "@countersign/core/config/ConfigResolution"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Scope } from "effect/Scope"
import { type ServedEngine, served } from "../testing/ServedEngine.ts"

const intent = { actor: "u-9", reason: "half of the telemetry is enough" }
const yaml = "# Of the clinic.\nsampling:\n  rate: 1\n"

/** An engine that reads a file again when it is told to, and a server that knows of the file. */
const filed = <A, E>(
  use: (served: ServedEngine, file: string) => Effect.Effect<A, E, Scope>,
  isWritable = true,
) =>
  Effect.gen(function* () {
    const file = path.join(yield* temporaryDirectory, "countersign.yaml")
    fs.writeFileSync(file, yaml, { mode: 0o640 })
    let directory = ""
    const reload = () =>
      resolve({ directory }, { file }).pipe(
        Effect.map((config) => ({ ...config })),
        Effect.provide(NodeDisk.layer),
      )
    return yield* served(
      (engine) => {
        directory = engine.directory
        return use(engine, file)
      },
      { isWritable, configurationFile: file },
      undefined,
      { reload },
    )
  }).pipe(Effect.scoped)

const reasonOf = (error: { readonly _tag: string; readonly reason?: unknown }) => error.reason

describe("ConfigurationQuestions", () => {
  it.live("writes the file, keeps the one before, and has the engine read it", () =>
    filed(({ audit, client, fixture }, file) =>
      Effect.gen(function* () {
        const found = yield* client.ConfigurationFile()
        assert.deepStrictEqual([found.path, found.yaml], [file, yaml])
        const changed = yaml.replace("rate: 1", "rate: 0.5")
        const written = yield* client.WriteConfiguration({
          yaml: changed,
          expectedHash: found.hash,
          intent,
        })
        assert.deepStrictEqual(
          written.changes.map(({ after, path: field }) => [field, after]),
          [["sampling.rate", 0.5]],
        )
        assert.strictEqual(audit.status().samplingRate, 0.5)
        assert.strictEqual(fs.readFileSync(file, "utf8"), changed)
        assert.strictEqual(fs.statSync(file).mode & 0o777, 0o640)
        assert.strictEqual(fs.readFileSync(written.kept, "utf8"), yaml)
        assert.strictEqual((yield* client.ConfigurationFile()).hash, written.hash)
        yield* audit.publish
        const types = (yield* fixture.trail).map(({ outcome, type }) => `${type} ${outcome}`)
        assert.isBelow(
          types.indexOf("countersign.monitor.configuration attempt"),
          types.indexOf("audit.configuration.changed success"),
        )
        assert.include(types, "countersign.monitor.configuration success")
      }),
    ),
  )

  it.live("overwrites nothing that somebody else has changed meanwhile", () =>
    filed(({ client }, file) =>
      Effect.gen(function* () {
        const { hash } = yield* client.ConfigurationFile()
        fs.writeFileSync(file, "heartbeatMillis: 60000\n")
        const error = yield* Effect.flip(
          client.WriteConfiguration({ yaml: "signals: false\n", expectedHash: hash, intent }),
        )
        assert.strictEqual(reasonOf(error), "taken")
        assert.strictEqual(fs.readFileSync(file, "utf8"), "heartbeatMillis: 60000\n")
      }),
    ),
  )

  it.live("refuses what no engine takes, with the line, and leaves the file as it was", () =>
    filed(({ client }, file) =>
      Effect.gen(function* () {
        const { hash } = yield* client.ConfigurationFile()
        const error = yield* Effect.flip(
          client.WriteConfiguration({
            yaml: "sampling:\n  rate: 7\n",
            expectedHash: hash,
            intent,
          }),
        )
        assert.strictEqual(reasonOf(error), "invalid")
        assert.include(error.message, "countersign.yaml:2:9")
        assert.strictEqual(fs.readFileSync(file, "utf8"), yaml)
      }),
    ),
  )

  it.live("puts the file back where the engine itself refuses it", () =>
    Effect.gen(function* () {
      const file = path.join(yield* temporaryDirectory, "countersign.yaml")
      fs.writeFileSync(file, yaml)
      yield* served(
        ({ audit, client }) =>
          Effect.gen(function* () {
            const { hash } = yield* client.ConfigurationFile()
            const error = yield* Effect.flip(
              client.WriteConfiguration({ yaml: "signals: false\n", expectedHash: hash, intent }),
            )
            assert.strictEqual(reasonOf(error), "unavailable")
            assert.strictEqual(fs.readFileSync(file, "utf8"), yaml)
            assert.strictEqual(audit.status().state, "open")
          }),
        { isWritable: true, configurationFile: file },
        undefined,
        // An environment that contradicts every file.
        {
          reload: () =>
            resolve({}, { file, env: { COUNTERSIGN_SAMPLING_RATE: "9" } }).pipe(
              Effect.provide(NodeDisk.layer),
            ),
        },
      )
    }).pipe(Effect.scoped),
  )

  it.live("shows the file to nobody who may not change it, and has none where none was named", () =>
    Effect.gen(function* () {
      const exit = yield* filed(({ client }) => Effect.exit(client.ConfigurationFile()), false)
      assert.strictEqual(exit._tag, "Failure")
      yield* served(
        ({ audit, client }) =>
          Effect.gen(function* () {
            yield* audit.record(AuditFixture.event)
            const error = yield* Effect.flip(client.ConfigurationFile())
            assert.strictEqual(reasonOf(error), "not-here")
          }),
        { isWritable: true },
      )
    }),
  )
})
