/** What is loaded when somebody opens the room: first what the codec needs, then the codec. */
import { installBuffer } from "./PageBuffer.ts"

/** The tables of code pages are as large as all the rest, and so a piece that comes beside it. */
const withTables = async <A>(load: () => Promise<A>): Promise<A> => {
  installBuffer()
  const [room] = await Promise.all([load(), import("@countersign/copybook/charset/CodePages")])
  return room
}

export const loadView = () => withTables(() => import("./CopybookView.tsx"))
export const loadComparison = () => withTables(() => import("./CompareView.tsx"))
export const loadSideBar = () => withTables(() => import("./CopybookFiles.tsx"))
