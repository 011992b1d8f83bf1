/** What sinks refused: found, looked at, and delivered again or left at that. */
import type { FoundLetter, LettersFound } from "@countersign/monitor/protocol/Letters"
import { type ReactNode, useDeferredValue, useMemo, useState } from "react"
import { useStore } from "../connection/Store.ts"
import { shellArgument } from "../events/ShellCommand.ts"
import { readOnlyReason } from "../intent/IntentDialog.tsx"
import type { ViewProps } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { visible } from "../text/HostileText.ts"
import { Tree, type TreeNode } from "../tree/Tree.tsx"
import { LetterDetails } from "./LetterDetails.tsx"
import { countsOf, groupsOf, isChosen, keyOf, type LetterGroup } from "./LetterGroups.ts"
import { LettersBar } from "./LettersBar.tsx"
import { bytesText, SettleDialog, type Wish } from "./SettleDialog.tsx"
import { type Asked, useFates, useLetters } from "./UseLetters.ts"
import "./Letters.css"

/** More of a group are counted. */
const rowsMax = 500
const causeLengthMax = 240

const nodeOf = (letter: FoundLetter, fate: string | undefined): TreeNode => {
  const { isRequested, refusals, sequence, sink, type } = letter
  const state = fate ?? (isRequested ? "waits for its replay" : "open")
  return {
    id: keyOf(letter),
    label: `${sequence}, ${visible(type, 100)}, ${visible(sink, 64)}, refused ${refusals} times, ${state}`,
    icon: isRequested ? "sync" : "mail",
    content: (
      <>
        <span className="mono letter-place">{sequence}</span>
        <span className="letter-type">{visible(type, 100)}</span>
        <span className="quiet">{visible(sink, 64)}</span>
        <span className="quiet">{refusals}×</span>
        <span className={isRequested ? "warn" : "quiet"}>{state}</span>
      </>
    ),
  }
}

const nodesOf = (
  groups: ReadonlyArray<LetterGroup>,
  fates: ReadonlyMap<string, string>,
): ReadonlyArray<TreeNode> =>
  groups.map(({ cause, letters }) => ({
    id: `cause ${cause}`,
    label: `${letters.length} because: ${visible(cause, causeLengthMax)}`,
    content: (
      <>
        <span className="badge">{letters.length}</span>
        <span>{visible(cause, causeLengthMax)}</span>
      </>
    ),
    children: [
      ...letters.slice(0, rowsMax).map((letter) => nodeOf(letter, fates.get(keyOf(letter)))),
      ...(letters.length > rowsMax
        ? [{ id: `more ${cause}`, label: `${letters.length - rowsMax} more: filter to see them` }]
        : []),
    ],
  }))

const isLetter = (id: string): boolean => !id.startsWith("cause ") && !id.startsWith("more ")

const Fates = ({ asked, fates }: { asked: Asked; fates: ReadonlyMap<string, string> }) => {
  const counts = new Map<string, number>()
  for (const fate of fates.values()) counts.set(fate, (counts.get(fate) ?? 0) + 1)
  const said = asked.act === "replay" ? "taken by the sink, or settled by somebody" : "dropped"
  const words = [
    [counts.get("settled") ?? 0, said, "check"],
    [counts.get("waits") ?? 0, "waiting: the engine tries within ten seconds", "sync"],
    [counts.get("refused again") ?? 0, "refused again", "error"],
    [counts.get("unknown") ?? 0, "not among the records that were looked at", "question"],
  ] as const
  return (
    <div className="letters-fates" role="status">
      <strong>Of {asked.letters.length} decided about:</strong>
      {words
        .filter(([count]) => count > 0)
        .map(([count, text, icon]) => (
          <span key={text}>
            <Icon name={icon} /> {count} {text}
          </span>
        ))}
    </div>
  )
}

interface SummaryProps {
  readonly chosen: ReadonlyArray<FoundLetter>
  readonly found: LettersFound | undefined
  readonly failure: string
  readonly readOnly: string | undefined
  readonly onWish: (wish: Wish) => void
}

const Count = ({
  chosen,
  failure,
  found,
}: Pick<SummaryProps, "chosen" | "failure" | "found">): ReactNode => {
  if (found === undefined) return failure === "" ? "Asking…" : "No answer to this filter"
  const counts = countsOf(chosen)
  const bytes = counts.reduce((sum, each) => sum + each.bytes, 0)
  const each = counts.map(({ count, sink }) => `${count} of ${visible(sink, 64)}`)
  return (
    <>
      <strong>{chosen.length}</strong> of {found.open} refused records
      {counts.length > 0 ? `, ${bytesText(bytes)}` : ""}
      {counts.length > 1 ? `: ${each.join(", ")}` : ""}
      {found.leftOut > 0 ? `; ${found.leftOut} more were not looked at` : ""}
      {found.unjudged > 0 ? `; ${found.unjudged} can't be judged yet` : ""}
    </>
  )
}

