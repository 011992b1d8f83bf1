import { existsSync } from "node:fs"
import { setTimeout as wait } from "node:timers/promises"
import { assert, describe, it } from "@effect/vitest"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import { measureOnce, shellLine } from "./MeasuredCommand.ts"

const untilThere = (file: string) =>
  Effect.promise(async () => {
    while (!existsSync(file)) await wait(5)
  })

describe("a measured command", () => {
  it("is a line in which the shell changes nothing", () => {
    assert.strictEqual(shellLine(["a b", "it's", "$x", ""]), String.raw`'a b' 'it'\''s' '$x' ''`)
  })

  it.live("ends with all that its shell started when it is interrupted", () =>
    Effect.gen(function* () {
      const directory = yield* temporaryDirectory
      const [up, ended] = [`${directory}/up`, `${directory}/ended`]
      const inner = `trap "touch ${ended}; exit" TERM; touch ${up}; while :; do sleep 0.05; done`
      const fiber = yield* Effect.forkChild(measureOnce(`/bin/sh -c '${inner}'; true`, []))
      yield* untilThere(up)
      yield* Fiber.interrupt(fiber)
      yield* untilThere(ended)
    }),
  )
})
