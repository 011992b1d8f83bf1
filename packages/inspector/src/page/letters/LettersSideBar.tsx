/** How many records each sink has refused, and the way to them. */
import { useStorePart } from "../connection/Store.ts"
import type { Scene } from "../shell/Contribution.ts"
import { visible } from "../text/HostileText.ts"
import { Tree } from "../tree/Tree.tsx"

export const LettersSideBar = ({ scene }: { readonly scene: Scene }) => {
  const sinks = useStorePart(scene.connection.shown, (frame) => frame?.snapshot.sinks)
  const open = (id: string, isBeside: boolean) =>
    scene.workbench.open("letters", id === "" ? {} : { sink: id }, { isBeside })
  if (sinks === undefined || sinks.length === 0) {
    return (
      <div className="page">
        <p className="quiet">
          {sinks === undefined
            ? "What sinks refused lies beside the trail; it is read when you open it."
            : "This engine has no sinks."}
        </p>
        <button type="button" onClick={() => open("", false)}>
          Show refused records
        </button>
      </div>
    )
  }
  const all = sinks.reduce((sum, { openLetters }) => sum + openLetters, 0)
  return (
    <Tree
      label="Sinks"
      onOpen={open}
      nodes={[
        { id: "", label: `All sinks, ${all} refused`, icon: "mail" },
        ...sinks.map(({ openLetters, sink }) => ({
          id: sink,
          label: `${visible(sink, 64)}, ${openLetters} refused`,
          icon: openLetters > 0 ? "warning" : "pass",
        })),
      ]}
    />
  )
}
