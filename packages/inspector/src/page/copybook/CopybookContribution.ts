import { lazy } from "react"
import type { Contribution } from "../shell/Contribution.ts"
import { CopybookSideBar } from "./CopybookSideBar.tsx"

const nameOf = (id: string | undefined): string => id?.slice(id.indexOf(":") + 1) ?? ""

const first = { copybook: "sample:bank-day.cpy", data: "sample:monday.dat" }

export const copybook: Contribution = {
  views: [
    {
      kind: "copybook",
      icon: "symbol-structure",
      title: ({ copybook: text, data }) =>
        [nameOf(text) || "Copybook", nameOf(data)].filter((name) => name !== "").join(" · "),
      identity: ["copybook", "data"],
      component: lazy(() => import("./CopybookRoom.ts").then(({ loadView }) => loadView())),
    },
    {
      kind: "records",
      icon: "diff",
      title: ({ data, other }) => `${nameOf(data)} ↔ ${nameOf(other)}`,
      identity: ["copybook", "data", "other"],
      component: lazy(() =>
        import("./CopybookRoom.ts").then(({ loadComparison }) => loadComparison()),
      ),
    },
  ],
  activities: [
    {
      id: "copybooks",
      title: "Copybooks",
      icon: "symbol-structure",
      keys: "Ctrl+Shift+K",
      sideBar: CopybookSideBar,
    },
  ],
  commands: [
    {
      id: "copybook.sample",
      title: "Copybooks: Open the sample of a bank's day",
      run: ({ workbench }) => workbench.open("copybook", first),
    },
  ],
  places: (typed) =>
    "copybook bank-day sample records cobol".includes(typed.toLowerCase())
      ? [
          {
            label: "Copybook: bank-day.cpy",
            detail: "A sample: records of a bank's day in EBCDIC",
            icon: "symbol-structure",
            open: ({ workbench }) => workbench.open("copybook", first),
          },
        ]
      : [],
}
