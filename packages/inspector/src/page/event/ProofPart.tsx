/** How it is known: each check, the way from the leaf to the root, the checkpoint and who signed. */
import { toHex } from "../proof/Bytes.ts"
import type { Check } from "../proof/Check.ts"
import type { CheckedEvent } from "../proof/EventCheck.ts"
import { pathEnd } from "./ProofWords.ts"
import { judgeSignature, nameOfKey } from "../proof/Note.ts"
import type { PathStep } from "../proof/Tree.ts"
import { Icon } from "../shell/Icon.tsx"
import { visible, visibleLines } from "../text/HostileText.ts"
import type { ShownEvent } from "./UseEvent.ts"

const results: Readonly<
  Record<Check["result"], { readonly icon: string; readonly word: string; readonly look: string }>
> = {
  passed: { icon: "pass", word: "passed", look: "good" },
  failed: { icon: "error", word: "FAILED", look: "bad" },
  unchecked: { icon: "circle-slash", word: "not checked", look: "quiet" },
}

export const Checks = ({ checks }: { readonly checks: ReadonlyArray<Check> }) => (
  <table className="event-checks">
    <caption className="unseen">Checks, all of them computed in this page</caption>
    <thead>
      <tr>
        <th scope="col">Result</th>
        <th scope="col">Check</th>
        <th scope="col">What was found</th>
      </tr>
    </thead>
    <tbody>
      {checks.map(({ detail, name, result }, index) => (
        <tr key={index}>
          <td className={results[result].look}>
            <Icon name={results[result].icon} /> {results[result].word}
          </td>
          <th scope="row">{name}</th>
          <td>{visible(detail, 1000)}</td>
        </tr>
      ))}
    </tbody>
  </table>
)

const Hash = ({ bytes, name }: { readonly bytes: Uint8Array; readonly name: string }) => (
  <span className="path-hash">
    <span className="path-name">{name}</span>
    <code>{toHex(bytes)}</code>
  </span>
)

const spanOf = (from: number, to: number): string =>
  to - from === 1 ? `entry ${from}` : `entries ${from} to ${to - 1}`

const Step = ({ own, step }: { readonly own: Uint8Array; readonly step: PathStep }) => {
  const given = <Hash bytes={step.sibling} name="from the trail" />
  const mine = <Hash bytes={own} name="computed here" />
  return (
    <li className="path-step">
      <div className="path-pair">
        <div className={step.side === "left" ? "path-given" : "path-own"}>
          {step.side === "left" ? given : mine}
        </div>
        <div className={step.side === "right" ? "path-given" : "path-own"}>
          {step.side === "right" ? given : mine}
        </div>
      </div>
      <div className="path-node">
        <Icon name="arrow-down" />
        <Hash bytes={step.node} name={`over ${spanOf(step.from, step.to)}`} />
      </div>
    </li>
  )
}

const Path = ({
  checked,
  sequence,
}: {
  readonly checked: CheckedEvent
  readonly sequence: number
}) => {
  const { leaf, root, steps } = checked
  const end = pathEnd(checked)
  return (
    <>
      <div className="path-leaf">
        <Hash bytes={leaf} name={`leaf of entry ${sequence}: SHA-256 of 0x00 and its bytes`} />
      </div>
      {root === undefined ? (
        <p className="bad">
          <Icon name="error" /> The trail gives no way from here to a root.
        </p>
      ) : (
        <ol className="path">
          {steps.map((step, index) => (
            <Step key={index} own={steps[index - 1]?.node ?? leaf} step={step} />
          ))}
        </ol>
      )}
      {end === undefined ? null : (
        <p className={`path-end ${end.look}`}>
          <Icon name={end.icon} /> <Hash bytes={end.root} name={end.words} />
        </p>
      )}
    </>
  )
}

const signatureWords = {
  valid: { icon: "pass", text: "valid, by the key in force", look: "good" },
  invalid: { icon: "error", text: "NOT over this text", look: "bad" },
  absent: {
    icon: "circle-slash",
    text: "by a key that is not known here: not checked",
    look: "quiet",
  },
} as const

const Signatures = ({ checked }: { readonly checked: CheckedEvent }) => {
  const { note, owner: known } = checked
  if (note === undefined) return null
  return (
    <ul className="event-signatures">
      {note.signatures.map((signature, index) => {
        const isOwn =
          known !== undefined && signature.keyId === known.keyId && signature.name === known.name
        const judged = isOwn
          ? judgeSignature({ ...note, signatures: [signature] }, known)
          : "absent"
        const { icon, look, text } = signatureWords[judged]
        return (
          <li key={index}>
            <span className={look}>
              <Icon name={icon} /> {text}
            </span>{" "}
            <code>{visible(nameOfKey(signature), 300)}</code>
          </li>
        )
      })}
    </ul>
  )
}

export const ProofPart = ({ event }: { readonly event: ShownEvent }) => {
  const { checked, note, sequence } = event
  return (
    <div className="page event-proof">
      <h3>What was checked, here in this page</h3>
      <Checks checks={checked.checks} />
      <h3>From the entry to the signed root</h3>
      <Path checked={checked} sequence={sequence} />
      <h3>The checkpoint</h3>
      <pre className="event-note" tabIndex={0} aria-label="The signed note">
        {note === "" ? "none yet" : visibleLines(note)}
      </pre>
      <Signatures checked={checked} />
    </div>
  )
}
