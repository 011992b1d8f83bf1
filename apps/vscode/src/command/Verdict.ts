/** What verifying a trail said. */
import type { VerifyStep } from "@countersign/monitor/protocol/MonitorProtocol"

export type Verdict = Extract<VerifyStep, { readonly _tag: "Verdict" }>

/**
 * The first finding that names an event; `undefined`: none does. An older form of a bundle that
 * differs from the newest names where the bundle begins, and so only where nothing else is found.
 */
export const firstBadEvent = ({ findings }: Verdict): number | undefined =>
  (
    findings.find(({ index, kind }) => index !== null && kind !== "copy") ??
    findings.find(({ index }) => index !== null)
  )?.index ?? undefined
