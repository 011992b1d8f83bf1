/** The side bar: what is open, and what can be. */
import { useStore, useStorePart } from "../connection/Store.ts"
import type { Scene } from "../shell/Contribution.ts"
import { visible } from "../text/HostileText.ts"
import { Tree, type TreeNode } from "../tree/Tree.tsx"
import { documents, openFiles } from "./Documents.ts"
import { samples } from "./Sample.ts"
import { useServerFiles } from "./ServerFiles.ts"
import { OpenFiles } from "./OpenFiles.tsx"

interface Named {
  readonly id: string
  readonly name: string
}

const group = (
  id: string,
  label: string,
  icon: string,
  all: ReadonlyArray<Named>,
): ReadonlyArray<TreeNode> =>
  all.length === 0
    ? []
    : [
        {
          id,
          label,
          children: all.map((one) => ({ id: one.id, label: visible(one.name, 80), icon })),
        },
      ]

const own = <A extends Named>(all: ReadonlyArray<A>): ReadonlyArray<A> =>
  all.filter(({ id }) => id.startsWith("own:"))

const CopybookFiles = ({ scene }: { readonly scene: Scene }) => {
  const copybooks = useStore(documents.copybooks)
  const data = useStore(documents.data)
  const active = useStorePart(scene.workbench.active, (link) =>
    link?.kind === "copybook" ? link.parameters : undefined,
  )
  const server = useServerFiles(scene)
  const sampleData = samples.flatMap((sample) => sample.data)
  const nodes = [
    ...group("copybooks", "Copybooks", "symbol-structure", [
      ...own(copybooks),
      ...server.filter(({ kind }) => kind === "copybook"),
    ]),
    ...group("data", "Files with records", "file-binary", [
      ...own(data),
      ...server.filter(({ kind }) => kind === "data"),
    ]),
    {
      id: "samples",
      label: "Samples",
      children: [
        ...samples.map(({ name }) => ({
          id: `sample:${name}`,
          label: name,
          icon: "symbol-structure",
        })),
        ...sampleData.map(({ name }) => ({
          id: `sample:${name}`,
          label: name,
          icon: "file-binary",
        })),
      ],
    },
  ]
  const isData = (id: string): boolean =>
    data.some((one) => one.id === id) ||
    sampleData.some(({ name }) => id === `sample:${name}`) ||
    server.some((one) => one.id === id && one.kind === "data")
  const show = (id: string) => {
    if (!id.includes(":")) return
    const { workbench } = scene
    if (!isData(id)) {
      const first = samples.find(({ name }) => id === `sample:${name}`)?.data[0]
      const beside = first === undefined ? (active?.["data"] ?? "") : `sample:${first.name}`
      return workbench.open("copybook", { copybook: id, data: beside })
    }
    const sample = samples.find((one) => one.data.some(({ name }) => id === `sample:${name}`))
    const known = sample === undefined ? active?.["copybook"] : `sample:${sample.name}`
    const [last] = copybooks.slice(-1)
    workbench.open("copybook", { copybook: known ?? last?.id ?? "", data: id })
  }
  return (
    <div className="copybook-files">
      <div className="tool-bar">
        <OpenFiles
          open={(chosen) => {
            void openFiles(chosen).then(({ copybook = "", data: records = "" }) => {
              if (copybook !== "" || records !== "")
                scene.workbench.open("copybook", {
                  copybook: copybook === "" ? (active?.["copybook"] ?? "") : copybook,
                  data: records === "" ? (active?.["data"] ?? "") : records,
                })
            })
          }}
        />
      </div>
      <Tree
        label="Copybooks and files"
        nodes={nodes}
        selected={active?.["data"] ?? active?.["copybook"]}
        onOpen={show}
      />
    </div>
  )
}

export default CopybookFiles