const Summary = ({ chosen, failure, found, onWish, readOnly }: SummaryProps) => (
  <div className="letters-summary">
    <p className="letters-count">
      <Count chosen={chosen} failure={failure} found={found} />
    </p>
    <button
      type="button"
      className="primary"
      disabled={chosen.length === 0 || readOnly !== undefined}
      onClick={() => onWish({ act: "replay", letters: chosen })}
    >
      Replay what is shown…
    </button>
    <button
      type="button"
      disabled={chosen.length === 0 || readOnly !== undefined}
      onClick={() => onWish({ act: "drop", letters: chosen })}
    >
      Drop what is shown…
    </button>
    {readOnly === undefined ? null : (
      <span className="quiet">
        <Icon name="lock" /> {readOnly}
      </span>
    )}
  </div>
)

const LettersView = ({ isVisible, parameters, scene, setParameters }: ViewProps) => {
  const {
    filter = "",
    sink = "",
    cause = "",
    text = "",
    within = "",
    letter: selected,
  } = parameters
  const [asked, setAsked] = useState<Asked | undefined>(undefined)
  const [wish, setWish] = useState<Wish | undefined>(undefined)
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set())
  const [isWaiting, setWaiting] = useState(false)
  const { failure, found, reload } = useLetters(scene, filter, isVisible, isWaiting)
  const current = asked?.filter === filter ? asked : undefined
  const fates = useFates(current, found)
  const about = useStore(scene.connection.about)
  const readOnly = readOnlyReason(about)
  const stillWaits = [...fates.values()].includes("waits")
  if (stillWaits !== isWaiting) setWaiting(stillWaits)
  const words = useDeferredValue(text)
  const chosen = useMemo(() => {
    const withinMillis = within === "" ? undefined : Number(within)
    const choice = { sink, cause, text: words, withinMillis }
    return (found?.letters ?? []).filter((each) => isChosen(each, choice, Date.now()))
  }, [found, sink, cause, words, within])
  const groups = useMemo(() => groupsOf(chosen), [chosen])
  const nodes = useMemo(() => nodesOf(groups, fates), [groups, fates])
  const toggle = (id: string) => {
    const next = new Set(closed)
    if (!next.delete(id)) next.add(id)
    setClosed(next)
  }
  const letter = found?.letters.find((each) => keyOf(each) === selected)
  const set = (changes: Readonly<Record<string, string>>) => {
    setParameters(
      Object.fromEntries(
        Object.entries({ ...parameters, ...changes }).filter(([, value]) => value !== ""),
      ),
    )
  }
  const copy = () => {
    const directory = shellArgument(about?.directory ?? ".")
    void scene.host
      .copy(`countersign dlq list ${directory} --json`)
      .then(() => scene.workbench.notify("The command is copied; it lists all of them"))
  }
  return (
    <div className="letters">
      <LettersBar
        parameters={parameters}
        letters={found?.letters ?? []}
        set={set}
        reload={reload}
        copy={copy}
      />
      <Summary
        chosen={chosen}
        failure={failure}
        found={found}
        readOnly={readOnly}
        onWish={setWish}
      />
      {current === undefined ? null : <Fates asked={current} fates={fates} />}
      {failure === "" ? null : (
        <p className="bad letters-failure" role="alert">
          <Icon name="error" /> {visible(failure)}
        </p>
      )}
      {found?.open === 0 ? (
        <div className="page">
          <h2>Nothing is refused</h2>
          <p className="quiet">
            A record that a sink can’t take stays in the trail and is noted here, with the cause. It
            does not keep the sink from those after it.
          </p>
        </div>
      ) : (
        <div className="letters-body">
          <div className="letters-list">
            <Tree
              label="Refused records by cause"
              nodes={nodes}
              selected={selected}
              closed={closed}
              onToggle={toggle}
              onSelect={(id) => {
                if (isLetter(id)) set({ letter: id })
              }}
              onOpen={(id, isBeside) => {
                const opened = found?.letters.find((each) => keyOf(each) === id)
                if (opened === undefined) return toggle(id)
                if (isBeside) {
                  const sequence = String(opened.sequence)
                  scene.workbench.open("event", { sequence }, { isBeside })
                }
              }}
            />
            {found !== undefined && chosen.length === 0 ? (
              <p className="quiet page">None of them passes what is chosen above.</p>
            ) : null}
          </div>
          {letter === undefined ? (
            <p className="quiet page letters-none">Choose a record to see why it was refused.</p>
          ) : (
            <LetterDetails
              key={keyOf(letter)}
              scene={scene}
              letter={letter}
              readOnly={readOnly}
              onWish={(act) => setWish({ act, letters: [letter] })}
            />
          )}
        </div>
      )}
      {wish === undefined ? null : (
        <SettleDialog
          scene={scene}
          wish={wish}
          close={() => setWish(undefined)}
          done={(letters) => {
            setAsked({ act: wish.act, letters, filter })
            reload()
            scene.workbench.announce(`Decided about ${letters.length} records`)
          }}
        />
      )}
    </div>
  )
}

export default LettersView
