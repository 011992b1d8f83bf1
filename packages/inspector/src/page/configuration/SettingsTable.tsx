/** Each field in force, what it means, and whether it can change while the engine runs. */
import { useDeferredValue, useId, useState } from "react"
import { useStore } from "../connection/Store.ts"
import { IntentDialog, readOnlyReason } from "../intent/IntentDialog.tsx"
import type { Scene } from "../shell/Contribution.ts"
import { Icon } from "../shell/Icon.tsx"
import { IconButton } from "../shell/IconButton.tsx"
import { visible } from "../text/HostileText.ts"
import type { SettingShown } from "./UseSettings.ts"

export interface SettingsTableProps {
  readonly scene: Scene
  readonly settings: ReadonlyArray<SettingShown>
  readonly search: string
  readonly changed: () => void
}

type Value = SettingShown["value"]

/** What is typed for a field, as a value of the field's own kind. */
const valueOf = (before: Value, typed: string): Value => {
  if (typeof before === "number") return typed.trim() === "" ? Number.NaN : Number(typed)
  return typeof before === "boolean" ? typed === "true" : typed
}

/** Meanings mark code as the tables of the documentation do. */
const inWords = (meaning: string) =>
  meaning
    .split("`")
    .map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>))

const ChangeDialog = ({
  changed,
  close,
  scene,
  setting,
}: {
  readonly scene: Scene
  readonly setting: SettingShown
  readonly close: () => void
  readonly changed: () => void
}) => {
  const [typed, setTyped] = useState(String(setting.value))
  const id = useId()
  const { path, value: before } = setting
  const value = valueOf(before, typed)
  return (
    <IntentDialog
      scene={scene}
      title={`Change ${path}`}
      act="Change it"
      close={close}
      perform={async (intent) => {
        if (value === before || Number.isNaN(value)) {
          throw new Error("give another value than the one in force")
        }
        await scene.connection.ask((client) => client.Configure({ path, value, intent }))
        changed()
        scene.workbench.notify(`${path} is ${String(value)} now`)
      }}
    >
      <p>{inWords(setting.meaning)}</p>
      <label htmlFor={id}>New value</label>
      {typeof before === "boolean" ? (
        <select id={id} value={typed} onChange={(event) => setTyped(event.target.value)}>
          <option>true</option>
          <option>false</option>
        </select>
      ) : (
        <input
          id={id}
          inputMode={typeof before === "number" ? "decimal" : "text"}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
        />
      )}
      <p>
        <span className="mono">
          {path}: {visible(String(before), 100)} → {visible(typed, 100)}
        </span>
        , at once, and until the next reload or start: the file stays as it is.
      </p>
    </IntentDialog>
  )
}

export const SettingsTable = ({ changed, scene, search, settings }: SettingsTableProps) => {
  const [changing, setChanging] = useState<SettingShown | undefined>(undefined)
  const readOnly = readOnlyReason(useStore(scene.connection.about))
  const wanted = useDeferredValue(search).trim().toLowerCase()
  const shown = settings.filter(({ meaning, path, value }) =>
    `${path} ${String(value)} ${meaning}`.toLowerCase().includes(wanted),
  )
  return (
    <div className="configuration-scroll" tabIndex={0} role="region" aria-label="Settings in force">
      <p className="quiet configuration-note">
        {shown.length} of {settings.length} fields.{" "}
        {readOnly === undefined ? "Each change is recorded with who made it and why." : readOnly}
      </p>
      <table className="settings">
        <caption className="unseen">Settings in force</caption>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Value</th>
            <th scope="col">Takes effect</th>
            <th scope="col">Meaning</th>
          </tr>
        </thead>
        <tbody>
          {shown.map((setting) => (
            <tr key={setting.path}>
              <th scope="row" className="mono">
                {setting.path}
              </th>
              <td className="mono">
                {setting.value === "(redacted)" ? (
                  <span className="quiet">
                    <Icon name="lock" /> redacted
                  </span>
                ) : (
                  visible(String(setting.value), 200)
                )}
              </td>
              <td className="settings-effect">
                {setting.isLive ? (
                  <span className="good">
                    <Icon name="zap" /> live
                  </span>
                ) : (
                  <span className="quiet">
                    <Icon name="debug-restart" /> next start
                  </span>
                )}
                {setting.isLive && readOnly === undefined ? (
                  <IconButton
                    icon="edit"
                    label={`Change ${setting.path}`}
                    onClick={() => setChanging(setting)}
                  />
                ) : null}
              </td>
              <td>{inWords(setting.meaning)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {changing === undefined ? null : (
        <ChangeDialog
          scene={scene}
          setting={changing}
          changed={changed}
          close={() => setChanging(undefined)}
        />
      )}
    </div>
  )
}
