/**
 * The editor's own module, as a value that is handed on. It exists inside of an editor alone, so
 * only `Extension.ts` imports it; tests hand on one of their own.
 */
import type * as vscode from "vscode"

export type Editor = typeof vscode
