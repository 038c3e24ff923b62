/** A large content that is stored once, beside the events: by its SHA-256 in hex, and its length. Read with `blob/read`. */
export interface BlobRef {
  readonly sha256: string;
  readonly bytes: number;
}

/** What stands for a tool call's raw input or output that is too large for an event: how it begins, and where it is whole. */
export interface LargeValue {
  readonly preview: string;
  readonly blob: BlobRef;
  /** Whether the blob is the value's text itself, or its JSON. */
  readonly format: 'text' | 'json';
}

/** A raw input or output as a large value, if it is one. */
export function largeValue(value: unknown): LargeValue | undefined {
  if (typeof value !== 'object' || value === null || !('blob' in value) || !('preview' in value))
    return undefined;
  const { preview, blob } = value;
  return typeof preview === 'string' && isBlobRef(blob) ? (value as LargeValue) : undefined;
}

function isBlobRef(value: unknown): value is BlobRef {
  return typeof value === 'object' && value !== null && 'sha256' in value && typeof value.sha256 === 'string';
}

/** The contents that events refer to, by their SHA-256. */
export function blobsOf(values: readonly unknown[]): string[] {
  const found = new Set<string>();
  const visit = (value: unknown): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('sha256' in value && 'bytes' in value && typeof value.sha256 === 'string') found.add(value.sha256);
    for (const inner of Object.values(value)) visit(inner);
  };
  for (const value of values) visit(value);
  return [...found];
}
