/** Where a monitor may be looked for, and where its token may be sent. */
import { networkInterfaces } from "node:os"
import { isLoopback } from "@countersign/monitor/server/Admission"
import type { Announcement } from "@countersign/monitor/server/Announcement"
import * as Effect from "effect/Effect"
import { UsageError } from "../terminal/Failure.ts"

/** An argument would be seen by all who list the machine's processes. */
export const tokenVariable = "COUNTERSIGN_MONITOR_TOKEN"

export const isToken = (text: string): boolean => /^[\w-]+$/.test(text)

const isThisMachine = ({ hostname }: URL): boolean => {
  const name = hostname.replaceAll(/^\[|\]$/g, "")
  const own = Object.values(networkInterfaces()).flatMap((all) => all ?? [])
  return (
    isLoopback(name) ||
    name === "0.0.0.0" ||
    name === "::" ||
    own.some((each) => each.address === name)
  )
}

/** The file may have come with the trail, from anybody: it leads to this machine or nowhere. */
export const leadsHere = ({ token, url }: Announcement): boolean => {
  const address = URL.parse(url)
  return address?.protocol === "ws:" && isThisMachine(address) && isToken(token)
}

/** Whoever is on the way could read the token, and with it all that the monitor shows. */
export const keptSecret = (address: URL): Effect.Effect<void, UsageError> =>
  address.protocol === "wss:" || isThisMachine(address)
    ? Effect.void
    : Effect.fail(
        new UsageError({
          parameter: "target",
          detail: `the token would go to ${address.host} for all on the way to read: give an address with wss://, or reach the monitor through a tunnel, such as \`ssh -L\``,
        }),
      )
