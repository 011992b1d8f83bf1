/** What the status bar says of the target: how much happens, and what verifying said. */
import { visible } from "@countersign/inspector/page/text/HostileText"
import type { Verdict } from "../command/Verdict.ts"
import { verdictWords } from "../command/VerdictWords.ts"
import type { EngineState } from "../monitor/EngineWatch.ts"
import { nameOf, type Target } from "../monitor/Target.ts"
import { firingAlerts } from "../tree/AlertRows.ts"
import { count, counted } from "../tree/Row.ts"

export interface StatusText {
  readonly text: string
  readonly spoken: string
  readonly tone: "ordinary" | "warning" | "error"
}

type VerdictName = Verdict["verdict"]

const icons: Readonly<Record<VerdictName, string>> = {
  verified: "pass",
  tampered: "error",
  incomplete: "warning",
  unverifiable: "question",
}

/** In a status bar `$(name)` is a picture, so what others wrote may not hold one. */
const plain = (text: string): string => visible(text, 60).replaceAll("$(", "$ (")

interface Part {
  readonly icon: string
  readonly words: string
  readonly tone?: "warning" | "error"
}

const enginePart = (state: EngineState): Part => {
  switch (state._tag) {
    case "Nothing":
    case "Silent":
      return { icon: "shield", words: "no engine" }
    case "Stale":
      return { icon: "debug-disconnect", words: "engine away", tone: "warning" }
    case "Live": {
      if (state.frame === undefined) return { icon: "shield", words: "connected" }
      const { engine, flow } = state.frame.snapshot
      if (engine.state === "failed") return { icon: "error", words: "engine failed", tone: "error" }
      const rate = flow.find(({ step }) => step === "accepted")?.perSecond ?? 0
      return { icon: "pulse", words: `${count(rate)}/s` }
    }
  }
}

const saidOf = (said: VerdictName, words: string): Part => {
  const tone = said === "tampered" ? "error" : said === "verified" ? undefined : "warning"
  return { icon: icons[said], words, ...(tone === undefined ? {} : { tone }) }
}

/** What was found here, and what the engine says of itself: where there is nothing else, or worse. */
const verdictPart = (
  state: EngineState,
  verdict: Verdict | undefined,
  size: number | undefined,
): ReadonlyArray<Part> => {
  const frame = state._tag === "Live" ? state.frame : undefined
  const engine = frame?.snapshot.engine.verification?.verdict
  const isAdded =
    engine !== undefined &&
    (verdict === undefined || (engine !== "verified" && engine !== verdict.verdict))
  const now = frame?.snapshot.engine.publishedSize ?? size
  return [
    ...(verdict === undefined ? [] : [saidOf(verdict.verdict, verdictWords(verdict, now))]),
    ...(isAdded ? [saidOf(engine, `the engine says ${engine}`)] : []),
  ]
}

const alertPart = (state: EngineState): ReadonlyArray<Part> => {
  const firing = state._tag === "Live" && state.frame !== undefined ? firingAlerts(state.frame) : 0
  return firing === 0
    ? []
    : [{ icon: "bell", words: counted(firing, "alert", "alerts"), tone: "warning" }]
}

export const statusText = (
  target: Target | undefined,
  state: EngineState,
  verdict: Verdict | undefined,
  size?: number,
): StatusText => {
  if (target === undefined) {
    return { text: "$(shield) Countersign", spoken: "Countersign", tone: "ordinary" }
  }
  const name = plain(nameOf(target))
  const parts = [enginePart(state), ...verdictPart(state, verdict, size), ...alertPart(state)]
  const tones = new Set(parts.map(({ tone }) => tone))
  return {
    text: [name, ...parts.map(({ icon, words }) => `$(${icon}) ${words}`)].join(" "),
    spoken: ["Countersign", name, ...parts.map(({ words }) => words)].join(", "),
    tone: tones.has("error") ? "error" : tones.has("warning") ? "warning" : "ordinary",
  }
}
