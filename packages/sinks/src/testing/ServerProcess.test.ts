import { assert, describe, it } from "@effect/vitest"
import * as fs from "node:fs/promises"
import * as path from "node:path"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as Effect from "effect/Effect"
import { tooEarly } from "./PostgresServer.ts"
import { ServerProcess } from "./ServerProcess.ts"

const fileExists = [
  "LOG:  database system was not properly shut down; automatic recovery in progress",
  'FATAL:  could not create file "base/16384/16508": File exists',
  "LOG:  startup process (PID 71) exited with exit code 1",
  "LOG:  aborting startup due to startup process failure",
]
const memoryInUse = ["FATAL:  pre-existing shared memory block (key 1, ID 2) is still in use"]
const unreadable = ['FATAL:  could not open file "global/pg_control": Permission denied']

/** A server that says something and dies, so often, and then serves. */
const dying = (directory: string, words: ReadonlyArray<string>, deaths: number) => {
  const starts = path.join(directory, "starts")
  const startCount = () =>
    fs.readFile(starts, "utf8").then(
      (text) => text.length,
      () => 0,
    )
  const script =
    'printf x >> "$1"; [ "$(wc -c < "$1")" -gt "$2" ] && exec sleep 60; echo "$3"; exit 1'
  const commandOf = (answer: false | "recovering") => ({
    command: "sh",
    args: ["-c", script, "sh", starts, String(deaths), words.join("\n")],
    answers: async () => (await startCount()) > deaths || answer,
    tooEarly,
    missing: "it is part of every system",
  })
  return { commandOf, startCount }
}

/** What a start came to: how many it took, and what it failed of. */
const outcome = (
  words: ReadonlyArray<string>,
  deaths: number,
  answer: false | "recovering" = false,
) =>
  Effect.gen(function* () {
    const directory = yield* temporaryDirectory
    const { commandOf, startCount } = dying(directory, words, deaths)
    const server = new ServerProcess(commandOf(answer))
    return yield* Effect.promise(async () => {
      const failure = await server.start().then(() => undefined, String)
      const isRunning = server.pid !== undefined
      await server.kill()
      return { starts: await startCount(), isRunning, failure }
    })
  })

describe("ServerProcess", () => {
  it.live.each([
    { words: memoryInUse, answer: false as const },
    { words: fileExists, answer: "recovering" as const },
  ])("starts again what died because a killed server's children still lived", ({ words, answer }) =>
    Effect.gen(function* () {
      const { failure, isRunning, starts } = yield* outcome(words, 2, answer)
      assert.deepStrictEqual(
        { failure, isRunning, starts },
        {
          failure: undefined,
          isRunning: true,
          starts: 3,
        },
      )
    }),
  )

  it.live("gives up a server that dies of each recovery, and says of what", () =>
    Effect.gen(function* () {
      const { failure, isRunning, starts } = yield* outcome(fileExists, 1_000, "recovering")
      assert.include(failure, "File exists")
      assert.isFalse(isRunning)
      assert.isAtMost(starts, 10)
    }),
  )

  it.live("does not start again what died of something else", () =>
    Effect.gen(function* () {
      const { failure, starts } = yield* outcome(unreadable, 1)
      assert.include(failure, "Permission denied")
      assert.strictEqual(starts, 1)
    }),
  )
})
