// A network to visit: `consort demo` in a process of its own, on a free port. It ends with the
// journey, and its folder with it.

import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** The program that is tried; `cargo xtask test` builds it and says where it is. */
const program = process.env.CONSORT_PROGRAM;

/** How long it may take to end politely. */
const GRACE_MS = 10_000;

export class Network {
  #process;

  /** Starts the demo, and comes back when its link is printed. */
  static async start() {
    if (!program) throw new Error('CONSORT_PROGRAM does not say which program to try');
    const network = new Network();
    const stdio = ['ignore', 'pipe', 'pipe'];
    network.#process = spawn(program, ['demo', '--listen', '127.0.0.1:0'], { stdio });
    process.once('exit', network.#kill);
    network.link = await network.#printed(/http:\S+\/enter\/\S+/);
    network.origin = new URL(network.link).origin;
    return network;
  }

  /** Ends it as Ctrl-C does: the folder goes away with it. */
  async end() {
    process.off('exit', this.#kill);
    if (this.#process.exitCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.kill('SIGINT');
    const atTheLatest = setTimeout(this.#kill, GRACE_MS);
    await ended;
    clearTimeout(atTheLatest);
  }

  /** The first of its words that look like this. */
  #printed(pattern) {
    let [words, complaint] = ['', ''];
    return new Promise((resolve, reject) => {
      this.#process.stderr.on('data', (some) => { complaint += some; });
      this.#process.stdout.on('data', (some) => {
        words += some;
        const found = words.match(pattern);
        if (found) resolve(found[0]);
      });
      this.#process.on('error', reject);
      this.#process.on('exit', () => reject(new Error(`the demo ended: ${complaint}`)));
    });
  }

  #kill = () => this.#process.kill('SIGKILL');
}
