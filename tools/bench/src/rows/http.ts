/** The reference workload with auditing on and off, slice by slice on the same server. */
import type * as net from "node:net"
import { openEngine, recordNothing } from "../engine.ts"
import { clinicServer } from "../http/clinicServer.ts"
import { ask, startClient } from "../http/askClient.ts"
import type { Measurement } from "../Line.ts"
import { makeScratch, emptyScratch } from "../scratch.ts"
import { median, medianInterval } from "../statistics.ts"

const connections = 32

const listening = (server: net.Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const address = server.address()
      resolve(typeof address === "object" && address !== null ? address.port : 0)
    })
  })

// A type and not an interface: as a round it is a record of numbers.
type Pair = {
  readonly on: number
  readonly off: number
  readonly ratio: number
  readonly onCpuMicros: number
  readonly offCpuMicros: number
}

/** Runs the pairs against one server, one engine and one set of connections. */
const runPairs = async (work: string, pairs: number, millis: number): Promise<Array<Pair>> => {
  const scratch = makeScratch(work)
  const engine = await openEngine(scratch)
  const nothing = await recordNothing()
  let door = nothing
  const server = clinicServer(() => door)
  const port = await listening(server)
  const client = startClient()
  const order = { port, connections, settleMillis: millis / 10, millis }
  let audited = 0

  const slice = async (isOn: boolean) => {
    door = isOn ? engine.recordUnsafe : nothing
    globalThis.gc?.()
    const cpu = process.cpuUsage()
    const { answered, total } = await ask(client, order)
    // Work that the engine still owes is not done in the next slice, and counts as this one's.
    await engine.publish()
    const { system, user } = process.cpuUsage(cpu)
    if (isOn) audited += total
    return { perSecond: (answered * 1000) / millis, cpuMicros: (user + system) / total }
  }
  const pair = async (offFirst: boolean): Promise<Pair> => {
    let off = offFirst ? await slice(false) : undefined
    const on = await slice(true)
    off ??= await slice(false)
    return {
      on: on.perSecond,
      off: off.perSecond,
      ratio: on.perSecond / off.perSecond,
      onCpuMicros: on.cpuMicros,
      offCpuMicros: off.cpuMicros,
    }
  }

  try {
    await pair(true)
    await pair(false)
    const rounds: Array<Pair> = []
    for (let index = 0; index < pairs; index++) rounds.push(await pair(index % 2 === 0))
    const { durableSize } = engine.status()
    if (durableSize < audited) throw new Error(`${durableSize} of ${audited} requests were audited`)
    return rounds
  } finally {
    client.disconnect()
    server.closeAllConnections()
    server.close()
    await engine.close()
    emptyScratch(scratch)
  }
}

export const http: Measurement = {
  name: "http",
  run: async ({ quick, work }) => {
    const rounds = await runPairs(work, quick ? 4 : 24, quick ? 400 : 2500)
    const middle = (key: keyof Pair): number => median(rounds.map((round) => round[key]))
    const { confidence, high, low } = medianInterval(rounds.map(({ ratio }) => ratio))
    const ratio = { median: middle("ratio"), low, high }
    return [
      {
        name: "http",
        title: "HTTP workload, throughput lost to auditing",
        ours: { value: middle("on"), unit: "/s" },
        peer: { name: "auditing off", value: middle("off"), unit: "/s" },
        ratio,
        judged: (1 - ratio.median) * 100,
        goal: { direction: "atMost", least: 5, aim: 2, unit: "%" },
        rounds,
        notes: [
          `${rounds.length} pairs; the range is a ${(confidence * 100).toFixed(1)} % confidence interval of the median (sign test)`,
          `processor time a request: ${middle("offCpuMicros").toFixed(1)} µs off, ${middle("onCpuMicros").toFixed(1)} µs on`,
        ],
      },
    ]
  },
}
