/** Verifies a trail, says how far it has got, and shows what it finds where it is. */
import * as path from "node:path"
import { visible } from "@countersign/inspector/page/text/HostileText"
import type { VerifyStep } from "@countersign/monitor/protocol/MonitorProtocol"
import * as Effect from "effect/Effect"
import * as Stream from "effect/Stream"
import type * as vscode from "vscode"
import { signalOf } from "../document/Documents.ts"
import { keyOf, nameOf, type Target } from "../monitor/Target.ts"
import type { Session } from "../Session.ts"
import { count } from "../tree/Row.ts"
import { firstBadEvent, type Verdict } from "./Verdict.ts"

const findingsMax = 500

type Report = vscode.Progress<{ message?: string; increment?: number }>

const reporter = (progress: Report): ((step: VerifyStep) => void) => {
  let shown = 0
  return (step) => {
    if (step._tag !== "Progress" || step.size === 0) return
    const percent = Math.floor((100 * step.entries) / step.size)
    if (percent <= shown) return
    progress.report({
      increment: percent - shown,
      message: `${count(step.entries)} of ${count(step.size)} entries`,
    })
    shown = percent
  }
}

/** Of the files themselves where they are here, whatever a running engine would say of them. */
const verdictOf = (
  { monitors }: Session,
  target: Target,
  each: (step: VerifyStep) => void,
  signal: AbortSignal,
): Promise<Verdict | undefined> =>
  monitors.askOwn(
    target,
    (client) => {
      let verdict: Verdict | undefined
      return Stream.runForEach(client.Verify(), (step) =>
        Effect.sync(() => {
          if (step._tag === "Verdict") verdict = step
          else each(step)
        }),
      ).pipe(Effect.map(() => verdict))
    },
    signal,
  )

/** Inside of the trail's directory, or the directory itself: a finding names no other file. */
const fileOf = (directory: string, named: string): string => {
  const file = path.resolve(directory, named)
  return file.startsWith(`${path.resolve(directory)}${path.sep}`) ? file : directory
}

/** Findings of a trail stand in the editor's list of problems, at the files that they are in. */
const showProblems = (
  { editor }: Session,
  collection: vscode.DiagnosticCollection,
  directory: string,
  { findings }: Verdict,
): void => {
  const start = new editor.Range(0, 0, 0, 0)
  const byFile = new Map<string, Array<vscode.Diagnostic>>()
  for (const { detail, index, kind, path: named } of findings.slice(0, findingsMax)) {
    const event = index === null ? "" : `event ${index}: `
    const problem = new editor.Diagnostic(
      start,
      `${event}${visible(detail, 1000)}`,
      editor.DiagnosticSeverity.Error,
    )
    problem.source = "countersign"
    problem.code = kind
    const file = fileOf(directory, named)
    byFile.set(file, [...(byFile.get(file) ?? []), problem])
  }
  forget(collection, directory)
  for (const [file, problems] of byFile) collection.set(editor.Uri.file(file), problems)
}

const forget = (collection: vscode.DiagnosticCollection, directory: string): void => {
  const old: Array<vscode.Uri> = []
  collection.forEach((uri) => {
    if (uri.fsPath === directory || uri.fsPath.startsWith(directory + path.sep)) old.push(uri)
  })
  for (const uri of old) collection.delete(uri)
}

const inWords = (target: Target, { detail, entries, notChecked, verdict }: Verdict): string => {
  const said = target._tag === "Trail" ? "" : "The monitor itself says: "
  const name = `${said}${visible(nameOf(target), 100)}`
  if (verdict !== "verified") return `${name} is ${verdict}: ${visible(detail, 400)}`
  const unchecked =
    notChecked.length === 0 ? "" : ` Not checked: ${visible(notChecked.join("; "), 400)}`
  return `${name} is verified: ${count(entries)} entries.${unchecked}`
}

const tell = async (session: Session, target: Target, verdict: Verdict): Promise<void> => {
  const { editor, panels } = session
  const text = inWords(target, verdict)
  if (verdict.verdict === "verified") {
    void editor.window.showInformationMessage(text)
    return
  }
  const event = firstBadEvent(verdict)
  const actions = [...(event === undefined ? [] : ["Open event"]), "Show problems"]
  const say =
    verdict.verdict === "tampered"
      ? editor.window.showErrorMessage
      : editor.window.showWarningMessage
  const chosen = await say(text, ...actions)
  if (chosen === "Open event") {
    session.lookAt(target)
    await panels.open(target, `event?sequence=${event}`)
  } else if (chosen === "Show problems") {
    await editor.commands.executeCommand("workbench.actions.view.problems")
  }
}

export const verifyTrail = async (
  session: Session,
  collection: vscode.DiagnosticCollection,
  target: Target,
): Promise<Verdict | undefined> => {
  const { changed, editor, verdicts } = session
  const verdict = await editor.window.withProgress(
    {
      location: editor.ProgressLocation.Notification,
      cancellable: true,
      title: `Verifying ${visible(nameOf(target), 100)}`,
    },
    async (progress, token) => {
      try {
        return await verdictOf(session, target, reporter(progress), signalOf(token))
      } catch (error) {
        if (token.isCancellationRequested) return undefined
        throw error
      }
    },
  )
  if (verdict === undefined) return undefined
  verdicts.set(keyOf(target), verdict)
  if (target._tag === "Trail") showProblems(session, collection, target.directory, verdict)
  changed.fire()
  // The message stays until somebody reads it, and nothing waits for that.
  void tell(session, target, verdict).catch(() => undefined)
  return verdict
}
