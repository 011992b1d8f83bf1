/** What a case came to besides being equal. */
export interface Findings {
  readonly different: ReadonlyArray<string>
  /** What differs as the case's own notes or messages say, with what they say. */
  readonly explained: ReadonlyArray<string>
}
