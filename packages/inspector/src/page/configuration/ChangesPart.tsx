/** Beside the text: what is wrong with it, what it would change, and what that would have meant. */
import { Icon } from "../shell/Icon.tsx"
import { visible } from "../text/HostileText.ts"
import type { PlannedChange, Prediction } from "./Preview.ts"
import type { YamlIssue } from "./YamlIssues.ts"

export interface ChangesPartProps {
  readonly issues: ReadonlyArray<YamlIssue>
  readonly changes: ReadonlyArray<PlannedChange>
  /** What is in force otherwise than the file says, before any change. */
  readonly standing: ReadonlyArray<PlannedChange>
  readonly predictions: ReadonlyArray<Prediction>
  readonly reveal: (issue: YamlIssue) => void
}

const Changes = ({ changes }: Pick<ChangesPartProps, "changes">) => (
  <ul className="yaml-changes">
    {changes.map(({ before, isLive, path, value }) => (
      <li key={path}>
        <Icon name={isLive ? "zap" : "debug-restart"} />{" "}
        <span className="mono">
          {path}: {visible(String(before), 80)} → {visible(String(value), 80)}
        </span>
        <div className={isLive ? "good" : "warn"}>
          {isLive ? "takes effect at once" : "waits for the next start"}
        </div>
      </li>
    ))}
  </ul>
)

const Standing = ({ standing }: Pick<ChangesPartProps, "standing">) =>
  standing.length === 0 ? null : (
    <>
      <h3>Otherwise than the file says already</h3>
      <ul className="quiet">
        {standing.map(({ before, path, value }) => (
          <li key={path}>
            <span className="mono">
              {path}: {visible(String(before), 80)}
            </span>
            , where the file, or its default, says {visible(String(value), 80)}
          </li>
        ))}
      </ul>
      <p className="quiet">
        The program or its environment decides these, or the file was not read since it said so.
      </p>
    </>
  )

export const ChangesPart = (props: ChangesPartProps) => (
  <section className="yaml-side" aria-label="What the text would do" tabIndex={0}>
    {props.issues.length > 0 ? (
      <>
        <h2>
          {props.issues.length} {props.issues.length === 1 ? "problem" : "problems"}
        </h2>
        <ul className="yaml-issues">
          {props.issues.map((issue, index) => (
            <li key={index}>
              <button type="button" className="yaml-issue" onClick={() => props.reveal(issue)}>
                <Icon name="error" /> <strong>Line {issue.line}</strong>{" "}
                {visible(issue.message, 400)}
              </button>
            </li>
          ))}
        </ul>
      </>
    ) : (
      <>
        <h2>{props.changes.length === 0 ? "Nothing would change" : "What would change"}</h2>
        {props.changes.length === 0 ? (
          <p className="quiet">
            Against what is in force, the environment’s and the program’s own words aside: they are
            stronger than the file.
          </p>
        ) : (
          <Changes changes={props.changes} />
        )}
        <Standing standing={props.standing} />
        {props.predictions.map(({ assumes, isComfortable, says, title }) => (
          <div key={title} className="yaml-prediction">
            <h3>
              <Icon name={isComfortable ? "pass" : "warning"} /> {title}
            </h3>
            <p>{says}</p>
            <p className="quiet">Assumed: {assumes}</p>
          </div>
        ))}
      </>
    )}
  </section>
)
