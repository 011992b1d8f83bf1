/** The file's text: judged while it is written, compared with what holds, and applied as a whole. */
import type { ConfigurationText } from "@countersign/monitor/protocol/ConfigurationFile"
import { useDeferredValue, useEffect, useMemo, useState } from "react"
import { useStore } from "../connection/Store.ts"
import { DiffEditor } from "../editor/DiffEditor.tsx"
import { Editor, type EditorProps } from "../editor/Editor.tsx"
import { useEvery } from "../engine/Shown.ts"
import { IntentDialog, readOnlyReason, refusalOf } from "../intent/IntentDialog.tsx"
import type { Scene } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { visible } from "../text/HostileText.ts"
import { ChangesPart } from "./ChangesPart.tsx"
import { draftOf } from "./Draft.ts"
import { differences, predictions, secretChanges } from "./Preview.ts"
import type { SettingShown } from "./UseSettings.ts"
import { suggestYaml } from "./YamlCompletion.ts"
import { judgeYaml } from "./YamlIssues.ts"

export interface ConfigurationEditorProps {
  readonly scene: Scene
  readonly settings: ReadonlyArray<SettingShown>
  readonly isVisible: boolean
  readonly changed: () => void
}

/** Predictions of ten minutes are as good a second later. Units: milliseconds. */
const predictedMillis = 1000

interface Loaded {
  readonly file: ConfigurationText | undefined
  /** Why there is no file. */
  readonly problem: string
}

/** The file, where it may be seen: that is where it may be changed. */
const useFile = (scene: Scene, isWritable: boolean, turn: number): Loaded | undefined => {
  const [loaded, setLoaded] = useState<Loaded | undefined>(undefined)
  useEffect(() => {
    if (!isWritable) {
      setLoaded({ file: undefined, problem: "" })
      return undefined
    }
    const abort = new AbortController()
    scene.connection
      .ask((client) => client.ConfigurationFile(), abort.signal)
      .then(
        (file) => setLoaded({ file, problem: "" }),
        (error: unknown) => {
          if (!abort.signal.aborted) setLoaded({ file: undefined, problem: refusalOf(error) })
        },
      )
    return () => abort.abort()
  }, [scene, isWritable, turn])
  return loaded
}

/** What is typed is the editor's own: a text that comes back later than the next key would undo it. */
const OpenEditor = ({ text, ...props }: EditorProps) => {
  const [opened] = useState(text)
  return <Editor {...props} text={opened} />
}

/** Asks once more where the file could not be had and the connection stands again. */
const useRetry = (loaded: Loaded | undefined, about: object | undefined, retry: () => void) => {
  const hasFailed = loaded !== undefined && loaded.problem !== ""
  useEffect(() => {
    if (hasFailed) retry()
    // What was asked in vain is asked again by another connection, and by nothing else.
  }, [about])
}

const ConfigurationEditor = (props: ConfigurationEditorProps) => {
  const { changed, isVisible, scene, settings } = props
  const about = useStore(scene.connection.about)
  const readOnly = readOnlyReason(about)
  const [turn, setTurn] = useState(0)
  const loaded = useFile(scene, readOnly === undefined, turn)
  useRetry(loaded, about, () => setTurn((last) => last + 1))
  const [edited, setEdited] = useState<string | undefined>(undefined)
  const [isDiff, setDiff] = useState(false)
  const [isApplying, setApplying] = useState(false)
  const [reveal, setReveal] = useState<EditorProps["reveal"]>(undefined)
  const history = useEvery(scene.connection.history, isVisible, predictedMillis)
  const file = loaded?.file
  const before = useMemo(() => file?.yaml ?? draftOf(settings), [file, settings])
  const text = edited ?? before
  const directory = String(settings.find(({ path }) => path === "directory")?.value ?? "./trail")
  const judgedText = useDeferredValue(text)
  const { config, issues } = useMemo(
    () => judgeYaml(judgedText, directory),
    [judgedText, directory],
  )
  const filed = useMemo(
    () => (file === undefined ? undefined : judgeYaml(file.yaml, directory).config),
    [file, directory],
  )
  const { changes, standing } = useMemo(() => {
    if (config === undefined) return { changes: [], standing: [] }
    const found = differences(settings, filed, config)
    return { ...found, changes: [...found.changes, ...secretChanges(filed, config)] }
  }, [config, filed, settings])
  const diagnostics = useMemo(
    () => issues.map((issue) => ({ ...issue, severity: "error" as const })),
    [issues],
  )
  if (loaded === undefined || settings.length === 0) return <p className="quiet page">Asking…</p>
  const isEdited = text !== before
  const canApply = file !== undefined && isEdited && config !== undefined
  const startAgain = () => {
    setEdited(undefined)
    setReveal(undefined)
    setTurn((last) => last + 1)
  }
  return (
    <div className="yaml">
      <div className="tool-bar">
        <span className="yaml-name">
          <Icon name="file" />{" "}
          {file === undefined ? "A draft of what is in force" : visible(file.path, 200)}
          {isEdited ? " (changed)" : ""}
        </span>
        <button
          type="button"
          aria-pressed={isDiff}
          className={isDiff ? "primary" : ""}
          onClick={() => setDiff(!isDiff)}
        >
          Compare
        </button>
        <button type="button" disabled={!isEdited} onClick={startAgain}>
          Start again
        </button>
        <button
          type="button"
          className="primary"
          disabled={!canApply}
          onClick={() => setApplying(true)}
        >
          Apply…
        </button>
      </div>
      {file === undefined ? (
        <p className="quiet configuration-note">
          <Icon name="lock" /> {readOnly ?? visible(loaded.problem, 400)}. What you write here is
          judged, and stays here.
        </p>
      ) : null}
      <div className="yaml-body">
        <div className="yaml-editor">
          {isDiff ? (
            <DiffEditor
              language="yaml"
              before={{ name: file === undefined ? "In force" : "In the file", text: before }}
              after={{ name: "As changed here", text }}
            />
          ) : (
            <OpenEditor
              key={`${turn} ${before}`}
              text={text}
              language="yaml"
              label="Configuration"
              diagnostics={diagnostics}
              suggest={suggestYaml}
              reveal={reveal}
              onChange={setEdited}
            />
          )}
        </div>
        <ChangesPart
          issues={issues}
          changes={changes}
          standing={standing}
          predictions={config === undefined ? [] : predictions(history, changes, config)}
          reveal={({ from, to }) => {
            setDiff(false)
            setReveal({ from, to, isFocused: true })
          }}
        />
      </div>
      {isApplying && file !== undefined ? (
        <IntentDialog
          scene={scene}
          title="Apply the configuration"
          act="Write the file and reload"
          close={() => setApplying(false)}
          perform={async (intent) => {
            const { kept } = await scene.connection.ask((client) =>
              client.WriteConfiguration({ yaml: text, expectedHash: file.hash, intent }),
            )
            startAgain()
            changed()
            scene.workbench.notify(`Written and read by the engine; the text before is ${kept}`)
          }}
        >
          <p>
            Writes <span className="mono">{visible(file.path, 200)}</span>, keeps the text that is
            there now beside it, and has the engine read it.
          </p>
          <ul>
            {changes.map(({ before: from, isLive, path, value }) => (
              <li key={path}>
                <span className="mono">
                  {path}: {visible(String(from), 80)} → {visible(String(value), 80)}
                </span>
                {isLive ? ", at once" : ", with the next start"}
              </li>
            ))}
            {changes.length === 0 ? <li>No field changes its value.</li> : null}
          </ul>
        </IntentDialog>
      ) : null}
    </div>
  )
}

export default ConfigurationEditor
