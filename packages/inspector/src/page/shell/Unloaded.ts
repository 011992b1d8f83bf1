/** Views whose code could not be had: the server was away when they were opened first. */

const words = [
  // Chromium, Firefox, Safari, and the builder's own for a style sheet.
  /dynamically imported module/i,
  /importing a module script failed/i,
  /unable to preload css/i,
]

/** Whether that is what an error says. */
export const isUnloaded = (message: string): boolean => words.some((said) => said.test(message))
