import { assert, describe, it } from "@effect/vitest"
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as http from "node:http"
import * as net from "node:net"
import * as path from "node:path"
import type { AuditEvent } from "@countersign/core/event/AuditEvent"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { entries } from "@countersign/core/trail/TrailReader"
import { verify } from "@countersign/core/trail/Verifier"
import { defaultStream } from "@countersign/sinks/redis/RedisStreamSink"
import { freshDatabase, postgresServer } from "@countersign/sinks/testing/PostgresServer"
import { storedRecords } from "@countersign/sinks/testing/PostgresRows"
import { redisServer } from "@countersign/sinks/testing/RedisServer"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { canaryPatient, request } from "./testing/RunningClinic.ts"

interface Started {
  readonly child: ChildProcess
  readonly output: () => string
  readonly url: string
  readonly token: (id: string) => string
  /** Its exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
}

const main = path.join(import.meta.dirname, "main.ts")
// A process and a database start in two seconds; on a busy machine in many.
const startMillisMax = 90_000
const testMillisMax = 300_000

const start = async (directory: string, environment: NodeJS.ProcessEnv): Promise<Started> => {
  const child = spawn(process.execPath, ["--conditions=@countersign/source", main], {
    env: {
      ...process.env,
      CLINIC_DIRECTORY: directory,
      CLINIC_PORT: "0",
      CLINIC_METRICS_PORT: "0",
      ...environment,
    },
    stdio: ["ignore", "pipe", "pipe"],
  })
  let output = ""
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once("exit", (code, signal) => resolve(signal ?? code)),
  )
  const url = await new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`did not start: ${output}`)), startMillisMax)
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        output += chunk.toString()
        const [, found] = /Clinic: (\S+) /.exec(output) ?? []
        if (found !== undefined && output.includes("PostgreSQL:")) {
          clearTimeout(timer)
          resolve(found)
        }
      })
    }
    void ended.then((how) => reject(new Error(`ended (${String(how)}): ${output}`)))
  })
  return {
    child,
    url,
    ended,
    output: () => output,
    token: (id) => new RegExp(`^  ${id} +(\\S+)$`, "m").exec(output)?.[1] ?? "",
  }
}

/** A clinic as its users start it; none outlives its test. */
const clinic = (directory: string, environment: NodeJS.ProcessEnv = {}) =>
  Effect.acquireRelease(
    Effect.promise(() => start(directory, environment)),
    ({ child, ended }) =>
      Effect.promise(async () => {
        child.kill("SIGTERM")
        await ended
      }),
  )

/** A directory that another user's server may pass through. */
const home = Effect.map(temporaryDirectory, (directory) => {
  fs.chmodSync(directory, 0o711)
  return path.join(directory, "clinic")
})

const recordsOf = (directory: string) =>
  entries(path.join(directory, "trail")).pipe(
    Stream.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString("utf8")) as AuditEvent),
    Stream.runCollect,
  )

const postgresOf = (directory: string): number =>
  Number(
    fs
      .readFileSync(path.join(directory, "postgres", "data", "postmaster.pid"), "utf8")
      .split("\n")[0],
  )

/** Whether it does anything still: one that ended stays in the table until somebody asks how. */
const isRunning = (pid: number): boolean => {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" })
  return stdout.trim() !== "" && !stdout.startsWith("Z")
}

