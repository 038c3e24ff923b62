import type { BlobRef } from '../protocol/blob.ts';
import { useRequest } from './context.ts';

/** Bytes asked for at once. */
const PAGE_BYTES = 512 * 1024;

/** Reads the beginning of a large content that the session's events refer to, up to `most` bytes. Rejects with `RequestFailed`. */
export function useBlobs(): (blob: BlobRef, most: number) => Promise<Uint8Array<ArrayBuffer>> {
  const request = useRequest();
  return async ({ sha256, bytes }, most) => {
    const whole = new Uint8Array(Math.min(bytes, most));
    for (let offset = 0; offset < whole.length; offset += PAGE_BYTES) {
      const length = Math.min(PAGE_BYTES, whole.length - offset);
      const { data } = await request('blob/read', { sha256, offset, length });
      const binary = atob(data);
      for (let index = 0; index < binary.length; index++) whole[offset + index] = binary.charCodeAt(index);
    }
    return whole;
  };
}

/** How large something is, in few words. */
export function sizeWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KB`;
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}
