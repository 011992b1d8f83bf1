import { type ChildProcess, spawn } from "node:child_process"
import * as path from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { fileURLToPath } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { openAudit } from "@countersign/core/NodeAudit"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { temporaryDirectory } from "@countersign/core/testing/TemporaryDirectory"
import { entries } from "@countersign/core/trail/TrailReader"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import { redisServer } from "../testing/RedisServer.ts"
import { plainClient } from "../testing/StreamFixture.ts"
import { originOf } from "./CollectedEvent.ts"

const programs = {
  producer: fileURLToPath(new URL("../testing/StreamProducer.ts", import.meta.url)),
  collector: fileURLToPath(new URL("../testing/StreamCollector.ts", import.meta.url)),
}
const stream = "killed"

/** A program that is started again and again over one trail. */
class Program {
  output = ""
  private child: ChildProcess | undefined
  private ended: Promise<void> = Promise.resolve()
  private readonly file: string
  private readonly args: ReadonlyArray<string>

  constructor(file: string, args: ReadonlyArray<string>) {
    this.file = file
    this.args = args
  }

  start(...more: ReadonlyArray<string>): void {
    const args = ["--conditions=@countersign/source", this.file, ...this.args, ...more]
    const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "pipe"] })
    for (const from of [child.stdout, child.stderr]) {
      from.on("data", (chunk: Buffer) => {
        this.output = (this.output + chunk.toString()).slice(-4_000)
      })
    }
    this.child = child
    this.ended = new Promise((resolve) => child.once("close", () => resolve()))
  }

  /** Resolves when the process has ended. */
  gone(): Promise<void> {
    return this.ended
  }

  end(signal: "SIGKILL" | "SIGTERM"): Promise<void> {
    this.child?.kill(signal)
    return this.ended
  }
}

const recordsIn = (directory: string) =>
  Effect.provide(Stream.runCollect(entries(directory)), NodeDisk.layer)

type Moment = readonly ["read" | "recorded", string]

interface Copies {
  first: number
  repeated: number
}

/** How often each record of the producers lies in the collectors' trails. */
const copiesIn = Effect.fnUntraced(function* (directories: ReadonlyArray<string>) {
  const copies = new Map<string, Copies>()
  for (const directory of directories) {
    const here = new Set<string>()
    for (const { bytes } of yield* recordsIn(directory)) {
      const origin = originOf(bytes)
      if (origin === undefined) continue
      const key = `${origin.trail} ${origin.sequence}`
      assert.isFalse(here.has(key), `${key} lies in ${directory} twice`)
      here.add(key)
      const counted = copies.get(key) ?? { first: 0, repeated: 0 }
      if (Buffer.from(bytes).includes('"repeated":true')) counted.repeated += 1
      else counted.first += 1
      copies.set(key, counted)
    }
  }
  return copies
})

describe("producers and collectors under kill -9", () => {
  it.live(
    "lose no record, and keep none twice in one trail or without saying so",
    () =>
      Effect.gen(function* () {
        const directory = yield* temporaryDirectory
        const server = yield* redisServer(["--maxmemory", "512mb", "--appendfsync", "no"])
        const client = yield* Effect.acquireRelease(
          Effect.sync(() => plainClient(server.url)),
          (each) => Effect.sync(() => each.disconnect()),
        )
        const at = (name: string) => path.join(directory, name)
        const programOf = (kind: keyof typeof programs) => (name: string) =>
          new Program(programs[kind], [at(name), server.url, stream, name])
        const producers = ["p1", "p2"].map((name) => {
          const args = [at(name), server.url, stream, name]
          return new Program(programs.producer, args)
        })
        const collectors = ["c1", "c2", "c3"].map(programOf("collector"))
        yield* Effect.acquireRelease(Effect.void, () =>
          Effect.promise(() =>
            Promise.all([...producers, ...collectors].map((each) => each.end("SIGKILL"))),
          ),
        )

        yield* Effect.promise(async () => {
          for (const each of producers) each.start("0", "3000", "20")
          const [one, two, three] = collectors
          // Each dies in the moments between reading, recording and acknowledging, again and again.
          const die = async (collector: Program | undefined, moments: ReadonlyArray<Moment>) => {
            for (const moment of moments) {
              collector?.start(...moment)
              await collector?.gone()
            }
          }
          const killed = async () => {
            await sleep(1_500)
            await producers[0]?.end("SIGKILL")
            producers[0]?.start("3000", "1500", "10")
          }
          await Promise.all([
            die(one, [
              ["recorded", "2"],
              ["read", "3"],
              ["recorded", "4"],
            ]),
            die(two, [
              ["read", "2"],
              ["recorded", "1"],
              ["recorded", "3"],
            ]),
            die(three, [["recorded", "5"]]),
            killed(),
          ])
          one?.start()
          two?.start()
          // The third never comes back: what it had is taken over.
          const until = performance.now() + 60_000
          const isIdle = async () => {
            const [first = []] = (await client.call("XINFO", "GROUPS", stream)) as Array<
              Array<unknown>
            >
            const factOf = (name: string) => Number(first[first.indexOf(name) + 1])
            return factOf("pending") === 0 && factOf("lag") === 0
          }
          while (!producers.every(({ output }) => output.includes("done")) || !(await isIdle())) {
            const said = [...producers, ...collectors].map(({ output }) => output.slice(-600))
            assert.isBelow(performance.now(), until, said.join("\n--\n"))
            await sleep(100)
          }
          await Promise.all([...producers, ...collectors].map((each) => each.end("SIGTERM")))
          // What is durable in its log is published by whoever opens the trail next.
          for (const name of ["c1", "c2", "c3"]) {
            const left = { directory: at(name), origin: `example.org/${name}`, signals: false }
            await (await openAudit(left, { env: {} })).close()
          }
        })

        const copies = yield* copiesIn(["c1", "c2", "c3"].map(at))
        let total = 0
        for (const name of ["p1", "p2"]) {
          const size = (yield* recordsIn(at(name))).length
          // What closing wrote after the stream had everything is not collected any more.
          for (let sequence = 0; sequence < size - 2; sequence++) {
            const counted = copies.get(`example.org/${name} ${sequence}`)
            assert.isDefined(counted, `record ${sequence} of ${name} is lost`)
            assert.isAtMost(counted.first, 1, `record ${sequence} of ${name}`)
          }
          total += size
        }
        assert.isAbove(total, 4_500)
        // The third had recorded its last batch: somebody else has it too, and says so.
        assert.isAbove([...copies.values()].filter(({ repeated }) => repeated > 0).length, 0)
        assert.isAbove((yield* recordsIn(at("c3"))).length, 0)
      }),
    120_000,
  )
})