const refuses = async (url: string): Promise<void> => {
  while ((await fetch(`${url}/health`).catch(() => undefined)) !== undefined) {
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

/** Asks Redis in the inline form of its protocol, which takes one line and no client. */
const streamLength = (port: number): Promise<number> =>
  new Promise((resolve, reject) => {
    const socket = net.connect(port, "127.0.0.1", () => socket.write(`XLEN ${defaultStream}\r\n`))
    socket.once("error", reject)
    socket.once("data", (reply) => {
      socket.destroy()
      resolve(Number(reply.toString().trim().replace(":", "")))
    })
  })

/** A request whose body is held back: the handler has it in hand, and waits. */
const heldBack = async (url: string, token: string, body: unknown) => {
  const sent = http.request(`${url}/api/patients`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${token}`,
      "content-type": "application/json",
      expect: "100-continue",
    },
  })
  const status = new Promise<number | undefined>((resolve, reject) => {
    sent.once("error", reject)
    sent.once("response", (response) => {
      response.resume()
      response.once("end", () => resolve(response.statusCode))
    })
  })
  sent.flushHeaders()
  await new Promise((resolve) => sent.once("continue", resolve))
  return {
    finish: () => {
      sent.end(JSON.stringify(body))
      return status
    },
  }
}

describe("npm run clinic", () => {
  it.live(
    "serves with a database of its own, and drains when it is told to end",
    () =>
      Effect.gen(function* () {
        const directory = yield* home
        const started = yield* clinic(directory)
        const { child, ended, token, url } = started
        yield* Effect.promise(async () => {
          const postgres = postgresOf(directory)
          const underWay = await heldBack(url, token("dr-imhotep"), canaryPatient)
          child.kill("SIGTERM")
          await refuses(url)
          assert.strictEqual(await underWay.finish(), 201)
          assert.strictEqual(await ended, 0)
          assert.isFalse(isRunning(postgres))
        })
        const records = yield* Effect.provide(recordsOf(directory), NodeDisk.layer)
        assert.deepStrictEqual(records.map(({ outcome, type }) => `${type} ${outcome}`).slice(-3), [
          "patient.record.create attempt",
          "patient.record.create success",
          "audit.closed success",
        ])
        const { verdict } = yield* Effect.provide(
          verify(path.join(directory, "trail")),
          NodeDisk.layer,
        )
        assert.strictEqual(verdict, "verified")
      }),
    testMillisMax,
  )

  it.live(
    "keeps data and tokens, also when it was killed and its database was not",
    () =>
      Effect.gen(function* () {
        const directory = yield* home
        const first = yield* clinic(directory)
        const doctor = first.token("dr-imhotep")
        const made = yield* Effect.promise(() =>
          request(`${first.url}/api/patients`, "POST", doctor, canaryPatient),
        )
        const stray = postgresOf(directory)
        first.child.kill("SIGKILL")
        yield* Effect.promise(() => first.ended)
        assert.isTrue(isRunning(stray))

        const second = yield* clinic(directory)
        assert.isFalse(isRunning(stray))
        assert.notInclude(second.output(), "Tokens")
        const read = yield* Effect.promise(() =>
          request(`${second.url}/api/patients/${String(made.body["id"])}`, "GET", doctor),
        )
        assert.strictEqual(read.status, 200)
      }),
    testMillisMax,
  )

  it.live(
    "is refused where another clinic runs on the directory, which goes on undisturbed",
    () =>
      Effect.gen(function* () {
        const directory = yield* home
        const first = yield* clinic(directory)
        const postgres = postgresOf(directory)
        const refused = yield* Effect.promise(() =>
          start(directory, {}).then(() => "it started", String),
        )
        assert.match(refused, /ended \(1\).*AUD-3202/s)
        assert.include(refused, `process ${String(first.child.pid)} on`)

        assert.isTrue(isRunning(postgres))
        const ready = yield* Effect.promise(() => request(`${first.url}/ready`, "GET", undefined))
        assert.deepStrictEqual([ready.status, ready.body], [200, { status: "ready" }])
      }),
    testMillisMax,
  )

  it.live(
    "serves with a PostgreSQL and a Redis that it is given, and delivers to both",
    () =>
      Effect.gen(function* () {
        const directory = yield* home
        const redis = yield* redisServer()
        const server = yield* postgresServer()
        const url = yield* Effect.promise(() => freshDatabase(server, "given"))
        const { child, ended, ...given } = yield* clinic(directory, {
          CLINIC_POSTGRES_URL: url,
          CLINIC_REDIS_URL: redis.url,
        })
        assert.isFalse(fs.existsSync(path.join(directory, "postgres")))
        assert.notInclude(given.output(), url)
        const doctor = given.token("dr-imhotep")
        yield* Effect.promise(async () => {
          const made = await request(`${given.url}/api/patients`, "POST", doctor, canaryPatient)
          assert.strictEqual(made.status, 201)
          child.kill("SIGTERM")
          assert.strictEqual(await ended, 0)
        })
        const records = yield* Effect.provide(recordsOf(directory), NodeDisk.layer)
        const stored = yield* storedRecords(url)
        assert.deepStrictEqual(
          stored.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString("utf8")) as AuditEvent),
          [...records],
        )
        const inStream = yield* Effect.promise(() => streamLength(redis.port))
        assert.strictEqual(inStream, records.length)
      }),
    testMillisMax,
  )
})
