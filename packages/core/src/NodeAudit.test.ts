import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as os from "node:os"
import * as path from "node:path"
import { fileURLToPath } from "node:url"
import { afterEach, assert, beforeEach, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type { AuditEvent } from "./event/AuditEvent.ts"
import { openAudit } from "./NodeAudit.ts"
import * as NodeDisk from "./platform/NodeDisk.ts"
import { entries } from "./trail/TrailReader.ts"

const module = fileURLToPath(new URL("./NodeAudit.ts", import.meta.url))
const event = { type: "job.step.done", actor: { id: "worker" }, outcome: "success" } as const
const count = 1000

let parent = ""
let directory = ""
beforeEach(() => {
  parent = fs.mkdtempSync(path.join(os.tmpdir(), "countersign-open-"))
  directory = path.join(parent, "trail")
})
afterEach(() => fs.rmSync(parent, { recursive: true, force: true }))

/** Runs a program that records a thousand events at once and then ends as `ending` says. */
const run = (ending: string) =>
  new Promise<{ readonly code: number | null; readonly signal: string | null }>((resolve) => {
    const program = `
import { openAudit } from ${JSON.stringify(module)}
      const audit = await openAudit({ directory: ${JSON.stringify(directory)} })
      for (let index = 0; index < ${count}; index += 1) audit.recordUnsafe(${JSON.stringify(event)})
      ${ending}
    `
    const child = spawn(
      process.execPath,
      ["--conditions=@countersign/source", "--input-type=module", "--eval", program],
      { stdio: "ignore" },
    )
    child.on("close", (code, signal) => resolve({ code, signal }))
  })

/** The types in the trail, after it was opened once more. */
const typesAfterwards = async (): Promise<ReadonlyArray<string>> => {
  const audit = await openAudit({ directory, signals: false })
  await audit.close()
  return Effect.runPromise(
    entries(directory).pipe(
      Stream.map(({ bytes }) => {
        const { type } = JSON.parse(Buffer.from(bytes).toString("utf8")) as { type: string }
        return type
      }),
      Stream.runCollect,
      Effect.provide(NodeDisk.layer),
    ),
  )
}

describe("openAudit", () => {
  it.each([
    ["process.exit", "process.exit(3)", { code: 3, signal: null }],
    ["an uncaught error", "throw new Error('boom')", { code: 1, signal: null }],
    [
      "process.exit in the middle of the engine's own work",
      "setTimeout(() => process.exit(0), 3)",
      { code: 0, signal: null },
    ],
  ])("loses nothing accepted when the process ends by %s", async (_how, ending, how) => {
    assert.deepStrictEqual(await run(ending), how)
    const types = await typesAfterwards()
    assert.strictEqual(types.filter((type) => type === event.type).length, count)
  })

  it.each(["SIGTERM", "SIGINT"])(
    "drains and closes in order on %s, then ends by it",
    async (signal) => {
      const ending = `setInterval(() => undefined, 1000); process.kill(process.pid, "${signal}")`
      assert.deepStrictEqual(await run(ending), { code: null, signal })
      const types = await typesAfterwards()
      assert.deepStrictEqual(types.slice(0, count + 2), [
        "audit.opened",
        ...Array.from({ length: count }, () => event.type),
        "audit.closed",
      ])
    },
  )

  it("leaves the end of the process to a program that handles the signal itself", async () => {
    const ending = `
      process.on("SIGTERM", () => setTimeout(() => process.exit(7), 300))
      setInterval(() => undefined, 1000)
      process.kill(process.pid, "SIGTERM")
    `
    assert.deepStrictEqual(await run(ending), { code: 7, signal: null })
    assert.include(await typesAfterwards(), "audit.closed")
  })

  it("closes every engine of the process before the signal ends it", async () => {
    const ending = `
      const other = await openAudit({ directory: ${JSON.stringify(`${directory}-2`)} })
      other.recordUnsafe(${JSON.stringify(event)})
      setInterval(() => undefined, 1000)
      process.kill(process.pid, "SIGTERM")
    `
    assert.deepStrictEqual(await run(ending), { code: null, signal: "SIGTERM" })
    for (const each of [directory, `${directory}-2`]) {
      assert.isEmpty(fs.readdirSync(path.join(each, "wal")), each)
    }
  })

  it("runs the body of around in its own caller's context, whoever else waits", async () => {
    const audit = await openAudit({ directory, signals: false })
    const operation = { type: "job.started.now", class: "critical" } as const
    const seen = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        audit.withActor({ id: `u-${index}` }, () =>
          audit.around(operation, async () => {
            const verdict = audit.recordUnsafe({ ...event, actor: undefined, data: index })
            return verdict._tag
          }),
        ),
      ),
    )
    assert.deepStrictEqual(new Set(seen), new Set(["Accepted"]))
    await audit.close()
    const mixed = await Effect.runPromise(
      entries(directory).pipe(
        Stream.map(({ bytes }) => JSON.parse(Buffer.from(bytes).toString("utf8")) as AuditEvent),
        Stream.filter(
          ({ actor, data, type }) => type === event.type && actor.id !== `u-${Number(data)}`,
        ),
        Stream.runCollect,
        Effect.provide(NodeDisk.layer),
      ),
    )
    assert.isEmpty(mixed)
  })

  it("takes the actor from the surrounding withActor, across awaits", async () => {
    const audit = await openAudit({ directory, signals: false })
    const { actor: _actor, ...anonymous } = event
    const receipt = await audit.withActor({ id: "u-7" }, async () => {
      await new Promise((resolve) => setImmediate(resolve))
      assert.strictEqual(audit.recordUnsafe(anonymous)._tag, "Accepted")
      return audit.record({ ...anonymous, class: "critical" })
    })
    assert.strictEqual(receipt.level, "durable")
    await audit.record(anonymous).then(
      () => assert.fail("was recorded without an actor"),
      (error: unknown) => assert.match(String(error), /AUD-1001: actor/),
    )
    await audit.close()
  })

  it("records around a promise, and hands its own error on", async () => {
    const audit = await openAudit({ directory, signals: false })
    const operation = { type: "job.started.now", actor: { id: "a" } }
    assert.strictEqual(await audit.around(operation, async () => 5), 5)
    const boom = new RangeError("boom")
    await audit
      .around(operation, () => {
        throw boom
      })
      .then(
        () => assert.fail("the error was swallowed"),
        (error: unknown) => assert.strictEqual(error, boom),
      )
    await audit.close()
    await audit.close()
  })
})
