/** A decision about refused records: first what it would be about, then who wants it and why. */
import { decidedMax, type FoundLetter } from "@countersign/monitor/protocol/Letters"
import { useEffect, useState } from "react"
import { type Intent, IntentDialog, refusalOf } from "../intent/IntentDialog.tsx"
import type { Scene } from "../shell/Contribution.ts"
import { visible } from "../text/HostileText.ts"
import { keyOf, type LetterRequest, requestsOf } from "./LetterGroups.ts"
import {
  recordsIn,
  requestsOfPlan,
  type Settled,
  type SettledPart,
  settleEach,
} from "./Settling.ts"

export interface Wish {
  readonly act: "replay" | "drop"
  readonly letters: ReadonlyArray<FoundLetter>
}

export const bytesText = (bytes: number): string => {
  if (bytes < 1024) return `${bytes} bytes`
  return bytes < 1024 * 1024
    ? `${(bytes / 1024).toFixed(1)} KiB`
    : `${(bytes / (1024 * 1024)).toFixed(1)} MiB`
}

export interface SettleDialogProps {
  readonly scene: Scene
  readonly wish: Wish
  readonly close: () => void
  readonly done: (letters: ReadonlyArray<FoundLetter>) => void
}

type Plan = ReadonlyArray<SettledPart>

/** The server asks for these of every request that could change something. */
const dry: Intent = { actor: "dry run", reason: "dry run" }

const settle = (
  { connection }: Scene,
  requests: ReadonlyArray<LetterRequest>,
  how: { readonly act: Wish["act"]; readonly isDryRun: boolean; readonly intent: Intent },
  signal?: AbortSignal,
): Promise<Settled> =>
  settleEach(requests, ({ sequences, sink }) =>
    connection.ask((client) => client.SettleLetters({ sink, sequences, ...how }), signal),
  )

const PlanTable = ({ plan }: { readonly plan: Plan }) => (
  <table>
    <caption className="unseen">What it is about</caption>
    <thead>
      <tr>
        <th scope="col">Sink</th>
        <th scope="col" className="number">
          Records
        </th>
        <th scope="col" className="number">
          Size
        </th>
        <th scope="col" className="number">
          Settled already
        </th>
        <th scope="col" className="number">
          Not as refused
        </th>
      </tr>
    </thead>
    <tbody>
      {plan.map(({ bytes, changed, gone, sequences, sink }, index) => (
        <tr key={index}>
          <td>{visible(sink, 64)}</td>
          <td className="number">{sequences.length}</td>
          <td className="number">{bytesText(bytes)}</td>
          <td className="number">{gone.length}</td>
          <td className={changed.length > 0 ? "number bad" : "number"}>{changed.length}</td>
        </tr>
      ))}
    </tbody>
  </table>
)

const usePlan = (scene: Scene, wish: Wish) => {
  const [plan, setPlan] = useState<Plan | undefined>(undefined)
  const [failure, setFailure] = useState("")
  useEffect(() => {
    const abort = new AbortController()
    const { act, letters } = wish
    const how = { act, isDryRun: true, intent: dry }
    void settle(scene, requestsOf(letters, decidedMax), how, abort.signal).then(
      ({ failure: found, parts }) => {
        if (abort.signal.aborted) return
        if (found === undefined) setPlan(parts)
        else setFailure(refusalOf(found.error))
      },
    )
    return () => abort.abort()
  }, [scene, wish])
  return { plan, failure }
}

export const SettleDialog = ({ close, done, scene, wish }: SettleDialogProps) => {
  const { failure, plan } = usePlan(scene, wish)
  const count = plan === undefined ? undefined : recordsIn(plan)
  const isReplay = wish.act === "replay"
  const records = count === 1 ? "1 record" : `${count ?? "…"} records`
  return (
    <IntentDialog
      scene={scene}
      title={isReplay ? "Deliver refused records again" : "Leave refused records at that"}
      act={isReplay ? `Replay ${records}` : `Drop ${records}`}
      close={close}
      perform={async (intent) => {
        if (plan === undefined) throw new Error("the dry run has not said yet what it is about")
        const requests = requestsOfPlan(plan)
        if (requests.length === 0) throw new Error("none of them is open and as it was refused")
        const how = { act: wish.act, isDryRun: false, intent }
        const { failure: stopped, parts } = await settle(scene, requests, how)
        if (parts.length === 0) throw stopped?.error
        const keys = new Set(
          parts.flatMap(({ sequences, sink }) =>
            sequences.map((sequence) => keyOf({ sink, sequence })),
          ),
        )
        done(wish.letters.filter((letter) => keys.has(keyOf(letter))))
        if (stopped === undefined) return
        const left = recordsIn(requests) - recordsIn(parts)
        scene.workbench.notify(
          `${recordsIn(parts)} records were decided about; of ${left} more nothing is known: ${refusalOf(stopped.error)}`,
          "error",
        )
      }}
    >
      <p>
        {isReplay
          ? "The engine hands each of them to its sink once more, at once, beside what is new. What is refused again comes back here."
          : "They stay in the trail, can be proven like all others, and never reach the sink."}
      </p>
      <p>Dry run: this is what it would be about. Nothing was changed yet.</p>
      {failure === "" ? null : <p className="bad">{visible(failure)}</p>}
      {plan === undefined ? <p className="quiet">…</p> : <PlanTable plan={plan} />}
      {plan?.some(({ changed }) => changed.length > 0) === true ? (
        <p className="bad">
          Records that the trail does not hold as they were refused are left out: verify the trail.
        </p>
      ) : null}
    </IntentDialog>
  )
}
