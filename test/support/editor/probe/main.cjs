const { writeFileSync, renameSync } = require('node:fs');
const { Session } = require('node:inspector');
const vscode = require('vscode');

/** Where the profile goes, as V8 writes it. */
const file = process.env.HOLDFAST_PROBE_FILE ?? 'host.cpuprofile';
const session = new Session();

/** @param {vscode.ExtensionContext} context */
exports.activate = ({ subscriptions }) => {
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
    writeFileSync(`${file}.part`, JSON.stringify(result.profile));
    renameSync(`${file}.part`, file);
    session.post('Profiler.start');
  });
}
