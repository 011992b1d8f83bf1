import { createHash } from "node:crypto"
import * as fs from "node:fs"
import * as path from "node:path"
import type { LayerOptions } from "@countersign/core/Audit"
import { resolve } from "@countersign/core/config/ConfigResolution"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as AuditFixture from "@countersign/core/testing/AuditFixture"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { assert, describe, it } from "@effect/vitest"
import * as Cause from "effect/Cause"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Option from "effect/Option"
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

  it.live("records which text takes the place of which, and the names of what changes", () =>
    filed(({ audit, client, fixture }) =>
      Effect.gen(function* () {
        const { hash } = yield* client.ConfigurationFile()
        const changed = `${yaml}signals: false\nsigner:\n  path: /keys/of-the-clinic\n`
        yield* client.WriteConfiguration({ yaml: changed, expectedHash: hash, intent })
        yield* audit.publish
        const attempt = (yield* fixture.trail).find(
          ({ outcome, type }) =>
            type === "countersign.monitor.configuration" && outcome === "attempt",
        )
        const { expectedHash, hash: written, paths } = AuditFixture.dataOf(attempt)
        assert.deepStrictEqual(
          [expectedHash, written, paths],
          [hash, createHash("sha256").update(changed).digest("hex"), "signals, signer.path"],
        )
        assert.notInclude(JSON.stringify(attempt), "of-the-clinic")
      }),
    ),
  )

  it.live("records that the file was handed out, before it is", () =>
    filed(({ audit, client, fixture }, file) =>
      Effect.gen(function* () {
        yield* client.ConfigurationFile()
        yield* audit.publish
        const looks = (yield* fixture.trail).filter(
          ({ type }) => type === "countersign.monitor.configuration-file",
        )
        assert.deepStrictEqual(
          looks.map(({ actor, outcome }) => [outcome, actor.id, actor.type]),
          [
            ["attempt", "viewer", "anonymous"],
            ["success", "viewer", "anonymous"],
          ],
        )
        assert.strictEqual(AuditFixture.dataOf(looks[0])["file"], file)
        yield* audit.close
        // Where nothing can be recorded, nothing is handed out.
        assert.strictEqual(reasonOf(yield* Effect.flip(client.ConfigurationFile())), "unavailable")
      }),
    ),
  )

  it.live("writes through no link that lies under the temporary name", () =>
    filed(({ client }, file) =>
      Effect.gen(function* () {
        const victim = path.join(path.dirname(file), "victim")
        fs.writeFileSync(victim, "as it was", { mode: 0o666 })
        fs.symlinkSync(victim, `${file}.tmp`)
        const { hash } = yield* client.ConfigurationFile()
        yield* client.WriteConfiguration({ yaml: "signals: false\n", expectedHash: hash, intent })
        assert.strictEqual(fs.readFileSync(victim, "utf8"), "as it was")
        const { mode } = fs.lstatSync(file)
        assert.deepStrictEqual(
          [mode & fs.constants.S_IFMT, mode & 0o777],
          [fs.constants.S_IFREG, 0o640],
        )
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

  /** What a viewer hears of a text that every reload fails over; the file is as it was. */
  const failing = (
    reload: NonNullable<LayerOptions["reload"]>,
    judge: (exit: Exit.Exit<unknown, { readonly _tag: string; readonly reason?: unknown }>) => void,
  ) =>
    Effect.gen(function* () {
      const file = path.join(yield* temporaryDirectory, "countersign.yaml")
      fs.writeFileSync(file, yaml)
      yield* served(
        ({ audit, client }) =>
          Effect.gen(function* () {
            const { hash } = yield* client.ConfigurationFile()
            judge(
              yield* Effect.exit(
                client.WriteConfiguration({ yaml: "signals: false\n", expectedHash: hash, intent }),
              ),
            )
            assert.strictEqual(fs.readFileSync(file, "utf8"), yaml)
            assert.strictEqual(audit.status().state, "open")
          }),
        { isWritable: true, configurationFile: file },
        undefined,
        { reload },
      )
    }).pipe(Effect.scoped)

  it.live("puts the file back where the engine itself refuses it", () =>
    failing(
      // An environment that contradicts every file.
      () =>
        resolve({ directory: "/nowhere" }, { env: { COUNTERSIGN_SAMPLING_RATE: "9" } }).pipe(
          Effect.provide(NodeDisk.layer),
        ),
      (exit) => {
        const error = Exit.isFailure(exit) ? Cause.findErrorOption(exit.cause) : Option.none()
        assert.strictEqual(Option.isSome(error) ? reasonOf(error.value) : "", "unavailable")
      },
    ),
  )

  it.live("puts the file back where the engine dies of it", () =>
    failing(
      () => Effect.die(new Error("a defect")),
      (exit) => assert.isTrue(Exit.isFailure(exit) && Cause.hasDies(exit.cause)),
    ),
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
