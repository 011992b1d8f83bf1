import { assert, describe, it } from "@effect/vitest"
import { type ChildProcess, spawn, spawnSync } from "node:child_process"
import * as fs from "node:fs"
import * as http from "node:http"
import * as path from "node:path"
import type { AuditEvent } from "@countersign/core/event/AuditEvent"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { entries } from "@countersign/core/trail/TrailReader"
import { verify } from "@countersign/core/trail/Verifier"
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
const startMillisMax = 40_000

const start = async (directory: string, environment: NodeJS.ProcessEnv): Promise<Started> => {
  const child = spawn(process.execPath, ["--conditions=@countersign/source", main], {
    env: { ...process.env, CLINIC_DIRECTORY: directory, CLINIC_PORT: "0", ...environment },
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
  it.live("serves with a database of its own, and drains when it is told to end", () =>
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
  )

  it.live("keeps data and tokens, also when it was killed and its database was not", () =>
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
  )
})
