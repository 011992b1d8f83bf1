/** What another store holds for the same entry, and which of both the proof is of. */
import type { CopyFound } from "@countersign/monitor/protocol/TrailProof"
import { DiffEditor } from "../editor/DiffEditor.tsx"
import { fromBase64, isSame, toText } from "../proof/Bytes.ts"
import { climb, leafHash } from "../proof/Tree.ts"
import { Icon } from "../shell/Icon.tsx"
import { visible } from "../text/HostileText.ts"
import { differing, hexLines } from "./HexLines.ts"
import { prettyJson } from "./PrettyJson.ts"
import { compared } from "./ProofWords.ts"
import type { ShownEvent } from "./UseEvent.ts"

const prettyOf = (bytes: Uint8Array): string => {
  const text = toText(bytes)
  if (text === undefined) return hexLines(bytes).join("\n")
  try {
    return prettyJson(JSON.parse(text), text)
  } catch {
    return text
  }
}

/** Whether the signed tree has these bytes at this place. */
const isProven = ({ checked, sequence }: ShownEvent, bytes: Uint8Array): boolean => {
  const { checkpoint, signer, steps } = checked
  if (checkpoint === undefined || signer === undefined) return false
  const hashes = steps.map(({ sibling }) => sibling)
  const way = climb(leafHash(bytes), sequence, checkpoint.size, hashes)
  return way !== undefined && isSame(way.root, checkpoint.root)
}

const Bytes = ({
  bytes,
  name,
  span,
}: {
  readonly bytes: Uint8Array
  readonly name: string
  readonly span: readonly [number, number]
}) => (
  <section aria-label={`Bytes of ${name} that differ`}>
    <h4>{name}</h4>
    <pre className="event-hex" tabIndex={0} aria-label={`Bytes of ${name}`}>
      {hexLines(bytes, Math.max(0, span[0] - 32), span[1] + 32)
        .slice(0, 64)
        .join("\n")}
    </pre>
  </section>
)

const looks = { good: "pass", warn: "warning", bad: "error" } as const

const Copy = ({ copy, event }: { readonly copy: CopyFound; readonly event: ShownEvent }) => {
  const name = visible(copy.name, 60)
  const stored = event.checked.bytes
  const held = copy.entry === null ? undefined : fromBase64(copy.entry)
  if (held === undefined) {
    return (
      <p className="warn">
        <Icon name="warning" /> {name}: {visible(copy.detail, 1000)}
      </p>
    )
  }
  const parts = differing(stored, held)
  const [isTrail, isCopy] = [isProven(event, stored), isProven(event, held)]
  const isSigned = event.checked.signer !== undefined
  const isEqual = parts === undefined
  const look = isTrail && isCopy ? "good" : isEqual && !isSigned ? "warn" : "bad"
  return (
    <>
      <p className={look}>
        <Icon name={looks[look]} /> {compared({ name, isCopy, isEqual, isSigned, isTrail })}
      </p>
      {copy.detail === "" ? null : (
        <p className="warn">
          <Icon name="warning" /> {visible(copy.detail, 1000)}
        </p>
      )}
      {parts === undefined ? null : (
        <>
          <div className="event-diff">
            <DiffEditor
              language="json"
              before={{ name: `The trail${isTrail ? " (signed)" : ""}`, text: prettyOf(stored) }}
              after={{ name: `${name}${isCopy ? " (signed)" : ""}`, text: prettyOf(held) }}
            />
          </div>
          <p>
            The bytes differ from byte {parts.from} on: {parts.leftTo - parts.from} bytes here,{" "}
            {parts.rightTo - parts.from} there.
          </p>
          <div className="event-bytes">
            <Bytes bytes={stored} name="the trail" span={[parts.from, parts.leftTo]} />
            <Bytes bytes={held} name={name} span={[parts.from, parts.rightTo]} />
          </div>
        </>
      )}
    </>
  )
}

export const CopiesPart = ({
  copies,
  event,
}: {
  /** `undefined`: they are still asked. */
  readonly copies: ReadonlyArray<CopyFound> | undefined
  readonly event: ShownEvent
}) => (
  <div className="page">
    {copies === undefined ? <p className="quiet">Asking the other stores…</p> : null}
    {copies?.map((copy, index) => (
      <section key={index} aria-label={visible(copy.name, 60)}>
        <h3>{visible(copy.name, 60)}</h3>
        <Copy copy={copy} event={event} />
      </section>
    ))}
  </div>
)
