/** The room's side bar, loaded when it is shown first. */
import { Suspense, lazy } from "react"
import type { Scene } from "../shell/Contribution.ts"

const CopybookFiles = lazy(() =>
  import("./CopybookRoom.ts").then(({ loadSideBar }) => loadSideBar()),
)

export const CopybookSideBar = ({ scene }: { readonly scene: Scene }) => (
  <Suspense fallback={<p className="quiet page">Loading…</p>}>
    <CopybookFiles scene={scene} />
  </Suspense>
)
