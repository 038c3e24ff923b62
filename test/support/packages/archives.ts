import { crc32, gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';

/** One entry of an archive that a test makes. */
export interface ArchiveEntry {
  readonly name: string;
  readonly contents?: string | Buffer;
  readonly mode?: number;
  /** What it is besides a plain file. */
  readonly type?: 'symlink' | 'link' | 'character-device' | 'directory';
  readonly linkname?: string;
}

/** A `.tar.gz` with these entries, however unreasonable their names. */
export async function tarGz(entries: readonly ArchiveEntry[]): Promise<Buffer> {
  const packing = pack();
  for (const { name, contents = '', mode = 0o644, type, linkname } of entries) {
    const header = {
      name,
      mode,
      ...(type !== undefined && { type }),
      ...(linkname !== undefined && { linkname }),
    };
    if (type === undefined) packing.entry(header, contents);
    else packing.entry({ ...header, size: 0 });
  }
  packing.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of packing) chunks.push(chunk as Buffer);
  return gzipSync(Buffer.concat(chunks));
}

/** A `.zip` with these entries, stored, as Unix makes it. */
export function zip(entries: readonly ArchiveEntry[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let at = 0;
  for (const { name, contents = '', mode = 0o644, type } of entries) {
    const bytes = Buffer.from(contents);
    const nameBytes = Buffer.from(name);
    const kind = type === 'symlink' ? 0o120000 : type === 'directory' ? 0o040000 : 0o100000;
    const sums = Buffer.alloc(16);
    sums.writeUInt32LE(crc32(bytes), 4);
    sums.writeUInt32LE(bytes.length, 8);
    sums.writeUInt32LE(bytes.length, 12);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(20, 4);
    sums.copy(local, 10);
    local.writeUInt16LE(nameBytes.length, 26);
    const central = Buffer.alloc(46);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt16LE((3 << 8) | 20, 4);
    central.writeUInt16LE(20, 6);
    sums.copy(central, 12);
    central.writeUInt16LE(nameBytes.length, 28);
    central.writeUInt32LE(((kind | mode) << 16) >>> 0, 38);
    central.writeUInt32LE(at, 42);
    locals.push(local, nameBytes, bytes);
    centrals.push(central, nameBytes);
    at += local.length + nameBytes.length + bytes.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}
