/** What an editor loads. */
import * as vscode from "vscode"
import { type Active, start } from "./Activation.ts"

let active: Promise<Active> | undefined

export const activate = async (context: vscode.ExtensionContext): Promise<void> => {
  active = start({ editor: vscode, context })
  await active
}

export const deactivate = async (): Promise<void> => {
  await (await active)?.end()
}
