/** Read-only documents over a trail: events, their canonical bytes, proofs and second copies. */
import type * as vscode from "vscode"
import type { Editor } from "../Editor.ts"
import type { Monitors } from "../monitor/Monitors.ts"
import { addressOf, type DocumentAddress, partsOf, scheme } from "./DocumentAddress.ts"
import { canonicalEvent, prettyEvent, proofText } from "./EventText.ts"

export const uriOf = (editor: Editor, address: DocumentAddress): vscode.Uri =>
  editor.Uri.from({ scheme, ...partsOf(address) })

/** A cancelled document, and one that takes too long, end what they ask. */
export const signalOf = (token: vscode.CancellationToken): AbortSignal => {
  const controller = new AbortController()
  if (token.isCancellationRequested) controller.abort()
  token.onCancellationRequested(() => controller.abort())
  return controller.signal
}

const contentOf = async (
  monitors: Monitors,
  { kind, sequence, store, target }: DocumentAddress,
  signal: AbortSignal,
): Promise<string> => {
  if (kind === "copy") {
    const copies = await monitors.ask(target, (client) => client.Copies({ sequence }), signal)
    const copy = copies.find(({ name }) => name === store)
    return copy?.entry === null || copy === undefined
      ? `There is no copy: ${copy?.detail ?? "the monitor knows of no such store"}\n`
      : canonicalEvent(copy.entry)
  }
  const event = await monitors.ask(target, (client) => client.Event({ sequence }), signal)
  if (kind === "proof") return proofText(event)
  if (event.entry === "") return `Event ${sequence} can't be read: ${event.problem}\n`
  return kind === "event" ? prettyEvent(event.entry) : canonicalEvent(event.entry)
}

export const documentProvider = (monitors: Monitors): vscode.TextDocumentContentProvider => ({
  provideTextDocumentContent: async (uri, token) => {
    const address = addressOf(uri)
    if (address === undefined) throw new Error("That address names no document of a trail")
    return contentOf(monitors, address, signalOf(token))
  },
})
