/** Source, layout and bytes, each of which shows what another is pointed at. */
import { useMemo } from "react"
import type { Parameters, Scene } from "../shell/Contribution.ts"
import { visible } from "../text/HostileText.ts"
import { BytesPane } from "./BytesPane.tsx"
import type { Understood } from "./Codec.ts"
import type { OpenCopybook, OpenData } from "./Documents.ts"
import type { RecordTree } from "./FieldTree.ts"
import { type ShownRecord, useCharacters } from "./Hooks.ts"
import { LayoutActions } from "./LayoutActions.tsx"
import { LayoutPane } from "./LayoutPane.tsx"
import { type Links, nodeOfPath } from "./Links.ts"
import type { Reading } from "./Reading.ts"
import { type IndexState } from "./RecordIndex.ts"
import { SourcePane } from "./SourcePane.tsx"
import { sourcePlaces } from "./SourcePlaces.ts"

export interface PanesProps {
  readonly scene: Scene
  readonly parameters: Parameters
  readonly copybook: OpenCopybook
  readonly data: OpenData | undefined
  readonly reading: Reading & Understood
  readonly shown: ShownRecord | undefined
  readonly tree: RecordTree | undefined
  readonly state: IndexState
  readonly links: Links
}

const nothingShown = ({ data, reading, state }: PanesProps): string => {
  if (data === undefined) return "No file with records is open."
  if (reading.codec === undefined) return "Records are read once the copybook has a layout."
  if (state.state !== "complete") return "The record is being read…"
  return state.records === 0
    ? "No record was found: look at the framing below."
    : `There are ${state.records} records, from 0.`
}

export const Panes = (props: PanesProps) => {
  const { copybook, data, links, parameters, reading, scene, shown, state, tree } = props
  const { codec, diagnostics, layout, settings } = reading
  const { lengthMax, lengthMin } = layout ?? {}
  const characters = useCharacters(settings.codePage ?? "cp037")
  const places = useMemo(
    () => (layout === undefined ? [] : sourcePlaces(layout, copybook.text)),
    [layout, copybook.text],
  )
  return (
    <div className="copybook-panes">
      <section className="copybook-source" aria-label="Source">
        <h3>{visible(copybook.name, 60)}</h3>
        <div className="pane-body">
          <SourcePane
            copybook={copybook}
            diagnostics={diagnostics}
            places={places}
            selected={links.selected?.field.path}
            hovered={links.hovered?.field.path}
            reveal={links.toSource}
            onSelect={(path) => {
              const node = nodeOfPath(tree, path, links.selected?.id)
              if (node !== undefined) links.select(node, "source")
            }}
            onHover={(path) =>
              links.hover(
                path === undefined ? undefined : nodeOfPath(tree, path, links.selected?.id),
              )
            }
          />
        </div>
      </section>
      <section className="copybook-layout" aria-label="Layout">
        <h3>
          {layout === undefined ? "Layout" : visible(layout.name, 60)}
          {layout === undefined ? null : (
            <span className="quiet">
              {" "}
              {lengthMin === lengthMax ? lengthMax : `${lengthMin} to ${lengthMax}`} bytes
            </span>
          )}
          <LayoutActions
            scene={scene}
            parameters={parameters}
            settings={settings}
            copybook={copybook.name}
            data={data?.name}
            codec={codec}
            shown={shown}
            records={state.records}
          />
        </h3>
        <div className="pane-body">
          {tree === undefined ? (
            <p className="quiet page">The copybook has no layout: see its findings below.</p>
          ) : (
            <LayoutPane
              tree={tree}
              hasRecord={shown !== undefined}
              selected={links.selected?.id}
              hovered={links.hovered?.id}
              reveal={links.toTree}
              onSelect={(node) => links.select(node, "tree")}
              onHover={(node) => links.hover(node)}
            />
          )}
        </div>
      </section>
      <section className="copybook-bytes" aria-label="Bytes">
        <h3>
          {data === undefined ? "Bytes" : visible(data.name, 60)}
          {shown === undefined ? null : (
            <span className="quiet"> record {shown.record.number}</span>
          )}
        </h3>
        <div className="pane-body">
          {shown === undefined ? (
            <p className="quiet page">{nothingShown(props)}</p>
          ) : (
            <BytesPane
              key={shown.record.number}
              label={`Bytes of record ${shown.record.number}`}
              shown={shown}
              characters={characters}
              selected={links.selected}
              hovered={links.hovered}
              reveal={links.toBytes}
              onPick={(node) => links.select(node, "bytes")}
              onHover={(node) => links.hover(node)}
            />
          )}
        </div>
      </section>
    </div>
  )
}
