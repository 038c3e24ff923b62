import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A package that a test's npm registry has. */
export interface TestPackage {
  readonly name: string;
  readonly version: string;
  readonly tarball: Buffer;
  readonly manifest?: Record<string, unknown>;
}

/** A server on this machine with an index of agents, archives, and packages of npm. */
export interface RegistryServer {
  readonly url: string;
  /** What was asked for, in order. */
  readonly asked: string[];
  /** Bodies by path. */
  readonly files: Map<string, Buffer>;
  /** Paths that are answered in part, and then never to the end. */
  readonly stuck: Set<string>;
  index: object;
  publish(found: TestPackage): void;
  /** Resolves when a path is asked for. */
  askedFor(path: string): Promise<void>;
}

/** Starts one; it is closed after the test. */
export async function registryServer(t: Pick<TestContext, 'after'>): Promise<RegistryServer> {
  const packages = new Map<string, TestPackage[]>();
  const waiting = new Map<string, () => void>();
  const server = createServer((request, response) => answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const made: RegistryServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: [],
    files: new Map(),
    stuck: new Set(),
    index: { agents: [] },
    publish: (found) => void packages.set(found.name, [...(packages.get(found.name) ?? []), found]),
    askedFor: (path) =>
      made.asked.includes(path) ? Promise.resolve() : new Promise((resolve) => waiting.set(path, resolve)),
  };
  function answer(request: IncomingMessage, response: ServerResponse): void {
    const path = decodeURIComponent(request.url ?? '');
    made.asked.push(path);
    waiting.get(path)?.();
    if (path === '/index.json') return sendIndex(request, response, made.index);
    const file = made.files.get(path) ?? tarballOf(path, packages);
    if (made.stuck.has(path)) {
      response.writeHead(200, { 'content-length': 1000 });
      return void response.write('a part of it');
    }
    if (file !== undefined) return void response.writeHead(200, { 'content-length': file.length }).end(file);
    const versions = packages.get(path.slice(1));
    if (versions === undefined) return void response.writeHead(404).end('{}');
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(packument(versions, made.url)));
  }
  return made;
}

function sendIndex(request: IncomingMessage, response: ServerResponse, index: object): void {
  const body = JSON.stringify(index);
  const etag = `"${createHash('sha256').update(body).digest('hex')}"`;
  if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();
  response.writeHead(200, { etag }).end(body);
}

function tarballOf(path: string, packages: ReadonlyMap<string, readonly TestPackage[]>): Buffer | undefined {
  return [...packages.values()].flat().find((found) => path === tarballPath(found))?.tarball;
}

const tarballPath = ({ name, version }: TestPackage): string => `/${name}/-/${version}.tgz`;

function packument(versions: readonly TestPackage[], url: string): object {
  const entries = versions.map((found) => {
    const { name, version, manifest, tarball } = found;
    const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`;
    return [version, { name, version, ...manifest, dist: { tarball: url + tarballPath(found), integrity } }];
  });
  return {
    name: versions[0]?.name,
    'dist-tags': { latest: versions.at(-1)?.version },
    versions: Object.fromEntries(entries) as object,
  };
}
