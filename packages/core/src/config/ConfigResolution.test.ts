import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as NodeDisk from "../platform/NodeDisk.ts"
import type { AuditConfigInput } from "./AuditConfig.ts"
import { resolve, type ResolveOptions } from "./ConfigResolution.ts"

const directory = "/var/lib/audit/ward 7"
const resolved = (input: AuditConfigInput, options?: ResolveOptions) =>
  resolve(input, options).pipe(Effect.provide(NodeDisk.layer))
const refused = (input: AuditConfigInput, options?: ResolveOptions) =>
  Effect.flip(resolved(input, options))
const fileOf = (text: string) =>
  Effect.acquireRelease(
    Effect.sync(() => {
      const folder = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-config-"))
      const file = path.join(folder, "audit.yaml")
      fs.writeFileSync(file, text)
      return file
    }),
    (file) => Effect.sync(() => fs.rmSync(path.dirname(file), { recursive: true })),
  )

describe("resolve", () => {
  it.effect(
    "takes the program before the environment, that before the file, that before the profile",
    () =>
      Effect.gen(function* () {
        const file = yield* fileOf(
          "profile: low-latency\nheartbeatMillis: 1\nsampling:\n  rateMax: 0.9\n  rate: 0.1\n  windowMillis: 111\n",
        )
        const config = yield* resolved(
          { directory, sampling: { windowMillis: 333, rate: undefined } },
          {
            file,
            env: { COUNTERSIGN_SAMPLING_WINDOW_MILLIS: "222", COUNTERSIGN_SAMPLING_RATE: "0.2" },
          },
        )
        assert.strictEqual(config.profile, "low-latency")
        assert.strictEqual(config.checkpoint.intervalMillis, 50)
        assert.strictEqual(config.heartbeatMillis, 1)
        assert.strictEqual(config.sampling.rateMax, 0.9)
        assert.strictEqual(config.sampling.rate, 0.2)
        assert.strictEqual(config.sampling.windowMillis, 333)
      }),
  )

  it.effect("derives the trail's name and the key's file from the directory", () =>
    Effect.gen(function* () {
      const { origin, signer } = yield* resolved({ directory: `${directory}/` })
      assert.strictEqual(origin, "countersign.local/ward-7")
      assert.strictEqual(signer.path, "/var/lib/audit/ward 7.key")
      assert.strictEqual((yield* resolved({ directory: "." })).origin, "countersign.local/trail")
      const named = yield* resolved({ directory, origin: "clinic.example/north" })
      assert.strictEqual(named.origin, "clinic.example/north")
    }),
  )

  it.effect("finds the file that the environment names", () =>
    Effect.gen(function* () {
      const file = yield* fileOf("directory: ./from-file\n")
      const config = yield* resolved({}, { env: { COUNTERSIGN_CONFIG: file } })
      assert.strictEqual(config.directory, "./from-file")
    }),
  )

  it.effect("refuses with every problem of every source, each with its place", () =>
    Effect.gen(function* () {
      const file = yield* fileOf("sampling:\n  rate: 1.5\n  rte: 1\n")
      const error = yield* refused(
        { limits: { depthMax: 0.5 } },
        { file, env: { COUNTERSIGN_POOL_SLABS_MAX: "many" } },
      )
      assert.strictEqual(error.code, "AUD-5201")
      assert.sameMembers(error.message.split("\n").slice(1), [
        `  ${file}:3:3: sampling.rte: is not a field; expected one of rate, rateMin, rateMax, adaptive, targetOverhead, windowMillis; did you mean sampling.rate?`,
        "  directory: is missing; expected a path; set it in the program, in the file or with COUNTERSIGN_DIRECTORY",
        "  limits.depthMax: is 0.5; expected a whole number from 1 to 64",
        '  COUNTERSIGN_POOL_SLABS_MAX: pool.slabsMax: is "many"; expected a whole number from 2 to 1024',
        `  ${file}:2:9: sampling.rate: is 1.5; expected a ratio from 0 to 1`,
      ])
    }),
  )

  it.effect("refuses a URL with a password, and does not repeat it", () =>
    Effect.gen(function* () {
      for (const url of [
        "http://alice:s3cret@example.org/tsa",
        "https:\\\\alice:s3cret@example.org",
        "http://alice:s3/cret@example.org",
        "http:s3cret@example.org",
      ]) {
        const { message } = yield* refused({ directory, timestamp: { url } })
        assert.include(message, "URL without a user name and password")
        assert.notInclude(message, "s3")
      }
      yield* resolved({ directory, timestamp: { url: "https://example.org:8080/a@b?c=d" } })
    }),
  )

  it.effect("refuses fields that contradict each other, where they were set", () =>
    Effect.gen(function* () {
      const error = yield* refused(
        { directory, sampling: { rateMin: 0.5, rateMax: 0.25 } },
        { env: { COUNTERSIGN_BATCH_BYTES_MAX: "2097152", COUNTERSIGN_INTAKE_BYTES_MAX: "655360" } },
      )
      const messages = error.message.split("\n").slice(1)
      assert.include(
        messages,
        "  sampling.rateMin: is 0.5; expected at most sampling.rateMax (0.25)",
      )
      assert.include(
        messages,
        "  COUNTERSIGN_BATCH_BYTES_MAX: batch.bytesMax: is 2097152; expected at most one slab (pool.slabBytes 1048576)",
      )
      const small = yield* refused({
        directory,
        limits: { eventBytesMax: 65_535 },
        intake: { bytesMax: 655_360 },
      })
      assert.include(small.message, "at least 655370")
    }),
  )

  const contradictions: ReadonlyArray<readonly [path: string, input: AuditConfigInput]> = [
    ["intake.bytesMax", { limits: { eventBytesMax: 65_535 }, intake: { bytesMax: 655_360 } }],
    ["batch.bytesMax", { pool: { slabBytes: 131_072 } }],
    ["batch.waitMillis", { batch: { waitMillis: 51 } }],
    ["wal.groupBytesMax", { wal: { groupBytesMax: 131_072 } }],
    ["wal.retainBytesMax", { wal: { retainBytesMax: 1_048_576 } }],
    ["sampling.rateMin", { sampling: { rateMin: 0.5, rateMax: 0.25, adaptive: false } }],
    ["sampling.rate", { sampling: { rateMax: 0.5 } }],
    ["restart.backoffMinMillis", { restart: { backoffMinMillis: 5001 } }],
    ["dispatch.batchBytesMax", { dispatch: { ringBytesMax: 65_536 } }],
    [
      "pkcs11.key",
      { signer: { kind: "pkcs11" }, pkcs11: { module: "/usr/lib/token.so", token: "audit" } },
    ],
  ]
  for (const [path, input] of contradictions) {
    it.effect(`refuses a ${path} that another field contradicts`, () =>
      Effect.gen(function* () {
        const error = yield* refused({ directory, ...input })
        assert.deepStrictEqual(
          error.problems.map((problem) => problem.path),
          [path],
        )
      }),
    )
  }

  it.effect("refuses values that plain JavaScript lets through", () =>
    Effect.gen(function* () {
      // What the compiler refuses, a program without types can still pass.
      const input = {
        directory: 7,
        profile: "fast",
        sampling: null,
        heartbeatMillis: Number.NaN,
        signals: [],
        ["__proto__x"]: { rate: 1 },
        limits: { eventBytesMax: 65_536, toString: 1 },
        // What JSON holds has no type.
      } as unknown as AuditConfigInput
      const error = yield* refused(input)
      const paths = error.problems.map((problem) => problem.path)
      assert.sameMembers(paths, [
        "__proto__x",
        "limits.toString",
        "sampling",
        "directory",
        "profile",
        "limits.eventBytesMax",
        "heartbeatMillis",
        "signals",
      ])
      // Nothing at all passes as well where no compiler looks.
      const nothing = yield* refused(null as unknown as AuditConfigInput)
      assert.include(nothing.message, "the configuration: is empty; expected a section")
    }),
  )

  it.effect("refuses a file that is not there, and one that is too large", () =>
    Effect.gen(function* () {
      const absent = yield* refused({ directory }, { file: "/nowhere/audit.yaml" })
      assert.include(absent.message, "/nowhere/audit.yaml: can't be read (ENOENT)")
      const file = yield* fileOf("# padding\n".repeat(30_000))
      const large = yield* refused({ directory }, { file })
      assert.include(large.message, `${file}: is too large; expected at most 262144 bytes`)
    }),
  )

  it.effect("refuses a name that no checkpoint can carry", () =>
    Effect.gen(function* () {
      for (const origin of ["two words", "a+b", ""]) {
        const error = yield* refused({ directory, origin })
        assert.deepStrictEqual(
          error.problems.map((problem) => problem.path),
          ["origin"],
        )
      }
    }),
  )
})
