const { writeFileSync, renameSync } = require('node:fs');
const { Session } = require('node:inspector');
const vscode = require('vscode');

/** Where the profile goes, as V8 writes it. */
const file = process.env.HOLDFAST_PROBE_FILE ?? 'host.cpuprofile';
const session = new Session();

/** Turns of the event loop that took longer, in microseconds, are kept. */
const SHORT_TURN = 500;
/** @type {[from: number, to: number, processor: number][]} Their beginnings and ends, on the profiler's clock, and their work. */
let turns = [];
let last = now();
let lastWorked = worked();

/** Goes round with the event loop, for as long as the window lives, and lets it sleep: so each of its turns is seen. */
function turn() {
  const at = now();
  const workedNow = worked();
  if (at - last > SHORT_TURN) turns.push([last, at, workedNow - lastWorked]);
  last = at;
  lastWorked = workedNow;
  setImmediate(turn).unref();
}

/** Processor time of this thread, in microseconds. */
function worked() {
  const { user, system } = process.threadCpuUsage();
  return user + system;
}

function now() {
  return Number(process.hrtime.bigint() / 1000n);
}

/** @param {vscode.ExtensionContext} context */
exports.activate = ({ subscriptions }) => {
  turn();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.setSamplingInterval', { interval: 250 });
  session.post('Profiler.start');
  subscriptions.push(vscode.commands.registerCommand('probe.write', write));
};

function write() {
  session.post('Profiler.stop', (error, result) => {
    if (error) throw new Error(error.message);
    // Renamed when it is whole: whoever waits for the file reads all of it.
    writeFileSync(`${file}.part`, JSON.stringify({ ...result.profile, turns }));
    renameSync(`${file}.part`, file);
    turns = [];
    session.post('Profiler.start');
  });
}
