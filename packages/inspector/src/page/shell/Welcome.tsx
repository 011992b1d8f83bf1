/** The first tab: what this is, whether it holds, what is wrong, and where to go. */
import { useStore } from "../connection/Store.ts"
import { visible } from "../text/HostileText.ts"
import { type ThemeChoice, chooseTheme, themeChoice } from "../theme/Theme.ts"
import type { Scene, ViewProps } from "./Contribution.ts"
import { views } from "./Contributions.ts"
import { Icon } from "./Icon.tsx"
import { KeyHint } from "./KeyHint.tsx"
import { recentPlaces } from "./Places.ts"
import { useCalm, useProblems } from "./Problematic.ts"
import { countsInWords, countsOf } from "./Problems.ts"
import { type TimeZone, chooseTimeZone, formatSpan, formatTime, timeZone } from "./TimeFormat.ts"

const textMax = 300
const problemsShown = 4
const recentShown = 6
const counted = new Intl.NumberFormat("en")

const Fact = ({
  children,
  name,
}: {
  readonly name: string
  readonly children: React.ReactNode
}) => (
  <div>
    <dt>{name}</dt>
    <dd>{children}</dd>
  </div>
)

const Trail = ({ scene }: { readonly scene: Scene }) => {
  const about = useStore(scene.connection.about)
  const frame = useStore(scene.connection.frame)
  useStore(timeZone)
  if (about === undefined) return null
  const { over, pid, startedMillis } = about
  return (
    <div className="welcome-part">
      <h2>This trail</h2>
      <dl>
        <Fact name="Name">
          {about.origin === "" ? "none yet: nothing is signed" : visible(about.origin, textMax)}
        </Fact>
        <Fact name="Directory">
          <span className="mono">{visible(about.directory, textMax)}</span>
        </Fact>
        <Fact name="Shown from">
          {over === "engine"
            ? `the engine in process ${pid}, running since ${formatTime(startedMillis)}`
            : "the files alone; no engine is asked"}
        </Fact>
        {frame === undefined ? null : (
          <Fact name="Events">
            {counted.format(frame.snapshot.engine.publishedSize)} published,{" "}
            {counted.format(
              Math.max(0, frame.snapshot.engine.durableSize - frame.snapshot.engine.publishedSize),
            )}{" "}
            durable and not yet signed
          </Fact>
        )}
        <Fact name="Key">
          <span className="mono">
            {about.verifierKey === ""
              ? "nobody knows it here"
              : visible(about.verifierKey, textMax)}
          </span>
        </Fact>
        <Fact name="Changes">
          {about.isWritable
            ? "allowed: each is recorded with who and why"
            : "none: this page only looks"}
        </Fact>
      </dl>
    </div>
  )
}

const NoConnection = ({ scene }: { readonly scene: Scene }) => {
  const state = useStore(scene.connection.state)
  if (state._tag === "Live") return null
  if (!("detail" in state)) return <p role="status">Connecting…</p>
  return (
    <p className="welcome-lost">
      <Icon name="debug-disconnect" /> Not connected: {state.detail}.{" "}
      {state._tag === "Stale" ? "The page tries again by itself." : ""}
    </p>
  )
}

const verdictWords = (scene: Scene): string => {
  const said = scene.connection.frame.get()?.snapshot.engine.verification
  if (said === undefined || said === null) return "Nobody has verified this trail in this run."
  const age = formatSpan(Date.now() - said.atMillis)
  return `The engine's last verification said “${said.verdict}”, ${age} ago. Check it here as well.`
}

interface Step {
  readonly kind: string
  readonly icon: string
  readonly label: string
  readonly words: (scene: Scene) => string
}

const steps: ReadonlyArray<Step> = [
  { kind: "verify", icon: "verified", label: "Verify the whole trail", words: verdictWords },
  {
    kind: "events",
    icon: "list-flat",
    label: "Look through the events",
    words: () => "Filter, follow live, open one and check its proof in this page.",
  },
  {
    kind: "engine",
    icon: "server-process",
    label: "See the engine at work",
    words: () => "What runs, what waits on what, and why.",
  },
  {
    kind: "copybook",
    icon: "file-binary",
    label: "Read records by a copybook",
    words: () => "Fields and bytes side by side.",
  },
]

