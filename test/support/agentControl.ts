import net from 'node:net';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fakeAgent, type TestHome } from './testHome.ts';

/** A prompt that an agent process works on. */
export interface ControlledPrompt {
  /** Ends it with an ACP result, or with an error. */
  end(result: { readonly stopReason?: string; readonly failed?: boolean }): void;
  /** Asks for one of some options; resolves with the one that the agent was told, or with nothing. */
  ask(title: string, options: readonly string[]): Promise<string | undefined>;
  /** From now on it goes on when it is cancelled; resolves when the agent knows. */
  ignoreCancel(): Promise<void>;
}

/** Something that an agent process was given while it worked. */
export interface ControlledGiven {
  /** Says what becomes of it; what it begins may be deaf to cancel. */
  land(fate: 'joined' | 'began' | 'refused', isDeaf: boolean): void;
}

interface Told {
  readonly pid?: number;
  readonly prompt?: number;
  readonly text?: string;
  readonly given?: boolean;
  readonly deaf?: number;
  readonly question?: number;
  readonly optionId?: string;
}

interface Agent {
  readonly socket: net.Socket;
  pid: number | undefined;
}

/** Processes of the agents `controlled` and `controlledV2`, in the hands of a test. Owned by the test's home. */
export class AgentControl {
  readonly #server: net.Server;
  readonly #path: string;
  readonly #agents = new Set<Agent>();
  readonly #prompts = new Map<string, ControlledPrompt>();
  readonly #given = new Map<string, ControlledGiven>();
  readonly #questions = new Map<number, (optionId: string | undefined) => void>();
  readonly #looks = new Set<() => void>();
  readonly #deaf = new Map<string, () => void>();
  #lastQuestion = 0;

  private constructor(home: TestHome) {
    const name = `control-${process.pid}`;
    this.#path = process.platform === 'win32' ? `\\\\.\\pipe\\${name}` : path.join(home.home, '..', name);
    this.#server = net.createServer((socket) => this.#joined({ socket, pid: undefined }));
  }

  /** Listens for agents until the test is over. */
  static async open(home: TestHome): Promise<AgentControl> {
    const control = new AgentControl(home);
    await new Promise<void>((resolve) => control.#server.listen(control.#path, resolve));
    home.own({ dispose: () => control.#close() });
    return control;
  }

  /** The definitions of the agents. */
  get agents() {
    const env = { FAKE_CONTROL: this.#path };
    return { controlled: fakeAgent('controlled', env), controlledV2: fakeAgent('controlledV2', env) };
  }

  /** The prompt with this text, as soon as an agent works on it. */
  prompt(text: string): Promise<ControlledPrompt> {
    return this.#when(() => this.#prompts.get(text));
  }

  /** What an agent was given with this text while it worked, as soon as it has it. */
  given(text: string): Promise<ControlledGiven> {
    return this.#when(() => this.#given.get(text));
  }

  /** Whether an agent was given this text while it worked. */
  wasGiven(text: string): boolean {
    return this.#given.has(text);
  }

  #when<T>(find: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        this.#looks.delete(look);
        resolve(found);
      };
      this.#looks.add(look);
      look();
    });
  }

  #joined(agent: Agent): void {
    this.#agents.add(agent);
    const { socket } = agent;
    // An agent that is killed resets its socket: both tell of it.
    createInterface({ input: socket })
      .on('line', (line) => this.#hear(agent, JSON.parse(line) as Told))
      .on('error', () => undefined);
    socket.on('error', () => undefined).on('close', () => this.#agents.delete(agent));
  }

  #hear(agent: Agent, { pid, prompt, text, given, deaf, question, optionId }: Told): void {
    if (pid !== undefined) agent.pid = pid;
    if (deaf !== undefined) this.#deaf.get(`${agent.pid} ${deaf}`)?.();
    if (question !== undefined) this.#questions.get(question)?.(optionId);
    if (prompt === undefined || text === undefined) return;
    if (given === true) this.#given.set(text, this.#givenTo(agent, prompt));
    else this.#prompts.set(text, this.#promptOf(agent, prompt));
    for (const look of [...this.#looks]) look();
  }

  #givenTo({ socket }: Agent, prompt: number): ControlledGiven {
    return {
      land: (fate, isDeaf) => {
        if (!socket.destroyed) socket.write(`${JSON.stringify({ prompt, order: 'land', fate, isDeaf })}\n`);
      },
    };
  }

  #promptOf({ socket, pid }: Agent, prompt: number): ControlledPrompt {
    const order = (message: object): void => {
      if (!socket.destroyed) socket.write(`${JSON.stringify({ prompt, ...message })}\n`);
    };
    return {
      end: (result) => order({ order: 'end', result }),
      ask: (title, options) =>
        new Promise((resolve) => {
          const question = ++this.#lastQuestion;
          this.#questions.set(question, resolve);
          // Who is gone is told nothing.
          socket.once('close', () => resolve(undefined));
          order({ order: 'ask', question, title, options });
        }),
      ignoreCancel: () =>
        new Promise((resolve) => {
          this.#deaf.set(`${pid} ${prompt}`, resolve);
          socket.once('close', () => resolve());
          order({ order: 'deafen' });
        }),
    };
  }

  #close(): void {
    for (const { socket } of this.#agents) socket.destroy();
    this.#server.close();
  }
}
