import { lazy } from "react"
import type { Contribution, Scene } from "../shell/Contribution.ts"
import { verificationsOf } from "./Verifications.ts"
import { VerifySideBar } from "./VerifySideBar.tsx"
import { VerifyStatus } from "./VerifyStatus.tsx"
import type { VerifyRun } from "./VerifyRun.ts"

const begin = (by: VerifyRun["by"]) => (scene: Scene) => {
  scene.workbench.open("verify")
  verificationsOf(scene).start(by)
}

export const verify: Contribution = {
  views: [
    {
      kind: "verify",
      icon: "verified",
      title: () => "Verify",
      identity: [],
      component: lazy(() => import("./VerifyView.tsx")),
    },
  ],
  activities: [{ id: "verify", title: "Verify", icon: "verified", sideBar: VerifySideBar }],
  commands: [
    { id: "verify.page", title: "Verify: The whole trail, here in this page", run: begin("page") },
    { id: "verify.server", title: "Verify: The whole trail, by the server", run: begin("server") },
  ],
  statusLeft: [VerifyStatus],
}
