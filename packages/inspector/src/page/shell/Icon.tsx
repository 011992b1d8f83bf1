/** A picture that says nothing by itself: what it means stands beside it, or in a label. */
export const Icon = ({ name }: { readonly name: string }) => (
  <span className={`codicon codicon-${name}`} aria-hidden="true" />
)
