/** What can be done with what is shown: copy it as a command, save it, compare it. */
import type { FileSettings } from "@countersign/copybook/file/FileSettings"
import type { Parameters, Scene } from "../shell/Contribution.ts"
import { IconButton } from "../shell/IconButton.tsx"
import type { Codec } from "./Codec.ts"
import { decodeCommand, inspectCommand, unsaid } from "./Command.ts"
import { fieldRows, jsonLine } from "./Export.ts"
import type { ShownRecord } from "./Hooks.ts"

export interface LayoutActionsProps {
  readonly scene: Scene
  readonly parameters: Parameters
  readonly settings: FileSettings
  readonly copybook: string
  readonly data: string | undefined
  readonly codec: Codec | undefined
  readonly shown: ShownRecord | undefined
  readonly records: number
}

const copy = (
  { host, workbench }: Scene,
  { copybook, data, settings }: Pick<LayoutActionsProps, "copybook" | "data" | "settings">,
): void => {
  const command =
    data === undefined
      ? inspectCommand(copybook, settings)
      : decodeCommand(copybook, data, settings)
  const more = unsaid(settings)
  const note = more.length === 0 ? "" : `; ${more.join(" and ")} need an options file`
  void host.copy(command).then(
    () => workbench.notify(`The command is copied${note}`),
    () => workbench.notify(command, "warning"),
  )
}

export const LayoutActions = (props: LayoutActionsProps) => {
  const { codec, parameters, records, scene, shown } = props
  return (
    <span className="pane-actions">
      <IconButton icon="terminal" label="Copy as command" onClick={() => copy(scene, props)} />
      {shown === undefined || codec === undefined ? null : (
        <>
          <IconButton
            icon="json"
            label="Save the record as JSON"
            onClick={() =>
              scene.host.save(
                `record-${shown.record.number}.ndjson`,
                "application/x-ndjson",
                jsonLine(codec, shown.record),
              )
            }
          />
          <IconButton
            icon="table"
            label="Save the fields as CSV"
            onClick={() =>
              scene.host.save(
                `record-${shown.record.number}.csv`,
                "text/csv",
                fieldRows(shown.tree),
              )
            }
          />
          <IconButton
            icon="diff"
            label="Compare with another record"
            onClick={() =>
              scene.workbench.open("records", {
                ...parameters,
                other: parameters["data"] ?? "",
                against: String(Math.min(shown.record.number + 1, Math.max(0, records - 1))),
              })
            }
          />
        </>
      )}
    </span>
  )
}
