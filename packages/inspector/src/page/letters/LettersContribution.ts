/** What sinks refused, and what is to become of it. */
import { lazy } from "react"
import { useStorePart } from "../connection/Store.ts"
import type { Contribution } from "../shell/Contribution.ts"
import { LettersSideBar } from "./LettersSideBar.tsx"

export const letters: Contribution = {
  views: [
    {
      kind: "letters",
      icon: "mail",
      title: () => "Dead letters",
      identity: [],
      component: lazy(() => import("./LettersView.tsx")),
    },
  ],
  activities: [
    {
      id: "letters",
      title: "Dead letters",
      icon: "mail",
      sideBar: LettersSideBar,
      useBadge: ({ connection }) =>
        useStorePart(connection.shown, (frame) => {
          const open = (frame?.snapshot.sinks ?? []).reduce(
            (sum, sink) => sum + sink.openLetters,
            0,
          )
          return open === 0 ? undefined : String(open)
        }),
    },
  ],
  commands: [
    {
      id: "letters.open",
      title: "Dead letters: Show refused records",
      run: ({ workbench }) => workbench.open("letters"),
    },
  ],
}
