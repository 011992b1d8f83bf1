/** The trail's verdict in the status bar: what, when and by whom. */
import { useStore } from "../connection/Store.ts"
import type { Scene } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { visible } from "../text/HostileText.ts"
import { verificationsOf } from "./Verifications.ts"
import { type VerifyRun, wordOf } from "./VerifyRun.ts"

const whoOf = ({ by }: VerifyRun): string => (by === "page" ? "here" : "by the server")

/** An hour and a minute, as the user's own clock has it. */
const timeOf = (millis: number): string =>
  new Date(millis).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" })

const textOf = (run: VerifyRun): string => {
  if (run.state === "running") {
    const percent = run.size === 0 ? 0 : Math.floor((run.entries / run.size) * 100)
    return `Verifying ${whoOf(run)}: ${percent} %`
  }
  return `${wordOf(run)} ${whoOf(run)}, ${timeOf(run.endedMillis ?? run.startedMillis)}`
}

export const iconOf = (run: VerifyRun): string => {
  if (run.state === "running") return "sync"
  if (run.verdict === "verified") return "verified-filled"
  return run.verdict === "tampered" ? "error" : "question"
}

export const VerifyStatus = ({ scene }: { readonly scene: Scene }) => {
  const run = useStore(verificationsOf(scene).newest)
  const isBad = run?.verdict === "tampered" && run.state !== "running"
  return (
    <button
      type="button"
      className={`status-item status-button${isBad ? " status-error" : ""}`}
      title={
        run === undefined ? "Nobody has verified the trail in this visit" : visible(run.detail, 600)
      }
      onClick={() => scene.workbench.open("verify")}
    >
      <Icon name={run === undefined ? "verified" : iconOf(run)} />{" "}
      {run === undefined ? "Not verified" : textOf(run)}
    </button>
  )
}
