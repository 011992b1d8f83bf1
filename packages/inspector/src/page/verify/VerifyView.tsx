/** The whole trail, verified by the server and by this page; each says what it has found. */
import { useState } from "react"
import { useStore, useStorePart } from "../connection/Store.ts"
import { Checks } from "../event/ProofPart.tsx"
import { directoryArgument } from "../events/ShellCommand.ts"
import type { Scene, ViewProps } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { visible } from "../text/HostileText.ts"
import { SegmentMap } from "./SegmentMap.tsx"
import type { Finding } from "./TrailHasher.ts"
import { type Verifications, verificationsOf } from "./Verifications.ts"
import { type VerifyRun, wordOf } from "./VerifyRun.ts"
import { iconOf } from "./VerifyStatus.tsx"
import "../event/Event.css"
import "./Verify.css"

const shownMax = 100

const about = {
  page: {
    title: "Here in this page",
    text: "Fetches every entry, hashes it in this browser and compares with the signed root. The server can hide nothing that changes the root.",
  },
  server: {
    title: "By the server",
    text: "The full verifier: tiles, changes of the key and the write-ahead log too. It runs where the trail lies, and is believed as far as that machine is.",
  },
} as const

const lookOf = ({ state, verdict }: VerifyRun): string => {
  if (state === "running") return "proof-verdict-running"
  if (verdict === "verified") return "proof-verdict-good"
  return verdict === "tampered" ? "proof-verdict-bad" : "proof-verdict-open"
}

const secondsOf = ({ endedMillis, startedMillis }: VerifyRun): string =>
  `${(((endedMillis ?? Date.now()) - startedMillis) / 1000).toFixed(1)} s`

const amountOf = (bytes: number): string =>
  bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} KB` : `${(bytes / 1e6).toFixed(1)} MB`

const Runner = ({
  by,
  verifications,
}: {
  readonly by: VerifyRun["by"]
  readonly verifications: Verifications
}) => {
  const run = useStore(verifications[by])
  const isRunning = run?.state === "running"
  const { text, title } = about[by]
  return (
    <section className="verify-card" aria-label={title}>
      <h3>{title}</h3>
      <p className="quiet">{text}</p>
      <p>
        {isRunning ? (
          <button type="button" onClick={() => verifications.stop(by)}>
            <Icon name="debug-stop" /> Stop
          </button>
        ) : (
          <button
            type="button"
            className={by === "page" ? "primary" : ""}
            onClick={() => verifications.start(by)}
          >
            <Icon name="play" /> {run === undefined ? "Verify" : "Verify again"}
          </button>
        )}
      </p>
      {run === undefined ? null : (
        <>
          <progress
            aria-label={`${title}: how far it is`}
            max={Math.max(1, run.size)}
            value={run.entries}
          />
          <p className="quiet">
            {run.entries.toLocaleString("en")} of {run.size.toLocaleString("en")} entries,{" "}
            {amountOf(run.bytes)}, {secondsOf(run)}
          </p>
          <div className={`proof-verdict ${lookOf(run)}`}>
            <Icon name={iconOf(run)} />
            <div>
              <strong>{wordOf(run)}</strong>
              {run.detail === "" ? null : `: ${visible(run.detail, 600)}`}
            </div>
          </div>
        </>
      )}
    </section>
  )
}

const Findings = ({
  findings,
  scene,
}: {
  readonly findings: ReadonlyArray<Finding>
  readonly scene: Scene
}) => (
  <table className="event-checks">
    <caption className="unseen">What was found</caption>
    <thead>
      <tr>
        <th scope="col">Entry</th>
        <th scope="col">Kind</th>
        <th scope="col">What was found</th>
        <th scope="col">File</th>
      </tr>
    </thead>
    <tbody>
      {findings.slice(0, shownMax).map(({ detail, index, kind, path }, at) => (
        <tr key={at}>
          <td>
            {index === null ? (
              "–"
            ) : (
              <button
                type="button"
                onClick={() =>
                  scene.workbench.open("event", { sequence: String(index), part: "proof" })
                }
              >
                Open entry {index.toLocaleString("en")}
              </button>
            )}
          </td>
          <td>{visible(kind, 40)}</td>
          <td>{visible(detail, 1000)}</td>
          <td className="mono">{visible(path, 300)}</td>
        </tr>
      ))}
    </tbody>
  </table>
)

const Outcome = ({ run, scene }: { readonly run: VerifyRun; readonly scene: Scene }) => (
  <>
    <h3>Segments, as {run.by === "page" ? "this page" : "the server"} finds them</h3>
    {run.segments.length === 0 ? (
      <p className="quiet">None was looked at yet.</p>
    ) : (
      <SegmentMap
        segments={run.segments}
        size={run.size}
        onOpen={(segment) => {
          const found = run.findings.find(
            ({ index }) => index !== null && Math.floor(index / 256) === segment,
          )
          const sequence = String(found?.index ?? segment * 256)
          scene.workbench.open("event", { sequence, part: "proof" })
        }}
      />
    )}
    {run.findings.length === 0 ? null : (
      <>
        <h3>Findings</h3>
        <Findings findings={run.findings} scene={scene} />
      </>
    )}
    {run.checks.length === 0 ? null : (
      <>
        <h3>The checkpoint</h3>
        <Checks checks={run.checks} />
      </>
    )}
    {run.notChecked.length === 0 ? null : (
      <>
        <h3>Not checked</h3>
        <ul>
          {run.notChecked.map((text, at) => (
            <li key={at}>{visible(text, 600)}</li>
          ))}
        </ul>
      </>
    )}
  </>
)

const VerifyView = ({ scene }: ViewProps) => {
  const verifications = verificationsOf(scene)
  const directory = useStorePart(scene.connection.about, (found) => found?.directory ?? ".")
  const newest = useStore(verifications.newest)
  const runs = { page: useStore(verifications.page), server: useStore(verifications.server) }
  const [chosen, setChosen] = useState<VerifyRun["by"] | undefined>(undefined)
  const run = chosen === undefined ? newest : (runs[chosen] ?? newest)
  return (
    <div className="event-view">
      <div className="tool-bar" role="toolbar" aria-label="Verify">
        <button
          type="button"
          onClick={() =>
            void scene.host.copy(`countersign verify ${directoryArgument(directory)}`).then(
              () => scene.workbench.notify("The command is copied"),
              () => scene.workbench.notify("The clipboard is not to be had here", "warning"),
            )
          }
        >
          <Icon name="terminal" /> Copy as command
        </button>
        {runs.page === undefined || runs.server === undefined ? null : (
          <label>
            Shown below{" "}
            <select
              value={run?.by}
              onChange={({ target }) => setChosen(target.value === "page" ? "page" : "server")}
            >
              <option value="page">what this page found</option>
              <option value="server">what the server found</option>
            </select>
          </label>
        )}
      </div>
      <div className="page verify-page" tabIndex={0} role="region" aria-label="Verification">
        <h2>Verify the whole trail</h2>
        <div className="verify-cards">
          <Runner by="page" verifications={verifications} />
          <Runner by="server" verifications={verifications} />
        </div>
        {run === undefined ? null : <Outcome run={run} scene={scene} />}
      </div>
    </div>
  )
}

export default VerifyView
