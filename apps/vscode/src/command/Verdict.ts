/** What verifying a trail said. */
import { firstBadPlace } from "@countersign/monitor/protocol/BadPlace"
import type { VerifyStep } from "@countersign/monitor/protocol/MonitorProtocol"

export type Verdict = Extract<VerifyStep, { readonly _tag: "Verdict" }>

/** Where the page lands as well; `undefined`: no finding names an event. */
export const firstBadEvent = ({ findings }: Verdict): number | undefined => firstBadPlace(findings)
