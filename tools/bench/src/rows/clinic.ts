/**
 * The sample clinic API without auditing, with a trail, and with records going on to PostgreSQL, in
 * turns: three processes over one database server.
 */
import { freshDatabase } from "@countersign/sinks/testing/PostgresServer"
import { ask, startClient } from "../http/askClient.ts"
import { type ClinicApi, clinicApi } from "../http/clinicApi.ts"
import type { Line, Measurement } from "../Line.ts"
import { emptyScratch, makeScratch } from "../scratch.ts"
import { withPostgres } from "../servers.ts"
import { median, medianInterval } from "../statistics.ts"

const connections = 100
const modes = ["plain", "trail", "audited"] as const
type Mode = (typeof modes)[number]

interface Round {
  readonly plain: number
  readonly trail: number
  readonly audited: number
}

const lineOf = (
  rounds: ReadonlyArray<Round>,
  mode: "trail" | "audited",
  words: { readonly name: string; readonly title: string; readonly note: string },
): Line => {
  const pairs = rounds.map(({ [mode]: on, plain: off }) => ({ on, off, ratio: on / off }))
  const ratios = pairs.map(({ ratio }) => ratio)
  const { confidence, high, low } = medianInterval(ratios)
  const ratio = { median: median(ratios), low, high }
  return {
    name: words.name,
    title: words.title,
    ours: { value: median(pairs.map(({ on }) => on)), unit: "/s" },
    peer: { name: "auditing off", value: median(pairs.map(({ off }) => off)), unit: "/s" },
    ratio,
    judged: ratio.median,
    goal: { direction: "atLeast", least: 0.95, aim: 0.98, unit: "×" },
    rounds: pairs,
    notes: [
      `${words.note}; ${rounds.length} rounds, ${connections} connections; the range is a ${(confidence * 100).toFixed(1)} % confidence interval of the median (sign test)`,
    ],
  }
}

export const clinic: Measurement = {
  name: "clinic",
  table: "sinks",
  run: async ({ quick, work }) => {
    const millis = quick ? 500 : 3_000
    const scratch = makeScratch(work)
    return withPostgres(async (server) => {
      const start = async (mode: Mode): Promise<ClinicApi> =>
        clinicApi({
          directory: `${scratch}/${mode}`,
          postgres: await freshDatabase(server, mode),
          isAudited: mode !== "plain",
          isDelivered: mode === "audited",
        })
      const clinics = {
        plain: await start("plain"),
        trail: await start("trail"),
        audited: await start("audited"),
      }
      const slice = async (mode: Mode): Promise<number> => {
        const { port, requests } = clinics[mode]
        const order = { port, requests, connections, settleMillis: millis / 3, millis }
        // Of its own: the server closes connections that rest for some seconds.
        const client = startClient()
        const { answered } = await ask(client, order)
        client.disconnect()
        return (answered * 1000) / millis
      }
      const rounds: Array<Round> = []
      // The first two rounds warm up.
      for (let round = -2; round < (quick ? 3 : 20); round++) {
        const rates = { plain: 0, trail: 0, audited: 0 }
        // Each takes each place in turn.
        for (let index = 0; index < modes.length; index++) {
          const mode = modes[(index + round + modes.length) % modes.length] ?? "plain"
          rates[mode] = await slice(mode)
        }
        if (round >= 0) rounds.push(rates)
      }
      for (const mode of modes) await clinics[mode].end()
      emptyScratch(scratch)
      return [
        lineOf(rounds, "audited", {
          name: "clinic",
          title: "clinic-api, patients read, each durable before its answer",
          note: "records go to the same PostgreSQL meanwhile, on the same processors",
        }),
        lineOf(rounds, "trail", {
          name: "clinic-trail",
          title: "clinic-api, the same, records not yet delivered",
          note: "durable in the trail; nothing goes on to PostgreSQL",
        }),
      ]
    })
  },
}
