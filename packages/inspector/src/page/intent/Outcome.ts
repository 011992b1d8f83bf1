/** What is known of a change that was not answered as it was asked for. */
import { MonitorRefused } from "@countersign/monitor/protocol/MonitorError"
import { RpcClientError } from "effect/rpc/RpcClientError"

/** The words of what a request was refused with. */
export const refusalOf = (error: unknown): string =>
  error instanceof Error ? error.message : String(error)

/** A connection that ended leaves open what became of what was sent over it. */
export const outcomeOf = (error: unknown): string => {
  const words = refusalOf(error)
  if (error instanceof RpcClientError) {
    return `Nobody knows whether it was done: look at the trail before you try again. ${words}`
  }
  return error instanceof MonitorRefused && error.reason === "unrecorded"
    ? `Do not try again. ${words}`
    : `Not done: ${words}`
}
