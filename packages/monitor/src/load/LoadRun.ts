/**
 * A load on an engine of its own or on a server, from the first start to the report.
 *
 * @since 0.1.0
 */
import { generateKeyPairSync } from "node:crypto"
import * as os from "node:os"
import { Audit, type OpenError } from "@countersign/core/Audit"
import type { AuditConfigInput } from "@countersign/core/config/AuditConfig"
import { resolve } from "@countersign/core/config/ConfigResolution"
import type { InvalidConfig } from "@countersign/core/config/InvalidConfig"
import type { DiskError } from "@countersign/core/platform/Disk"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import * as KeySigner from "@countersign/core/signer/KeySigner"
import { verify } from "@countersign/core/trail/Verifier"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import { EngineTarget, type LoadLevel } from "./EngineTarget.ts"
import { HttpTarget, type HttpTargetOptions } from "./HttpTarget.ts"
import { eventsOf } from "./LoadEvent.ts"
import { LoadBroken } from "./LoadFault.ts"
import type { LoadCheck, LoadReport, LoadSubject } from "./LoadReport.ts"
import { LoadRunner, type LoadRunnerOptions } from "./LoadRunner.ts"

/**
 * @category models
 * @since 0.1.0
 */
export interface LoadOptions extends LoadRunnerOptions {
  /**
   * So long has what is on its way when the last start was made; what has not ended then has
   * failed. Units: milliseconds. Default: 60,000.
   */
  readonly drainMillis?: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface EngineLoadOptions extends LoadOptions {
  /** Where the trail goes; nothing may be there. Whoever names it removes it. */
  readonly directory: string
  /** The engine's configuration, a YAML file. Default: the default profile. */
  readonly configFile?: string | undefined
  readonly until: LoadLevel
  /** Units: bytes, within `eventBytes`. */
  readonly eventBytes: number
}

/**
 * @category models
 * @since 0.1.0
 */
export interface HttpLoadOptions extends LoadOptions, Omit<HttpTargetOptions, "done" | "lost"> {}

const drainMillisDefault = 60_000
const drainStepMillis = 10

const machine = (): LoadReport["machine"] => ({
  processor: os.cpus()[0]?.model.trim() ?? "unknown",
  cores: os.availableParallelism(),
  memoryBytes: os.totalmem(),
  kernel: `${os.type()} ${os.release()} ${os.arch()}`,
  node: process.version,
})

/**
 * Waits for the end of a run. An interruption stops the run and is no failure: what was measured
 * until then is reported. One that came while the target was being made stops it here.
 */
const untilEnd = (runner: LoadRunner): Effect.Effect<void, LoadBroken> =>
  Effect.interruptible(
    Effect.callback<void, LoadBroken>((resume) => {
      runner.ended.then(
        () => resume(Effect.void),
        (cause: unknown) =>
          resume(
            Effect.fail(
              new LoadBroken({
                sent: runner.meter.sent,
                isRetryable: false,
                detail: cause instanceof Error ? cause.message : String(cause),
              }),
            ),
          ),
      )
    }),
  ).pipe(
    Effect.exit,
    Effect.flatMap((exit) => {
      if (Exit.isSuccess(exit)) return Effect.void
      return Exit.hasInterrupts(exit)
        ? Effect.sync(() => runner.stop())
        : Effect.failCause(exit.cause)
    }),
  )

const settled = (
  isSettled: () => boolean,
  { drainMillis = drainMillisDefault }: LoadOptions,
): Effect.Effect<void> =>
  Effect.gen(function* () {
    for (let waited = 0; waited < drainMillis && !isSettled(); waited += drainStepMillis) {
      yield* Effect.sleep(drainStepMillis)
    }
  })

const startedAt = Effect.map(DateTime.now, DateTime.formatIso)

/**
 * A trail that is nobody's: a key that is gone with the process, its own name, nobody else's
 * services, and nothing from the environment that could name another trail.
 */
const ownAudit = (
  directory: string,
  file: string | undefined,
): Layer.Layer<Audit, OpenError | InvalidConfig> => {
  const pem = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" })
  const input: AuditConfigInput = {
    directory,
    origin: "countersign.local/load",
    signals: false,
    signer: { kind: "file" },
    timestamp: { url: "" },
    witness: { policy: "" },
  }
  return Layer.unwrap(
    Effect.map(resolve(input, { env: {}, file }).pipe(Effect.provide(NodeDisk.layer)), (config) =>
      Audit.layerWith(config).pipe(
        Layer.provide(KeySigner.layerPem(pem, "the load's own key")),
        Layer.provide(NodeDisk.layer),
      ),
    ),
  )
}

const check = (name: string, isKept: boolean, detail: string): LoadCheck => ({
  name,
  isKept,
  detail,
})

const engineChecks = (
  subject: Extract<LoadSubject, { readonly kind: "engine" }>,
  { failed, reached, sent }: LoadRunner["meter"],
  missing: number,
): ReadonlyArray<LoadCheck> => {
  const { accepted, entries, lost, recorded, systemRecords, until, verdict } = subject
  return [
    check(
      `every event that was sent is ${until}`,
      reached === sent && failed === 0,
      `${sent} sent, ${reached} ${until}, ${failed} not`,
    ),
    check("the engine took every event", accepted === sent, `${sent} sent, ${accepted} accepted`),
    check(
      "counts are conserved",
      missing === 0 && lost === 0 && recorded === accepted,
      `${accepted} accepted, ${recorded} recorded, ${lost} lost, ${missing} missing`,
    ),
    check("the trail is verified", verdict === "verified", `the verdict is ${verdict}`),
    check(
      "the trail has every record",
      entries === recorded + systemRecords,
      `${entries} entries, ${recorded} events and ${systemRecords} records of the engine's own`,
    ),
  ]
}

const underEngine = Effect.fnUntraced(function* (options: EngineLoadOptions) {
  const { directory, eventBytes, until } = options
  const audit = yield* Audit
  const at = yield* startedAt
  let target: EngineTarget | undefined
  const runner = new LoadRunner(options, ({ done, lost }) => {
    target = new EngineTarget({ audit, until, eventAt: eventsOf(eventBytes), done, lost })
    return target
  })
  yield* untilEnd(runner)
  yield* Effect.mapError(
    audit.close,
    (error) =>
      new LoadBroken({ sent: runner.meter.sent, isRetryable: false, detail: error.message }),
  )
  yield* settled(() => (target?.waiting() ?? 0) === 0, options)
  target?.abandon()
  const { accounts, systemRecords } = audit.status()
  const sum = (key: "accepted" | "lost" | "recorded" | "refused"): number =>
    accounts.reduce((total, account) => total + account[key], 0)
  const report = yield* Effect.provide(verify(directory), NodeDisk.layer)
  const subject = {
    kind: "engine",
    until,
    eventBytes,
    accepted: sum("accepted"),
    recorded: sum("recorded"),
    lost: sum("lost"),
    refused: sum("refused"),
    systemRecords,
    entries: report.entries,
    verdict: report.verdict,
  } as const
  const missing = accounts.reduce((total, account) => total + Math.abs(account.missing), 0)
  return {
    format: "countersign-load-1",
    startedAt: at,
    machine: machine(),
    ...runner.measured(),
    subject,
    checks: engineChecks(subject, runner.meter, missing),
  } satisfies LoadReport
})

/**
 * Puts a load on an engine of its own, closes it, and verifies what it wrote.
 *
 * Interrupted, it starts nothing more and reports what was; so it has to be run uninterruptibly by
 * whoever wants to have that report.
 *
 * - Errors: `LoadBroken` where the engine fails under the load; why it did not open.
 *
 * @category running
 * @since 0.1.0
 */
export const loadEngine = (
  options: EngineLoadOptions,
): Effect.Effect<LoadReport, DiskError | InvalidConfig | LoadBroken | OpenError> =>
  Effect.uninterruptible(
    underEngine(options).pipe(Effect.provide(ownAudit(options.directory, options.configFile))),
  )

const httpChecks = (
  { failed, reached, sent }: LoadRunner["meter"],
  errors: number,
): ReadonlyArray<LoadCheck> => [
  check(
    "every request was answered",
    errors === 0 && reached + failed === sent,
    `${sent} sent, ${reached + failed - errors} answered`,
  ),
  check("every answer has a status below 400", failed === errors, `${failed - errors} have not`),
]

const record = (counts: ReadonlyMap<string, number>): Readonly<Record<string, number>> =>
  Object.fromEntries([...counts].toSorted(([left], [right]) => (left < right ? -1 : 1)))

/**
 * Puts a load on a server. Interrupted, it does as {@link loadEngine}.
 *
 * @category running
 * @since 0.1.0
 */
export const loadHttp = (options: HttpLoadOptions): Effect.Effect<LoadReport, LoadBroken> =>
  Effect.uninterruptible(
    Effect.gen(function* () {
      const at = yield* startedAt
      let target: HttpTarget | undefined
      const runner = new LoadRunner(options, ({ done, lost }) => {
        target = new HttpTarget({
          ...options,
          done: (index) => done(index, index + 1),
          lost: (index) => lost(index, index + 1),
        })
        return target
      })
      yield* untilEnd(runner)
      yield* settled(() => (target?.waiting() ?? 0) === 0, options)
      target?.close()
      const { connections, method, url } = options
      const errors = record(target?.errors ?? new Map())
      const failures = Object.values(errors).reduce((sum, count) => sum + count, 0)
      return {
        format: "countersign-load-1",
        startedAt: at,
        machine: machine(),
        ...runner.measured(),
        subject: {
          kind: "http",
          method,
          url: `${url.origin}${url.pathname}`,
          connections,
          statuses: record(target?.statuses ?? new Map()),
          errors,
        },
        checks: httpChecks(runner.meter, failures),
      } satisfies LoadReport
    }),
  )
