/** The extension's commands, by the names that the manifest gives them. */
import { visible } from "@countersign/inspector/page/text/HostileText"
import type * as vscode from "vscode"
import type { DocumentKind } from "../document/DocumentAddress.ts"
import { uriOf } from "../document/Documents.ts"
import type { Target } from "../monitor/Target.ts"
import type { Session } from "../Session.ts"
import { chosenEvent, chosenTarget } from "./Choosing.ts"
import { connectEngine, disconnectEngine } from "./Connect.ts"
import { permalink } from "./Permalink.ts"
import { verifyTrail } from "./Verify.ts"

type Command = (...given: ReadonlyArray<unknown>) => Promise<unknown>

/** Does it for a target and an event; nothing where the user picks none. */
const withEvent =
  (session: Session, use: (target: Target, sequence: number) => Promise<unknown>): Command =>
  async (given, event) => {
    const target = await chosenTarget(session, given)
    if (target === undefined) return
    const sequence = await chosenEvent(session, target, event)
    if (sequence !== undefined) await use(target, sequence)
  }

const showDocument = async (
  { editor }: Session,
  target: Target,
  sequence: number,
  kind: DocumentKind,
): Promise<void> => {
  const uri = uriOf(editor, { target, sequence, kind })
  const document = await editor.workspace.openTextDocument(uri)
  await editor.window.showTextDocument(document, { preview: true })
}

/** The editor's own comparison: what the trail holds against what another store holds. */
const compareCopies = async (session: Session, target: Target, sequence: number): Promise<void> => {
  const { editor, monitors } = session
  const copies = await monitors.ask(target, (client) => client.Copies({ sequence }))
  const [only] = copies
  if (only === undefined) {
    void editor.window.showInformationMessage(
      "This monitor knows of no second copy; an engine with PostgreSQL has one",
    )
    return
  }
  const name =
    copies.length === 1
      ? only.name
      : await editor.window.showQuickPick(
          copies.map((copy) => copy.name),
          { title: "Which copy?" },
        )
  if (name === undefined) return
  await editor.commands.executeCommand(
    "vscode.diff",
    uriOf(editor, { target, sequence, kind: "canonical" }),
    uriOf(editor, { target, sequence, kind: "copy", store: name }),
    `Event ${sequence}: trail ↔ ${visible(name, 80)}`,
  )
}

const copyLink = async (session: Session): Promise<void> => {
  const { editor, panels } = session
  const shown = panels.shown()
  const target = await chosenTarget(session)
  if (target === undefined) return
  await editor.env.clipboard.writeText(permalink(session, target, shown?.link ?? ""))
  editor.window.setStatusBarMessage("The permalink is copied; it holds no token", 4000)
}

const openInspector = async (session: Session, given: unknown): Promise<void> => {
  const target = await chosenTarget(session, given)
  if (target === undefined) return
  session.lookAt(target)
  await session.panels.open(target)
}

/** The editor puts the whole address of a document before the reason why it has none. */
const reasonOf = (message: string): string => message.replace(/^cannot open \S+\. Detail: /, "")

const messageOf = (error: unknown): string =>
  visible(reasonOf(error instanceof Error ? error.message : String(error)), 600)

export const registerCommands = (
  session: Session,
  problems: vscode.DiagnosticCollection,
): ReadonlyArray<vscode.Disposable> => {
  const { editor, panels } = session
  const commands: Readonly<Record<string, Command>> = {
    "countersign.openInspector": (given) => openInspector(session, given),
    "countersign.connect": () => connectEngine(session),
    "countersign.disconnect": () => disconnectEngine(session),
    "countersign.refresh": () => session.trails.refresh(),
    "countersign.verify": async (given) => {
      const target = await chosenTarget(session, given)
      return target === undefined ? undefined : verifyTrail(session, problems, target)
    },
    "countersign.openEvent": withEvent(session, (target, sequence) => {
      session.lookAt(target)
      return panels.open(target, `event?sequence=${sequence}`)
    }),
    "countersign.showEvent": withEvent(session, (target, sequence) =>
      showDocument(session, target, sequence, "event"),
    ),
    "countersign.showCanonical": withEvent(session, (target, sequence) =>
      showDocument(session, target, sequence, "canonical"),
    ),
    "countersign.showProof": withEvent(session, (target, sequence) =>
      showDocument(session, target, sequence, "proof"),
    ),
    "countersign.compareCopies": withEvent(session, (target, sequence) =>
      compareCopies(session, target, sequence),
    ),
    "countersign.copyLink": () => copyLink(session),
  }
  return Object.entries(commands).map(([name, command]) =>
    editor.commands.registerCommand(name, async (...given: ReadonlyArray<unknown>) => {
      try {
        return await command(...given)
      } catch (error) {
        void editor.window.showErrorMessage(`Countersign: ${messageOf(error)}`)
        return undefined
      }
    }),
  )
}
