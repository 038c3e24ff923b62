/** Lets the event loop go round once: what waits for its turn has it. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
