/** The sample clinic API with auditing and without, in turns: two processes over one database server. */
import { freshDatabase } from "@countersign/sinks/testing/PostgresServer"
import { ask, startClient } from "../http/askClient.ts"
import { type ClinicApi, clinicApi } from "../http/clinicApi.ts"
import type { Measurement } from "../Line.ts"
import { emptyScratch, makeScratch } from "../scratch.ts"
import { withPostgres } from "../servers.ts"
import { median, medianInterval } from "../statistics.ts"

const connections = 100

export const clinic: Measurement = {
  name: "clinic",
  table: "sinks",
  run: async ({ quick, work }) => {
    const millis = quick ? 500 : 3_000
    const scratch = makeScratch(work)
    return withPostgres(async (server) => {
      const start = async (name: "audited" | "plain"): Promise<ClinicApi> =>
        clinicApi({
          directory: `${scratch}/${name}`,
          postgres: await freshDatabase(server, name),
          isAudited: name === "audited",
        })
      const audited = await start("audited")
      const plain = await start("plain")
      const slice = async (name: "audited" | "plain"): Promise<number> => {
        const { port, requests } = name === "audited" ? audited : plain
        const order = { port, requests, connections, settleMillis: millis / 3, millis }
        // Of its own: the server closes connections that rest for some seconds.
        const client = startClient()
        const { answered } = await ask(client, order)
        client.disconnect()
        return (answered * 1000) / millis
      }
      const rounds: Array<{ on: number; off: number; ratio: number }> = []
      // The first two pairs warm up.
      for (let round = -2; round < (quick ? 3 : 20); round++) {
        let off = round % 2 === 0 ? await slice("plain") : 0
        const on = await slice("audited")
        if (off === 0) off = await slice("plain")
        if (round >= 0) rounds.push({ on, off, ratio: on / off })
      }
      await audited.end()
      await plain.end()
      emptyScratch(scratch)
      const ratios = rounds.map(({ ratio }) => ratio)
      const { confidence, high, low } = medianInterval(ratios)
      const ratio = { median: median(ratios), low, high }
      return [
        {
          name: "clinic",
          title: "clinic-api, patients read, each durable before its answer",
          ours: { value: median(rounds.map(({ on }) => on)), unit: "/s" },
          peer: { name: "auditing off", value: median(rounds.map(({ off }) => off)), unit: "/s" },
          ratio,
          judged: ratio.median,
          goal: { direction: "atLeast", least: 0.95, aim: 0.98, unit: "×" },
          rounds,
          notes: [
            `${rounds.length} pairs of ${millis} ms, ${connections} connections; records go to the same PostgreSQL meanwhile; the range is a ${(confidence * 100).toFixed(1)} % confidence interval of the median (sign test)`,
          ],
        },
      ]
    })
  },
}
