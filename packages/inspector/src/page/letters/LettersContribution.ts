import type { Contribution } from "../shell/Contribution.ts"

export const letters: Contribution = {}
