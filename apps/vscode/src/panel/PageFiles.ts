/** The built page, as the extension brings it. */
import type * as vscode from "vscode"
import type { Editor } from "../Editor.ts"

export interface PageFiles {
  readonly root: vscode.Uri
  readonly index: string
  /** What threads are made of: a webview starts none from a file. */
  readonly workers: ReadonlyMap<string, string>
}

/** As the build calls the modules that threads are made of. */
const workerName = /(?:Worker|Thread)-[\w-]{8,}\.js$/

const textOf = async ({ workspace }: Editor, file: vscode.Uri): Promise<string> =>
  Buffer.from(await workspace.fs.readFile(file)).toString("utf8")

export const readPage = async (editor: Editor, root: vscode.Uri): Promise<PageFiles> => {
  const assets = editor.Uri.joinPath(root, "assets")
  const names = await editor.workspace.fs.readDirectory(assets)
  const workers = names
    .map(([name]) => name)
    .filter((name) => workerName.test(name))
    .map(async (name) => {
      const text = await textOf(editor, editor.Uri.joinPath(assets, name))
      return [name, text] as const
    })
  return {
    root,
    index: await textOf(editor, editor.Uri.joinPath(root, "index.html")),
    workers: new Map(await Promise.all(workers)),
  }
}
