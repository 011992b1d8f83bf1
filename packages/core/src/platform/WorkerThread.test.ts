import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { pathToFileURL } from "node:url"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Logger from "effect/Logger"
import { WorkerThread } from "./WorkerThread.ts"

const source = `import { parentPort } from "node:worker_threads"
parentPort.on("message", ({ id, body }) => {
  if (body === "die") process.exit(1)
  parentPort.postMessage({ id, body: body + "!" })
})`

let directory = ""
let url = new URL("file:///")
beforeAll(() => {
  directory = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-thread-"))
  const file = path.join(directory, "thread.mjs")
  fs.writeFileSync(file, source)
  url = pathToFileURL(file)
})
afterAll(() => fs.rmSync(directory, { recursive: true, force: true }))

describe("WorkerThread", () => {
  it.live("answers each job to the one who gave it", () =>
    Effect.gen(function* () {
      const thread = new WorkerThread<string, string>(url)
      const jobs = Array.from({ length: 20 }, (_, index) => `job ${index}`)
      const answers = yield* Effect.forEach(jobs, (job) => thread.ask(job), {
        concurrency: "unbounded",
      })
      assert.deepStrictEqual(
        answers,
        jobs.map((job) => `${job}!`),
      )
    }),
  )

  it.live("fails what waits when the thread dies, and answers the next job from another", () =>
    Effect.gen(function* () {
      const thread = new WorkerThread<string, string>(url)
      yield* thread.ask("job")
      assert.strictEqual((yield* Effect.flip(thread.ask("die")))._tag, "ThreadEnded")
      assert.strictEqual(yield* thread.ask("again"), "again!")
    }),
  )

  it.live("fails its jobs when there is no such thread, and starts none for a while", () =>
    Effect.gen(function* () {
      const late = new URL("late.mjs", url)
      const thread = new WorkerThread<string, string>(late)
      assert.strictEqual((yield* Effect.flip(thread.ask("job")))._tag, "ThreadEnded")
      fs.writeFileSync(late, source)
      assert.strictEqual((yield* Effect.flip(thread.ask("job")))._tag, "ThreadEnded")
      assert.strictEqual(yield* new WorkerThread<string, string>(late).ask("job"), "job!")
    }),
  )

  it.live("fails its jobs when the system allows no thread", () =>
    Effect.gen(function* () {
      // Refused before a thread is made, as one too many is.
      const thread = new WorkerThread<string, string>(new URL("https://127.0.0.1/thread.mjs"))
      assert.strictEqual((yield* Effect.flip(thread.ask("job")))._tag, "ThreadEnded")
    }),
  )

  it.live("says once why another thread does its work", () =>
    Effect.gen(function* () {
      const logged: Array<ReadonlyArray<unknown>> = []
      const logger = Logger.make(({ message }) => {
        logged.push(Array.isArray(message) ? message : [message])
      })
      const none = new WorkerThread<string, string>(new URL("https://127.0.0.1/thread.mjs"))
      const mortal = new WorkerThread<string, string>(url)
      const missing = new WorkerThread<string, string>(new URL("none.mjs", url))
      for (const [thread, reason] of [
        [none, /ERR_INVALID_URL_SCHEME|URL/],
        [mortal, /exit code 1/],
        [missing, /none\.mjs/],
      ] as const) {
        for (let attempt = 0; attempt < 3; attempt += 1) {
          const ended = yield* Effect.flip(thread.ask("die"))
          yield* Effect.provide(ended.warn("does a job"), Logger.layer([logger]))
        }
        const [[warning, cause] = [], ...others] = logged.splice(0)
        assert.isEmpty(others)
        assert.match(String(warning), /the thread that does a job ended/)
        assert.match(String(cause), reason)
      }
    }),
  )
})
