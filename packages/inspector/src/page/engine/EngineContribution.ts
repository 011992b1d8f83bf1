import type { Contribution } from "../shell/Contribution.ts"

export const engine: Contribution = {}
