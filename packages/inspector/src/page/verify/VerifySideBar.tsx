/** Both verifications at a glance, and what they have found. */
import { useStore } from "../connection/Store.ts"
import type { Scene } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { type Verifications, verificationsOf } from "./Verifications.ts"
import type { VerifyRun } from "./VerifyRun.ts"
import { wordOf } from "./VerifyRun.ts"
import { iconOf } from "./VerifyStatus.tsx"
import "./Verify.css"

const titles = { page: "Here in this page", server: "By the server" } as const
const shownMax = 20

const One = ({
  by,
  scene,
  verifications,
}: {
  readonly by: VerifyRun["by"]
  readonly scene: Scene
  readonly verifications: Verifications
}) => {
  const run = useStore(verifications[by])
  const isRunning = run?.state === "running"
  return (
    <section className="verify-side" aria-label={titles[by]}>
      <h3>{titles[by]}</h3>
      {run === undefined ? (
        <p className="quiet">Not verified in this visit.</p>
      ) : (
        <p
          className={run.verdict === "tampered" ? "bad" : run.verdict === "verified" ? "good" : ""}
        >
          <Icon name={iconOf(run)} /> {wordOf(run)}
        </p>
      )}
      <button
        type="button"
        onClick={() => {
          scene.workbench.open("verify")
          if (isRunning) verifications.stop(by)
          else verifications.start(by)
        }}
      >
        {isRunning ? "Stop" : "Verify"}
      </button>
      {run === undefined || run.findings.length === 0 ? null : (
        <ul className="verify-side-findings">
          {run.findings.slice(0, shownMax).map(({ index, kind }, at) => (
            <li key={at}>
              {index === null ? (
                <span>{kind}</span>
              ) : (
                <button
                  type="button"
                  className="event-value"
                  onClick={() =>
                    scene.workbench.open("event", { sequence: String(index), part: "proof" })
                  }
                >
                  Entry {index.toLocaleString("en")}
                </button>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  )
}

export const VerifySideBar = ({ scene }: { readonly scene: Scene }) => {
  const verifications = verificationsOf(scene)
  return (
    <>
      <One by="page" scene={scene} verifications={verifications} />
      <One by="server" scene={scene} verifications={verifications} />
    </>
  )
}
