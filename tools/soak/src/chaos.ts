/** What befalls the two servers while events are recorded: one fault at a time on each. */
import { setTimeout as pause } from "node:timers/promises"
import { type Random, wholeBelow } from "@countersign/core/testing/SeededRandom"
import type { FaultyProxy } from "@countersign/sinks/testing/FaultyProxy"
import type { ServerProcess } from "@countersign/sinks/testing/ServerProcess"

/** A server, the wire to it, and how its connections are ended from within. */
export interface Victim {
  readonly name: string
  readonly process: ServerProcess
  readonly wire: FaultyProxy
  readonly terminate: () => Promise<void>
}

type Fault = (victim: Victim, millis: number) => Promise<void>

const faults: Readonly<Record<string, Fault>> = {
  "killed and started again": async ({ process }, millis) => {
    await process.kill()
    await pause(millis)
    await process.start()
  },
  frozen: async ({ process }, millis) => {
    process.freeze()
    await pause(millis)
    process.resume()
  },
  "connection cut": ({ wire }) => {
    wire.cut()
    return Promise.resolve()
  },
  "black hole": async ({ wire }, millis) => {
    wire.become("blackhole")
    await pause(millis)
    // What the hole swallowed never arrives: such a connection is dead.
    wire.become("refuse")
    wire.become("pass")
  },
  "answers swallowed": async ({ wire }, millis) => {
    wire.become("deaf")
    await pause(millis)
    wire.become("refuse")
    wire.become("pass")
  },
  "connection terminated": ({ terminate }) => terminate(),
}

const names = Object.keys(faults)

/** How often each fault befell each server. */
export type Tally = ReadonlyMap<string, number>

/** Lets faults befall one server until told to stop; whole again when it resolves. */
export const haunt = async (
  victim: Victim,
  random: Random,
  signal: AbortSignal,
): Promise<Tally> => {
  const tally = new Map<string, number>()
  while (!signal.aborted) {
    await pause(2_000 + wholeBelow(random, 10_000), undefined, { signal }).catch(() => undefined)
    if (signal.aborted) break
    const name = names[wholeBelow(random, names.length)] ?? ""
    await faults[name]?.(victim, 200 + wholeBelow(random, 8_000))
    const key = `${victim.name} ${name}`
    tally.set(key, (tally.get(key) ?? 0) + 1)
  }
  return tally
}
