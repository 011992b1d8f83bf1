/** What is loaded when somebody opens the room: first what the codec needs, then the codec. */
import { installBuffer } from "./PageBuffer.ts"

export const loadView = () => {
  installBuffer()
  return import("./CopybookView.tsx")
}

export const loadComparison = () => {
  installBuffer()
  return import("./CompareView.tsx")
}

export const loadSideBar = () => {
  installBuffer()
  return import("./CopybookFiles.tsx")
}