const Steps = ({ scene }: { readonly scene: Scene }) => {
  useStore(scene.connection.frame)
  const about = useStore(scene.connection.about)
  const there = steps.filter(({ kind }) => views.has(kind) && isHere(kind, about?.over))
  if (there.length === 0) return null
  return (
    <div className="welcome-part">
      <h2>Begin</h2>
      <ul className="welcome-steps">
        {there.map(({ icon, kind, label, words }) => (
          <li key={kind}>
            <button
              type="button"
              onClick={() => {
                scene.workbench.open(kind)
                scene.workbench.focusActive()
              }}
            >
              <Icon name={icon} />
              <span>
                <strong>{label}</strong>
                <span className="quiet">{words(scene)}</span>
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

const isHere = (kind: string, over: string | undefined): boolean =>
  kind !== "engine" || over !== "directory"

const Wrong = ({ scene }: { readonly scene: Scene }) => {
  const problems = useProblems(scene)
  const { isGood, words } = useCalm(scene)
  return (
    <div className="welcome-part">
      <h2>What is wrong now</h2>
      {problems.length === 0 ? (
        <p>
          <span className={isGood ? "good" : "quiet"}>
            <Icon name={isGood ? "pass" : "question"} />
          </span>{" "}
          {words}
        </p>
      ) : (
        <>
          <ul className="welcome-problems">
            {problems.slice(0, problemsShown).map(({ id, severity, title }) => (
              <li key={id}>
                <span className={severity === "error" ? "bad" : "warn"}>
                  <Icon name={severity} />
                </span>{" "}
                {visible(title, textMax)}
              </li>
            ))}
          </ul>
          <button type="button" onClick={() => scene.workbench.showPanel("problems")}>
            Show {countsInWords(countsOf(problems))}
          </button>
        </>
      )}
    </div>
  )
}

const Recently = ({ scene }: { readonly scene: Scene }) => {
  const links = useStore(scene.workbench.recentLinks)
  const places = recentPlaces(
    links.filter((link) => link !== "welcome"),
    views,
  ).slice(0, recentShown)
  if (places.length === 0) return null
  return (
    <div className="welcome-part">
      <h2>Recently</h2>
      <ul className="welcome-recent">
        {places.map((place) => (
          <li key={`${place.label} ${place.detail}`}>
            <button
              type="button"
              className="link-button"
              onClick={() => {
                place.open(scene)
                scene.workbench.focusActive()
              }}
            >
              <Icon name={place.icon} /> {visible(place.label, textMax)}{" "}
              <span className="quiet">
                {visible(place.detail.replace(/^recent(?: · )?/, ""), 80)}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  )
}

const themes: ReadonlyArray<readonly [ThemeChoice, string]> = [
  ["system", "As the system prefers"],
  ["dark", "Dark"],
  ["light", "Light"],
  ["contrast", "High contrast"],
]

const Settings = ({ scene }: { readonly scene: Scene }) => {
  const theme = useStore(themeChoice)
  const zone = useStore(timeZone)
  return (
    <div className="welcome-part">
      <h2>Settings</h2>
      <div className="welcome-settings">
        {scene.host.kind === "browser" ? (
          <label>
            Theme
            <select
              value={theme}
              onChange={({ target: { value } }) => {
                const found = themes.find(([choice]) => choice === value)
                if (found !== undefined) chooseTheme(scene.host, found[0])
              }}
            >
              {themes.map(([choice, title]) => (
                <option key={choice} value={choice}>
                  {title}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        <label>
          Times
          <select
            value={zone}
            onChange={({ target: { value } }) => {
              const chosen: TimeZone = value === "local" ? "local" : "utc"
              chooseTimeZone(scene.host, chosen)
            }}
          >
            <option value="utc">UTC</option>
            <option value="local">Clock of this machine</option>
          </select>
        </label>
      </div>
    </div>
  )
}

const Welcome = ({ scene }: ViewProps) => (
  <div className="welcome">
    <h1>Countersign</h1>
    <p className="quiet">
      Looks into an audit trail, and checks in this page what it is shown.{" "}
      <KeyHint command="palette.open" scene={scene} /> opens a view or an event,{" "}
      <KeyHint command="palette.commands" scene={scene} /> runs a command, <kbd>?</kbd> shows all
      keys.
    </p>
    <NoConnection scene={scene} />
    <div className="welcome-columns">
      <div>
        <Steps scene={scene} />
        <Recently scene={scene} />
      </div>
      <div>
        <Wrong scene={scene} />
        <Trail scene={scene} />
        <Settings scene={scene} />
      </div>
    </div>
  </div>
)

export default Welcome
