/** A decision about refused records: first what it would be about, then who wants it and why. */
import {
  decidedMax,
  type FoundLetter,
  type LettersSettled,
} from "@countersign/monitor/protocol/Letters"
import { useEffect, useState } from "react"
import { type Intent, IntentDialog, refusalOf } from "../intent/IntentDialog.tsx"
import type { Scene } from "../shell/Contribution.ts"
import { visible } from "../text/HostileText.ts"
import { keyOf, requestsOf } from "./LetterGroups.ts"

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

type Plan = ReadonlyArray<LettersSettled & { readonly sink: string }>

/** The server asks for these of every request that could change something. */
const dry: Intent = { actor: "dry run", reason: "dry run" }

const settle = async (
  { connection }: Scene,
  { act, letters }: Wish,
  isDryRun: boolean,
  intent: Intent,
  signal?: AbortSignal,
): Promise<Plan> => {
  const plan: Array<Plan[number]> = []
  for (const { sequences, sink } of requestsOf(letters, decidedMax)) {
    const part = await connection.ask(
      (client) => client.SettleLetters({ sink, sequences, act, isDryRun, intent }),
      signal,
    )
    plan.push({ sink, ...part })
  }
  return plan
}

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
    settle(scene, wish, true, dry, abort.signal).then(setPlan, (error: unknown) => {
      if (!abort.signal.aborted) setFailure(refusalOf(error))
    })
    return () => abort.abort()
  }, [scene, wish])
  return { plan, failure }
}

export const SettleDialog = ({ close, done, scene, wish }: SettleDialogProps) => {
  const { failure, plan } = usePlan(scene, wish)
  const count = plan?.reduce((sum, { sequences }) => sum + sequences.length, 0)
  const isReplay = wish.act === "replay"
  const records = count === 1 ? "1 record" : `${count ?? "…"} records`
  return (
    <IntentDialog
      scene={scene}
      title={isReplay ? "Deliver refused records again" : "Leave refused records at that"}
      act={isReplay ? `Replay ${records}` : `Drop ${records}`}
      close={close}
      perform={async (intent) => {
        const settled = await settle(scene, wish, false, intent)
        const keys = new Set(
          settled.flatMap(({ sequences, sink }) =>
            sequences.map((sequence) => keyOf({ sink, sequence })),
          ),
        )
        done(wish.letters.filter((letter) => keys.has(keyOf(letter))))
      }}
    >
      <p>
        {isReplay
          ? "The engine hands each of them to its sink once more, within ten seconds, beside what is new. What is refused again comes back here."
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
