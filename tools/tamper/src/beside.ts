import * as Effect from "effect/Effect"
import * as NodeDisk from "@countersign/core/platform/NodeDisk"
import { eventOf, openSigned, withDirectory } from "./sample.ts"
import { genuine } from "./score.ts"

/** What verifying beside a writer gave. */
export interface Watched {
  readonly verified: number
  readonly alarms: ReadonlyArray<string>
}

/** Verifies again and again while an engine appends and publishes. */
export const watchWriter = (millis: number): Promise<Watched> =>
  withDirectory(async (directory) => {
    const audit = await openSigned(directory, undefined, 10)
    await audit.record(eventOf(0))
    await audit.publish()
    const end = performance.now() + millis
    const alarms: Array<string> = []
    let verified = 0
    const append = async () => {
      for (let number = 1; performance.now() < end; number += 1) await audit.record(eventOf(number))
    }
    const watch = async () => {
      while (performance.now() < end) {
        const report = await Effect.runPromise(Effect.provide(genuine(directory), NodeDisk.layer))
        if (report.verdict === "verified") verified += 1
        else {
          const why = report.verdict === "tampered" ? report.firstBad : report.reason
          alarms.push(`${report.verdict}: ${JSON.stringify(why)}`)
        }
      }
    }
    await Promise.all([append(), append(), append(), watch()])
    await audit.close()
    return { verified, alarms }
  })
