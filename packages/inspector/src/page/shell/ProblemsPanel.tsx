/** What is wrong now, and where more of it is to be seen. */
import { Fragment } from "react"
import { visible } from "../text/HostileText.ts"
import type { Scene } from "./Contribution.ts"
import { Icon } from "./Icon.tsx"
import { countsInWords, countsOf } from "./Problems.ts"
import { useCalm, useProblems } from "./Problematic.ts"

const lengthMax = 400

const ProblemsPanel = ({ scene }: { readonly scene: Scene }) => {
  const problems = useProblems(scene)
  const { isGood, words } = useCalm(scene)
  if (problems.length === 0) {
    return (
      <p className="panel-empty">
        <Icon name={isGood ? "pass" : "question"} /> {words}
      </p>
    )
  }
  return (
    <Fragment>
      <p className="unseen">{countsInWords(countsOf(problems))}</p>
      <ul className="problems">
        {problems.map(({ detail, id, link, severity, title }) => (
          <li key={id}>
            <button
              type="button"
              className="problem"
              onClick={() => {
                if (scene.workbench.openLink(link)) scene.workbench.focusActive()
              }}
            >
              <span className={severity === "error" ? "bad" : "warn"}>
                <Icon name={severity} />
                <span className="unseen">{severity}: </span>
              </span>
              <span className="problem-title">{visible(title, lengthMax)}</span>
              <span className="problem-detail quiet">{visible(detail, lengthMax)}</span>
            </button>
          </li>
        ))}
      </ul>
    </Fragment>
  )
}

export default ProblemsPanel
