/** Marks the branch that a complete `switch` never takes: leaving a case out does not compile. */
export function unreachable(value: never): never {
  throw new Error(`unreachable: ${JSON.stringify(value)}`);
}
